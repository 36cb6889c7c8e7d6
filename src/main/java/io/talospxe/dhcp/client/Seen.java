package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.util.Optional;

/**
 * What we know of a server of somebody else's. Immutable. Its text is fit for a log line.
 *
 * @param server   its identifier (option 54)
 * @param leases   whether it leases addresses; a proxy does not
 * @param boots    whether it tells netboot clients what to fetch
 * @param bootFile what it tells them; empty if it does not, or only offers a menu
 * @param network  the network of the address that it offered; empty for a proxy, and while only others' word for it has been heard
 */
public record Seen(Inet4Address server, boolean leases, boolean boots, Optional<String> bootFile, Optional<Subnet> network) {

    /**
     * What a server's reply tells of it: an address or a NAK is a lease server's, a boot file or a PXE class without an address is a
     * proxy's (PXE specification 2.1, section 2.2.3).
     *
     * @return empty if it is no reply of a server that says who it is and does one of both
     */
    static Optional<Seen> in(DhcpMessage reply) {
        Options options = reply.options();
        Optional<Inet4Address> server = options.address(OptionCode.SERVER_IDENTIFIER);
        MessageType type = reply.type().orElse(MessageType.DISCOVER);
        boolean nak = type == MessageType.NAK;
        if (reply.op() != DhcpMessage.BOOTREPLY || server.isEmpty() || type != MessageType.OFFER && type != MessageType.ACK && !nak) {
            return Optional.empty();
        }
        boolean address = Ipv4.isHost(reply.yiaddr());
        Optional<String> bootFile = Optional.of(reply.file()).filter(file -> !file.isEmpty())
            .or(() -> options.text(OptionCode.BOOT_FILE_NAME).filter(file -> !file.isEmpty())).map(Printable::of);
        boolean boots = bootFile.isPresent()
            || options.text(OptionCode.VENDOR_CLASS).filter(name -> name.startsWith("PXEClient")).isPresent();
        return Optional.of(new Seen(server.get(), address || nak, boots, bootFile,
            address ? Optional.of(ClientLease.network(reply.yiaddr(), options)) : Optional.empty())).filter(seen -> seen.leases || seen.boots);
    }

    /** This and what was heard later. */
    Seen and(Seen later) {
        return new Seen(server, leases || later.leases, boots || later.boots, later.bootFile.or(() -> bootFile),
            later.network.or(() -> network));
    }
}
