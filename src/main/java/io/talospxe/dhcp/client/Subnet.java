package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.Ipv4;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import java.net.Inet4Address;

/**
 * A range of addresses that share a prefix. Immutable.
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

    /** Whether the address belongs to it. */
    public boolean contains(Inet4Address other) {
        return (Ipv4.bits(other) & mask(prefix)) == Ipv4.bits(address);
    }

    /** As iproute2 writes it: {@code 192.168.123.0/24}. */
    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefix;
    }

    /**
     * The subnet of {@code host} by option 1 (RFC 2132, section 3.3). Without it, or if its ones have gaps, by the class of the address
     * (RFC 791, section 3.2).
     */
    static Subnet of(Inet4Address host, Options options) {
        int mask = options.address(OptionCode.SUBNET_MASK).map(Ipv4::bits).orElse(0);
        int ones = Integer.numberOfLeadingZeros(~mask);
        return new Subnet(host, ones > 0 && mask == mask(ones) ? ones : byClass(host));
    }

    /** Whether a host may have the address: not 0.0.0.0/8, loopback, multicast or what is reserved above it (RFC 1122, section 3.2.1.3). */
    static boolean isHost(Inet4Address address) {
        int first = Ipv4.bits(address) >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    private static int byClass(Inet4Address host) {
        int first = Ipv4.bits(host) >>> 24;
        return first < 128 ? 8 : first < 192 ? 16 : 24;
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << 32 - prefix;
    }
}
