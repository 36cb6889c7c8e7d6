package io.talospxe.dhcp.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable run of bytes: an option's value or a hardware address. Equal when the bytes are. */
public final class Octets {

    /** No bytes at all, as in an option of length 0. */
    public static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] bytes;

    private Octets(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Copies {@code bytes}. */
    public static Octets of(byte[] bytes) {
        return bytes.length == 0 ? EMPTY : new Octets(bytes.clone());
    }

    /** Copies {@code length} bytes from {@code offset}. */
    public static Octets of(byte[] bytes, int offset, int length) {
        return length == 0 ? EMPTY : new Octets(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** Reads hexadecimal digits, spaces allowed: {@code "06 01 08 ff"}. */
    public static Octets hex(String digits) {
        return new Octets(HexFormat.of().parseHex(digits.replace(" ", "")));
    }

    /** The text's bytes in ISO 8859-1: what DHCP text fields carry is ASCII, and this loses nothing of what is not. */
    public static Octets text(String text) {
        return new Octets(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** How many bytes. */
    public int length() {
        return bytes.length;
    }

    /** The byte at {@code index}, 0 to 255. */
    public int at(int index) {
        return bytes[index] & 0xff;
    }

    /** These bytes and then {@code more}. */
    public Octets plus(Octets more) {
        byte[] joined = Arrays.copyOf(bytes, bytes.length + more.bytes.length);
        System.arraycopy(more.bytes, 0, joined, bytes.length, more.bytes.length);
        return new Octets(joined);
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Copies {@code length} bytes from {@code from} into {@code target} at {@code at}. */
    public void copyTo(int from, byte[] target, int at, int length) {
        System.arraycopy(bytes, from, target, at, length);
    }

    /** The bytes as ISO 8859-1 text, less the NUL and 0xFF bytes that some firmware leaves at the end of a name. */
    public String toText() {
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == 0 || bytes[end - 1] == (byte) 0xff)) {
            end--;
        }
        return new String(bytes, 0, end, StandardCharsets.ISO_8859_1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octets octets && Arrays.equals(bytes, octets.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
