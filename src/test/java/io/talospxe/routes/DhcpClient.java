package io.talospxe.routes;

import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;

/** A netboot client on loopback: what firmware sends, and the answer that comes back to its port. */
public final class DhcpClient implements AutoCloseable {

    private static final Inet4Address LOOPBACK = Ipv4.parse("127.0.0.1");

    private final DatagramSocket socket;

    /** @param port the client's own port: 68 for answers of port 67, 0 (any) for those of port 4011 */
    public DhcpClient(int port) throws IOException {
        socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** A question as firmware of that architecture asks it. */
    public static DhcpMessage question(MessageType type, Architecture architecture) {
        String vendorClass = String.format("%s:Arch:%05d:UNDI:003000", architecture.isHttp() ? "HTTPClient" : "PXEClient", architecture.id());
        return question(type, Options.builder()
            .put(OptionCode.VENDOR_CLASS, vendorClass)
            .put(OptionCode.CLIENT_ARCHITECTURE, Octets.of(new byte[] {(byte) (architecture.id() >> 8), (byte) architecture.id()})));
    }

    /** A question with those options. Its {@code ciaddr} makes the answer come to loopback. */
    public static DhcpMessage question(MessageType type, Options.Builder options) {
        return new DhcpMessage(DhcpMessage.BOOTREQUEST, DhcpMessage.ETHERNET, 0, 0x1234abcd, 0, 0, LOOPBACK, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED,
            Ipv4.UNSPECIFIED, Octets.hex("525400123456"), "", "", options.putByte(OptionCode.MESSAGE_TYPE, type.value()).build());
    }

    /** Sends a question to a port and waits for its answer; empty if none comes in time. */
    public Optional<DhcpMessage> ask(int port, DhcpMessage question, int milliseconds) throws IOException, MalformedMessage {
        send(port, DhcpCodec.encode(question));
        DatagramPacket answer = new DatagramPacket(new byte[1500], 1500);
        try {
            socket.setSoTimeout(milliseconds);
            socket.receive(answer);
            return Optional.of(DhcpCodec.decode(Arrays.copyOf(answer.getData(), answer.getLength())));
        } catch (SocketTimeoutException silence) {
            return Optional.empty();
        }
    }

    /** Sends bytes as they are. */
    public void send(int port, byte[] datagram) throws IOException {
        socket.send(new DatagramPacket(datagram, datagram.length, LOOPBACK, port));
    }

    @Override
    public void close() {
        socket.close();
    }
}
