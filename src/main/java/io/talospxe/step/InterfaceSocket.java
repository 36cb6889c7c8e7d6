package io.talospxe.step;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.util.concurrent.EventExecutorGroup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.ChannelHandlerFactory;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;
import org.apache.camel.component.netty.handlers.ServerChannelHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ties the UDP sockets of {@code netty:udp} endpoints to one network interface, and keeps them open whatever a datagram does. Named in
 * routes as {@code serverInitializerFactory: "#interfaceSocket"}. Safe for any number of endpoints.
 *
 * <p>Two servers on one host, each with its own interface, both listen on 0.0.0.0:67 and never see or answer each other's clients
 * (SO_BINDTODEVICE, socket(7)). The header {@value #LOCAL_ADDRESS} tells a route the address that a datagram was sent to.
 */
public final class InterfaceSocket extends ServerInitializerFactory {

    /** Message header: the {@link java.net.InetSocketAddress} that the datagram was sent to; 255.255.255.255 for a broadcast. */
    public static final String LOCAL_ADDRESS = "CamelNettyLocalAddress";

    private static final Logger LOG = LoggerFactory.getLogger(InterfaceSocket.class);
    // linux/if.h: IFNAMSIZ; asm-generic/socket.h: SOL_SOCKET, SO_BINDTODEVICE
    private static final int IFNAMSIZ = 16;
    private static final RawUnixChannelOption SO_BINDTODEVICE = new RawUnixChannelOption("SO_BINDTODEVICE", 1, 25, IFNAMSIZ);

    private final String device;
    private final NettyConsumer consumer;

    /**
     * @param device the interface's name, at most 15 bytes; empty leaves sockets unbound, as tests without root need
     */
    public InterfaceSocket(String device) {
        this(device, null);
    }

    private InterfaceSocket(String device, NettyConsumer consumer) {
        this.device = device;
        this.consumer = consumer;
    }

    /**
     * Binds a native-transport channel that is registered but not yet bound to {@code device}; nothing if {@code device} is empty.
     *
     * @throws ChannelException if the kernel refuses: no such interface, or no CAP_NET_RAW
     */
    public static void bindToDevice(ChannelConfig channel, String device) {
        if (device.isEmpty()) {
            return;
        }
        byte[] name = device.getBytes(StandardCharsets.US_ASCII);
        if (name.length >= IFNAMSIZ) {
            throw new ChannelException("interface name '" + device + "' is longer than " + (IFNAMSIZ - 1) + " bytes");
        }
        ByteBuffer padded = ByteBuffer.allocateDirect(IFNAMSIZ);
        padded.put(0, name);
        channel.setOption(SO_BINDTODEVICE, padded);
    }

    /** Called by camel-netty for each endpoint. */
    @Override
    public ServerInitializerFactory createPipelineFactory(NettyConsumer endpointConsumer) {
        return new InterfaceSocket(device, endpointConsumer);
    }

    @Override
    protected void initChannel(Channel channel) {
        bindToDevice(channel.config(), device);
        channel.config().setOption(EpollChannelOption.IP_RECVORIGDSTADDR, true);
        ChannelPipeline pipeline = channel.pipeline();
        consumer.getConfiguration().getEncodersAsList().forEach(codec -> pipeline.addLast(made(codec)));
        consumer.getConfiguration().getDecodersAsList().forEach(codec -> pipeline.addLast(made(codec)));
        EventExecutorGroup executors = consumer.getConfiguration().isUsingExecutorService()
            ? consumer.getEndpoint().getComponent().getExecutorService() : null;
        pipeline.addLast(executors, "handler", new DatagramReceiver(consumer));
    }

    /** Camel lists its codecs as factories that look like handlers and do nothing themselves. */
    private static ChannelHandler made(ChannelHandler codec) {
        return codec instanceof ChannelHandlerFactory factory ? factory.newChannelHandler() : codec;
    }

    /** Passes datagrams to the route. What camel-netty's own receiver does on an error would close the port for good. */
    private static final class DatagramReceiver extends ServerChannelHandler {

        DatagramReceiver(NettyConsumer consumer) {
            super(consumer);
        }

        @Override
        protected void beforeProcess(Exchange exchange, ChannelHandlerContext context, Object message) {
            if (message instanceof AddressedEnvelope<?, ?> datagram && datagram.recipient() != null) {
                exchange.getMessage().setHeader(LOCAL_ADDRESS, datagram.recipient());
            }
        }

        @Override
        protected Object getResponseBody(Exchange exchange) throws Exception {
            return exchange.getException() == null ? super.getResponseBody(exchange) : null;
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            LOG.warn("A datagram on {} could not be handled or answered: {}", context.channel().localAddress(), cause.toString());
        }
    }
}
