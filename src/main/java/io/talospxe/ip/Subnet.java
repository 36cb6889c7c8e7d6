package io.talospxe.ip;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * A range of IPv4 addresses that share a prefix. Immutable.
 *
 * @param address its lowest address
 * @param prefix  0 to 32
 */
public record Subnet(Inet4Address address, int prefix) {

    /**
     * Clears the bits of {@code address} behind the prefix.
     *
     * @throws IllegalArgumentException if there is no such prefix
     */
    public Subnet {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("there is no prefix of " + prefix + " bits; use 0 to 32");
        }
        address = Ipv4.of(Ipv4.bits(address) & mask(prefix));
    }

    /** The mask of a prefix as a 32-bit value in network order. */
    public static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << 32 - prefix;
    }

    /** Whether the address belongs to it; an IPv6 address never does. */
    public boolean contains(InetAddress other) {
        return other instanceof Inet4Address candidate && (Ipv4.bits(candidate) & mask(prefix)) == Ipv4.bits(address);
    }

    /** As iproute2 writes it: {@code 192.168.123.0/24}. */
    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefix;
    }
}
