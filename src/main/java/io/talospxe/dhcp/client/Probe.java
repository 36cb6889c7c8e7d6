package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MacAddress;
import java.util.random.RandomGenerator;

/**
 * The DISCOVER by which we ask who else answers here, while we serve. Nobody takes the offers that it brings; {@link OtherServers} reads
 * them. Dressed as UEFI firmware's PXE client (RFC 4578; PXE specification 2.1, section 2.2.1), so that proxies answer it too.
 * {@link #next} is for one thread at a time, {@link #sent} for any number.
 */
public final class Probe {

    private static final String PXE_CLASS = "PXEClient:Arch:00007:UNDI:003016";
    private static final Octets UEFI_X64 = Octets.hex("0007");
    /** UNDI 3.16. */
    private static final Octets NETWORK_INTERFACE = Octets.hex("01 03 10");
    /** Mask, routers, resolvers, options 43, lease time, 54, T1, T2, 60, 66, 67, 97. */
    private static final Octets PARAMETERS = Octets.hex("01 03 06 2b 33 36 3a 3b 3c 42 43 61");

    private final MacAddress mac;
    private final Octets chaddr;
    // The upper half of each xid, by which we know our own; the lower half counts.
    private final int mark;
    private int count;

    /**
     * @param mac    the interface's hardware address
     * @param random chooses what our transactions have in common
     */
    public Probe(MacAddress mac, RandomGenerator random) {
        this.mac = mac;
        this.chaddr = Octets.hex(mac.hex());
        this.mark = random.nextInt() & 0xffff_0000;
    }

    /**
     * The next probe. It has the client identifier of {@link LeaseClient}, so that a server offers what it has leased to us already and
     * spends no address of its pool.
     */
    public Outgoing next() {
        Options options = Options.builder()
            .putByte(OptionCode.MESSAGE_TYPE, MessageType.DISCOVER.value())
            .put(OptionCode.CLIENT_IDENTIFIER, Requests.identifier(mac))
            .put(OptionCode.MAXIMUM_MESSAGE_SIZE, Requests.LARGEST_MESSAGE)
            .put(OptionCode.VENDOR_CLASS, PXE_CLASS)
            .put(OptionCode.CLIENT_ARCHITECTURE, UEFI_X64)
            .put(OptionCode.CLIENT_NETWORK_INTERFACE, NETWORK_INTERFACE)
            // Proxies may insist on a UUID; ours is made of the hardware address.
            .put(OptionCode.CLIENT_MACHINE_IDENTIFIER, Octets.of(new byte[11]).plus(chaddr))
            .put(OptionCode.PARAMETER_REQUEST_LIST, PARAMETERS)
            .build();
        int xid = mark | count++ & 0xffff;
        return Outgoing.toEveryone(new DhcpMessage(DhcpMessage.BOOTREQUEST, DhcpMessage.ETHERNET, 0, xid, 0, 0, Ipv4.UNSPECIFIED,
            Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED, chaddr, "", "", options).withBroadcast());
    }

    /** Whether a request is one of these probes: our own server hears them as well, and must not answer. */
    public boolean sent(DhcpMessage request) {
        return request.op() == DhcpMessage.BOOTREQUEST && request.chaddr().equals(chaddr) && (request.xid() & 0xffff_0000) == mark;
    }
}
