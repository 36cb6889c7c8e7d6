package io.talospxe.ip;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IPv4 addresses from their bytes, without the name service ever being asked. */
public final class Ipv4 {

    /** 0.0.0.0: in a DHCP field, "not known" (RFC 2131, section 2). */
    public static final Inet4Address UNSPECIFIED = of(0);

    /** 255.255.255.255: everyone on this link. */
    public static final Inet4Address BROADCAST = of(0xffffffff);

    private Ipv4() {
    }

    /** The address whose four bytes start at {@code offset}. */
    public static Inet4Address of(byte[] bytes, int offset) {
        return of((bytes[offset] & 0xff) << 24 | (bytes[offset + 1] & 0xff) << 16 | (bytes[offset + 2] & 0xff) << 8
            | bytes[offset + 3] & 0xff);
    }

    /** The address with that 32-bit value in network order. */
    public static Inet4Address of(int bits) {
        try {
            return (Inet4Address) InetAddress.getByAddress(
                new byte[] {(byte) (bits >> 24), (byte) (bits >> 16), (byte) (bits >> 8), (byte) bits});
        } catch (UnknownHostException impossible) {
            throw new AssertionError("four bytes are an IPv4 address", impossible);
        }
    }

    /**
     * Reads dotted decimal.
     *
     * @throws IllegalArgumentException if {@code text} is not four numbers from 0 to 255 with dots between
     */
    public static Inet4Address parse(String text) {
        String[] parts = text.strip().split("\\.", -1);
        int bits = 0;
        for (String part : parts) {
            int number = part.matches("[0-9]{1,3}") ? Integer.parseInt(part) : 256;
            if (number > 255 || parts.length != 4) {
                throw new IllegalArgumentException("'" + text + "' is not an IPv4 address; write it as 192.168.123.1");
            }
            bits = bits << 8 | number;
        }
        return of(bits);
    }

    /** Tells whether {@link #parse} takes {@code text}. */
    public static boolean isAddress(String text) {
        try {
            parse(text);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /** Whether a host may have the address: not 0.0.0.0/8, loopback, multicast or what is reserved above it (RFC 1122, section 3.2.1.3). */
    public static boolean isHost(Inet4Address address) {
        int first = bits(address) >>> 24;
        return first != 0 && first != 127 && first < 224;
    }

    /** The address as a 32-bit value in network order. */
    public static int bits(Inet4Address address) {
        byte[] bytes = address.getAddress();
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }
}
