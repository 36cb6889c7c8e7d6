package io.talospxe.dns;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An IPv4 network. Immutable.
 *
 * @param address any address in it
 * @param prefix  length of its prefix, 0 to 32
 */
public record Subnet(Inet4Address address, int prefix) {

    /**
     * Checks the prefix.
     *
     * @throws IllegalArgumentException if it is not 0 to 32
     */
    public Subnet {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("/" + prefix + " is no prefix of an IPv4 network; use /0 to /32");
        }
    }

    /** Whether the address belongs to the network; an IPv6 address never does. */
    public boolean contains(InetAddress candidate) {
        return candidate instanceof Inet4Address other && (prefix == 0 || (bits(address) ^ bits(other)) >>> 32 - prefix == 0);
    }

    /** The address as a 32-bit value in network order. */
    static int bits(Inet4Address address) {
        byte[] bytes = address.getAddress();
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }
}
