package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/**
 * A message of ours, to be sent from port 68. Immutable.
 *
 * @param message what to send
 * @param to      where to: a server, or everyone on this link
 */
public record Outgoing(DhcpMessage message, InetSocketAddress to) {

    /** The port that servers listen on (RFC 2131, section 4.1). */
    private static final int SERVER_PORT = 67;

    static Outgoing toEveryone(DhcpMessage message) {
        return to(Ipv4.BROADCAST, message);
    }

    static Outgoing to(Inet4Address server, DhcpMessage message) {
        return new Outgoing(message, new InetSocketAddress(server, SERVER_PORT));
    }
}
