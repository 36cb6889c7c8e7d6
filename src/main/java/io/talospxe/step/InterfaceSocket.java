package io.talospxe.step;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;

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
        DatagramReceiver.addTo(channel.pipeline(), consumer, new DatagramReceiver(consumer));
    }
}
