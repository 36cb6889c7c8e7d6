package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.Octets;
import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which way packets go. Immutable.
 *
 * @param destination where they are to arrive; 0.0.0.0/0 is everywhere
 * @param gateway     who takes them there; empty if the destination is on this link (RFC 3442, "Local Subnet Routes")
 */
public record Route(Subnet destination, Optional<Inet4Address> gateway) {

    /** Everywhere. */
    static final Subnet DEFAULT = new Subnet(Ipv4.UNSPECIFIED, 0);

    /** For people: {@code 10.0.0.0/8 via 192.168.123.1}, or {@code 10.0.0.0/8 on this link}. */
    @Override
    public String toString() {
        return destination + gateway.map(address -> " via " + address.getHostAddress()).orElse(" on this link");
    }

    /**
     * Reads option 121 (RFC 3442): for each route the prefix's length, as many octets of the destination as that length needs, and the
     * gateway. Of two routes to one destination the first counts; one through an address that no host can have is left out.
     *
     * @return empty if a length is impossible or the value ends within a route: then nothing of it can be trusted
     */
    static Optional<List<Route>> classless(Octets value) {
        Map<Subnet, Route> routes = new LinkedHashMap<>();
        int at = 0;
        while (at < value.length()) {
            int prefix = value.at(at++);
            int octets = (prefix + 7) / 8;
            if (prefix > 32 || at + octets + 4 > value.length()) {
                return Optional.empty();
            }
            byte[] destination = new byte[4];
            value.copyTo(at, destination, 0, octets);
            byte[] gateway = new byte[4];
            value.copyTo(at + octets, gateway, 0, 4);
            at += octets + 4;
            Subnet subnet = new Subnet(Ipv4.of(destination, 0), prefix);
            Optional<Inet4Address> via = Optional.of(Ipv4.of(gateway, 0)).filter(address -> !address.isAnyLocalAddress());
            if (via.isEmpty() || Ipv4.isHost(via.get())) {
                routes.putIfAbsent(subnet, new Route(subnet, via));
            }
        }
        return routes.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(routes.values()));
    }
}
