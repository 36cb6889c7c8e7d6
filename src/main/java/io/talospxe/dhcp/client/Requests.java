package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MacAddress;
import java.net.Inet4Address;
import java.util.Optional;

/** What a client says in which state: the fields and options of RFC 2131, section 4.4.1, table 5, and section 4.3.6. Immutable. */
final class Requests {

    /** What we call ourselves, as a host (option 12) and as a kind of client (option 60). */
    static final String NAME = "talos-pxe";
    /** Option 57: what an Ethernet frame holds. */
    static final Octets LARGEST_MESSAGE = Octets.hex("05dc");
    /** 121 before 3 (RFC 3442); mask, resolvers, domain, lease time, server, T1, T2. */
    private static final Octets PARAMETERS = Octets.hex("01 79 03 06 0f 33 36 3a 3b");

    private final Octets chaddr;
    private final Octets identifier;

    Requests(MacAddress mac) {
        chaddr = Octets.hex(mac.hex());
        identifier = identifier(mac);
    }

    /** Option 61: hardware type and address (RFC 2132, section 9.14), so that a server knows us again whichever program of ours asks. */
    static Octets identifier(MacAddress mac) {
        return Octets.of(new byte[] {DhcpMessage.ETHERNET}).plus(Octets.hex(mac.hex()));
    }

    /** Whether a reply is for our interface. */
    boolean answeredBy(DhcpMessage reply) {
        return reply.op() == DhcpMessage.BOOTREPLY && reply.chaddr().equals(chaddr);
    }

    /** Which servers are there? {@code wish} is the address that we would like. */
    DhcpMessage discover(int xid, int secs, Optional<Inet4Address> wish) {
        Options.Builder options = options(MessageType.DISCOVER);
        wish.ifPresent(address -> options.put(OptionCode.REQUESTED_ADDRESS, address));
        return withoutAddress(xid, secs, asking(options));
    }

    /** SELECTING: I take that offer. */
    DhcpMessage select(int xid, int secs, ClientLease offer) {
        return withoutAddress(xid, secs, asking(options(MessageType.REQUEST).put(OptionCode.REQUESTED_ADDRESS, offer.address())
            .put(OptionCode.SERVER_IDENTIFIER, offer.server())));
    }

    /** INIT-REBOOT: I had that address, is it still mine? */
    DhcpMessage reboot(int xid, int secs, Inet4Address former) {
        return withoutAddress(xid, secs, asking(options(MessageType.REQUEST).put(OptionCode.REQUESTED_ADDRESS, former)));
    }

    /** RENEWING and REBINDING: I have that address and want to keep it. */
    DhcpMessage renew(int xid, int secs, Inet4Address address) {
        return message(xid, secs, asking(options(MessageType.REQUEST))).withCiaddr(address);
    }

    /** I no longer need it. Of our usual options only the identifier may be there. */
    DhcpMessage release(int xid, ClientLease lease) {
        return message(xid, 0, options(MessageType.RELEASE).put(OptionCode.SERVER_IDENTIFIER, lease.server())
            .put(OptionCode.MESSAGE, NAME + " stops")).withCiaddr(lease.address());
    }

    private Options.Builder options(MessageType type) {
        return Options.builder().putByte(OptionCode.MESSAGE_TYPE, type.value()).put(OptionCode.CLIENT_IDENTIFIER, identifier);
    }

    private static Options.Builder asking(Options.Builder options) {
        return options.put(OptionCode.MAXIMUM_MESSAGE_SIZE, LARGEST_MESSAGE).put(OptionCode.VENDOR_CLASS, NAME)
            .put(OptionCode.HOST_NAME, NAME).put(OptionCode.PARAMETER_REQUEST_LIST, PARAMETERS);
    }

    /** A socket hears no unicast to an address that the host does not have: the answer must be broadcast (section 4.1). */
    private DhcpMessage withoutAddress(int xid, int secs, Options.Builder options) {
        return message(xid, secs, options).withBroadcast();
    }

    private DhcpMessage message(int xid, int secs, Options.Builder options) {
        return new DhcpMessage(DhcpMessage.BOOTREQUEST, DhcpMessage.ETHERNET, 0, xid, secs, 0, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED,
            Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED, chaddr, "", "", options.build());
    }
}
