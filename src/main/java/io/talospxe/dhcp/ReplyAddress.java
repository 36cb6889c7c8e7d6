package io.talospxe.dhcp;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.ip.Ipv4;
import java.net.InetSocketAddress;

/** Where a reply goes (RFC 2131, section 4.1). Stateless. */
public final class ReplyAddress {

    /** The port that relays and servers listen on. */
    public static final int SERVER_PORT = 67;
    /** The port that clients listen on. */
    public static final int CLIENT_PORT = 68;

    private ReplyAddress() {
    }

    /**
     * The destination of an answer given on port 67. A client that has no address yet and allows unicast is sent a broadcast all the same:
     * the kernel cannot address a host that does not answer ARP, and RFC 2131 lets a server broadcast then.
     */
    public static InetSocketAddress of(DhcpMessage request, DhcpMessage reply) {
        if (request.relayed()) {
            return new InetSocketAddress(request.giaddr(), SERVER_PORT);
        }
        boolean refused = reply.type().filter(type -> type == MessageType.NAK).isPresent();
        if (!refused && !request.ciaddr().isAnyLocalAddress()) {
            return new InetSocketAddress(request.ciaddr(), CLIENT_PORT);
        }
        return new InetSocketAddress(Ipv4.BROADCAST, CLIENT_PORT);
    }
}
