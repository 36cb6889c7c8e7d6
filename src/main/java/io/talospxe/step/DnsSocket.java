package io.talospxe.step;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LengthFieldPrepender;
import io.netty.handler.codec.bytes.ByteArrayDecoder;
import io.netty.handler.codec.bytes.ByteArrayEncoder;
import io.netty.handler.timeout.IdleStateHandler;
import io.talospxe.dns.AnswerMemory;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands between the wire and the routes of {@code netty:udp} and {@code netty:tcp} endpoints that serve DNS. Named in routes as
 * {@code serverInitializerFactory: "#dnsSocket"}. Safe for any number of endpoints.
 *
 * <p>UDP: many datagrams are read and written at once, and a question that was answered a moment ago is answered from {@link AnswerMemory}
 * before it comes to the route. TCP: messages are framed by their length (RFC 1035, section 4.2.2), a connection may send one question
 * after another without waiting (RFC 7766), and none may hold us up: they are bounded in number, and closed when idle.
 *
 * <p>Unlike DHCP's sockets these are not tied to the interface: this host asks itself by way of loopback.
 */
public final class DnsSocket extends ServerInitializerFactory {

    private static final Logger LOG = LoggerFactory.getLogger(DnsSocket.class);
    private static final int LENGTH_FIELD = 2;
    private static final int LONGEST_MESSAGE = 65_535;
    /** Datagrams read at once, and the room for each; a question is far shorter, and what is longer is cut off and malformed. */
    private static final int BATCH = 32;
    private static final int LONGEST_DATAGRAM = 2048;

    private final AnswerMemory memory;
    private final LongSupplier nanoTime;
    private final int idleSeconds;
    private final NettyConsumer consumer;
    private final AtomicInteger connections = new AtomicInteger();

    /**
     * @param memory   what repeated questions are answered from
     * @param nanoTime the program's nanosecond clock
     */
    public DnsSocket(AnswerMemory memory, LongSupplier nanoTime) {
        this(memory, nanoTime, DnsConnection.IDLE_SECONDS);
    }

    /** The same with another time until an idle connection is closed. */
    DnsSocket(AnswerMemory memory, LongSupplier nanoTime, int idleSeconds) {
        this(memory, nanoTime, idleSeconds, null);
    }

    private DnsSocket(AnswerMemory memory, LongSupplier nanoTime, int idleSeconds, NettyConsumer consumer) {
        this.memory = memory;
        this.nanoTime = nanoTime;
        this.idleSeconds = idleSeconds;
        this.consumer = consumer;
    }

    /** Called by camel-netty for each endpoint. */
    @Override
    public ServerInitializerFactory createPipelineFactory(NettyConsumer endpointConsumer) {
        return new DnsSocket(memory, nanoTime, idleSeconds, endpointConsumer);
    }

    @Override
    protected void initChannel(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (consumer.getConfiguration().isTcp()) {
            pipeline.addLast(new LengthFieldPrepender(LENGTH_FIELD), new ByteArrayEncoder());
            pipeline.addLast(new LengthFieldBasedFrameDecoder(LONGEST_MESSAGE + LENGTH_FIELD, 0, LENGTH_FIELD, 0, LENGTH_FIELD));
            // After the framing: half a message is no sign of life.
            pipeline.addLast(new IdleStateHandler(0, 0, idleSeconds), new DnsConnection(connections));
            pipeline.addLast(new ByteArrayDecoder());
            DatagramReceiver.addTo(pipeline, consumer, new ConnectionReceiver(consumer));
        } else {
            channel.config().setOption(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, LONGEST_DATAGRAM);
            channel.config().setRecvByteBufAllocator(new FixedRecvByteBufAllocator(BATCH * LONGEST_DATAGRAM));
            RepeatedQuestions repeated = new RepeatedQuestions(memory, nanoTime);
            pipeline.addLast(repeated);
            DatagramReceiver.addTo(pipeline, consumer, new QuietReceiver(consumer) {
                @Override
                protected void channelRead0(ChannelHandlerContext context, Object datagram) throws Exception {
                    repeated.taken();
                    super.channelRead0(context, datagram);
                }
            });
        }
    }

    /** An answer that does not reach its asker is worth no line: whoever still wants it asks again, and there may be thousands of them. */
    private static class QuietReceiver extends DatagramReceiver {

        QuietReceiver(NettyConsumer consumer) {
            super(consumer);
        }

        @Override
        protected ChannelFutureListener createResponseFutureListener(NettyConsumer consumer, Exchange exchange, SocketAddress asker) {
            return sent -> {
                if (!sent.isSuccess()) {
                    LOG.debug("An answer is lost: {}", sent.cause().toString());
                }
            };
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("A message on {} is lost: {}", context.channel().localAddress(), cause.toString());
        }
    }

    /** Passes messages of a connection to the route. A null body closes it, as does an error. */
    private static final class ConnectionReceiver extends QuietReceiver {

        ConnectionReceiver(NettyConsumer consumer) {
            super(consumer);
        }

        @Override
        protected Object getResponseBody(Exchange exchange) throws Exception {
            Object body = super.getResponseBody(exchange);
            if (body == null && channel(exchange).isActive()) {
                channel(exchange).close();
            }
            return body;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            super.exceptionCaught(context, cause);
            context.close();
        }
    }
}
