package io.talospxe.dhcp;

import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.util.List;

/**
 * The network that we lease addresses of. Immutable.
 *
 * @param server    our own address on it
 * @param prefix    length of the network's prefix, 1 to 30
 * @param first     lowest address of the pool
 * @param last      highest address of the pool; our own is never leased even if it lies between
 * @param routers   what clients are told to route through; may be empty
 * @param resolvers name servers that clients are told; may be empty
 */
public record Network(Inet4Address server, int prefix, Inet4Address first, Inet4Address last, List<Inet4Address> routers,
                      List<Inet4Address> resolvers) {

    /**
     * Checks that the pool lies in the network.
     *
     * @throws IllegalArgumentException with a sentence if it does not, or the prefix leaves no room for a pool
     */
    public Network {
        routers = List.copyOf(routers);
        resolvers = List.copyOf(resolvers);
        if (prefix < 1 || prefix > 30) {
            throw new IllegalArgumentException("a /" + prefix + " network has no room for a pool; use a prefix from /1 to /30");
        }
        if (!contains(server, prefix, first) || !contains(server, prefix, last)
            || Integer.compareUnsigned(Ipv4.bits(first), Ipv4.bits(last)) > 0) {
            throw new IllegalArgumentException("the pool " + first.getHostAddress() + "-" + last.getHostAddress()
                + " is not a range within " + server.getHostAddress() + "/" + prefix);
        }
    }

    /** The network of {@code server}, all its host addresses being the pool. */
    public static Network whole(Inet4Address server, int prefix, List<Inet4Address> routers, List<Inet4Address> resolvers) {
        int base = Ipv4.bits(server) & Subnet.mask(prefix);
        return new Network(server, prefix, Ipv4.of(base + 1), Ipv4.of((base | ~Subnet.mask(prefix)) - 1), routers, resolvers);
    }

    /** The subnet mask. */
    public Inet4Address mask() {
        return Ipv4.of(Subnet.mask(prefix));
    }

    /** The address that reaches every host of the network. */
    public Inet4Address broadcast() {
        return Ipv4.of(Ipv4.bits(server) | ~Subnet.mask(prefix));
    }

    /** Whether the address belongs to the network. */
    public boolean contains(Inet4Address address) {
        return contains(server, prefix, address);
    }

    /** Whether the address is one that clients may be given: not ours, nor one that they are told to find a router or a name server at. */
    public boolean leases(Inet4Address address) {
        return between(address) && !address.equals(server) && !routers.contains(address) && !resolvers.contains(address);
    }

    /** The pool for people: {@code 192.168.123.1-192.168.123.254 less our own address}. */
    public String pool() {
        return first.getHostAddress() + "-" + last.getHostAddress() + (between(server) ? " less our own address" : "");
    }

    private boolean between(Inet4Address address) {
        int bits = Ipv4.bits(address);
        return Integer.compareUnsigned(bits, Ipv4.bits(first)) >= 0 && Integer.compareUnsigned(bits, Ipv4.bits(last)) <= 0;
    }

    private static boolean contains(Inet4Address server, int prefix, Inet4Address address) {
        return new Subnet(server, prefix).contains(address);
    }
}
