package io.talospxe.dhcp.wire;

import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.Objects;
import java.util.Optional;

/**
 * A DHCP message (RFC 2131, section 2). Field names are the RFC's. Immutable.
 *
 * <pre>
 *  op(1) htype(1) hlen(1) hops(1)            chaddr(16)
 *  xid(4)                                    sname(64)
 *  secs(2) flags(2)                          file(128)
 *  ciaddr(4) yiaddr(4) siaddr(4) giaddr(4)   63 82 53 63  options…
 * </pre>
 *
 * @param op      1 for a request, 2 for a reply
 * @param htype   kind of hardware address, 1 for Ethernet
 * @param hops    relays passed, 0 to 255
 * @param xid     the client's transaction
 * @param secs    since the client began, 0 to 65535
 * @param flags   16 bits; the highest asks for broadcast replies
 * @param ciaddr  the client's address if it has one it can answer ARP for
 * @param yiaddr  the address that the client is given
 * @param siaddr  where the client fetches its boot file
 * @param giaddr  the relay that passed the message on
 * @param chaddr  the client's hardware address: {@code hlen} bytes, 0 to 16
 * @param sname   name of the server, at most 63 characters; empty if the field held options (RFC 2132, section 9.3)
 * @param file    boot file, at most 127 characters; empty if the field held options
 * @param options everything after the magic cookie and in overloaded fields
 */
public record DhcpMessage(int op, int htype, int hops, int xid, int secs, int flags, Inet4Address ciaddr, Inet4Address yiaddr,
                          Inet4Address siaddr, Inet4Address giaddr, Octets chaddr, String sname, String file, Options options) {

    /** {@code op} of a client's message. */
    public static final int BOOTREQUEST = 1;
    /** {@code op} of a server's message. */
    public static final int BOOTREPLY = 2;
    /** {@code htype} of Ethernet. */
    public static final int ETHERNET = 1;
    /** Characters that fit into {@code file} before its NUL. */
    public static final int MAXIMUM_FILE = 127;
    /** Characters that fit into {@code sname} before its NUL. */
    public static final int MAXIMUM_SNAME = 63;

    private static final int BROADCAST_FLAG = 0x8000;

    /** Refuses null parts and texts that do not fit their fields. */
    public DhcpMessage {
        Objects.requireNonNull(ciaddr);
        Objects.requireNonNull(yiaddr);
        Objects.requireNonNull(siaddr);
        Objects.requireNonNull(giaddr);
        Objects.requireNonNull(chaddr);
        Objects.requireNonNull(options);
        if (sname.length() > MAXIMUM_SNAME || file.length() > MAXIMUM_FILE) {
            throw new IllegalArgumentException("sname or file does not fit its field with a NUL behind it");
        }
    }

    /**
     * The beginning of a reply: what RFC 2131, table 3, says is copied from the request (htype, hlen, xid, flags, giaddr, chaddr), and
     * {@code ciaddr} zero.
     */
    public static DhcpMessage replyTo(DhcpMessage request) {
        return new DhcpMessage(BOOTREPLY, request.htype, 0, request.xid, 0, request.flags, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED,
            Ipv4.UNSPECIFIED, request.giaddr, request.chaddr, "", "", Options.NONE);
    }

    /** The same with that {@code ciaddr}. */
    public DhcpMessage withCiaddr(Inet4Address address) {
        return new DhcpMessage(op, htype, hops, xid, secs, flags, address, yiaddr, siaddr, giaddr, chaddr, sname, file, options);
    }

    /** The same with that {@code yiaddr}. */
    public DhcpMessage withYiaddr(Inet4Address address) {
        return new DhcpMessage(op, htype, hops, xid, secs, flags, ciaddr, address, siaddr, giaddr, chaddr, sname, file, options);
    }

    /** The same with the broadcast flag set, so that the client is reached whatever it thinks its address is. */
    public DhcpMessage withBroadcast() {
        return new DhcpMessage(op, htype, hops, xid, secs, flags | BROADCAST_FLAG, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file,
            options);
    }

    /** The same with the three header fields that name a boot file. */
    public DhcpMessage withBootServer(Inet4Address server, String serverName, String bootFile) {
        return new DhcpMessage(op, htype, hops, xid, secs, flags, ciaddr, yiaddr, server, giaddr, chaddr, serverName, bootFile, options);
    }

    /** The same with those options. */
    public DhcpMessage withOptions(Options replacement) {
        return new DhcpMessage(op, htype, hops, xid, secs, flags, ciaddr, yiaddr, siaddr, giaddr, chaddr, sname, file, replacement);
    }

    /** What the message says; empty for plain BOOTP and for types that concern no boot server. */
    public Optional<MessageType> type() {
        return options.number(OptionCode.MESSAGE_TYPE).stream().mapToObj(value -> MessageType.of((int) value))
            .flatMap(Optional::stream).findFirst();
    }

    /** Whether the client asks that replies be broadcast. */
    public boolean broadcast() {
        return (flags & BROADCAST_FLAG) != 0;
    }

    /** Whether a relay passed it on. */
    public boolean relayed() {
        return !giaddr.isAnyLocalAddress();
    }

    /** {@code DHCPDISCOVER} and so on; {@code BOOTP} without a type. */
    public String name() {
        return type().map(type -> "DHCP" + type).orElse("BOOTP");
    }
}
