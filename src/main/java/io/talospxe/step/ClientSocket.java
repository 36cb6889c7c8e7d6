package io.talospxe.step;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.talospxe.dhcp.client.Outgoing;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Port 68 of one interface: what we ask as a DHCP client leaves by it, and what servers say to us and to everybody comes in. Works without
 * any address on the interface. Safe for several threads.
 */
public final class ClientSocket implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientSocket.class);

    private final Channel channel;

    private ClientSocket(Channel channel) {
        this.channel = channel;
    }

    /**
     * Opens it. Another DHCP client on the same interface is no obstacle: each hears the broadcasts.
     *
     * @param device   the interface
     * @param port     68, but in tests
     * @param loops    epoll event loops
     * @param receiver is given every server's message, on an event loop
     * @throws ChannelException if the port cannot be had
     */
    public static ClientSocket open(String device, int port, EventLoopGroup loops, Consumer<DhcpMessage> receiver) {
        return new ClientSocket(new Bootstrap().group(loops).channelFactory(() -> new EpollDatagramChannel(InternetProtocolFamily.IPv4))
            .option(ChannelOption.SO_BROADCAST, true).option(ChannelOption.SO_REUSEADDR, true).handler(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel registered) {
                    InterfaceSocket.bindToDevice(registered.config(), device);
                    registered.pipeline().addLast(new Receiver(receiver));
                }
            }).bind(port).syncUninterruptibly().channel());
    }

    /** Sends a message. One that cannot leave, as from an interface without a link, is a lost one: it is sent again in time. */
    public void send(Outgoing outgoing) {
        channel.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(DhcpCodec.encode(outgoing.message())), outgoing.to()))
            .addListener(sent -> {
                if (!sent.isSuccess()) {
                    LOG.debug("{} could not leave for {}: {}", outgoing.message().name(), outgoing.to(), sent.cause().toString());
                }
            });
    }

    @Override
    public void close() {
        channel.close().syncUninterruptibly();
    }

    private static final class Receiver extends SimpleChannelInboundHandler<DatagramPacket> {

        private final Consumer<DhcpMessage> receiver;

        Receiver(Consumer<DhcpMessage> receiver) {
            this.receiver = receiver;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
            try {
                DhcpMessage message = DhcpCodec.decode(ByteBufUtil.getBytes(datagram.content()));
                if (message.op() == DhcpMessage.BOOTREPLY) {
                    receiver.accept(message);
                }
            } catch (MalformedMessage malformed) {
                LOG.debug("Ignored a datagram of {} to port 68: {}", datagram.sender(), malformed.getMessage());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.debug("Port 68: {}", cause.toString());
        }
    }
}
