package io.talospxe.dhcp.wire;

import io.talospxe.ip.Ipv4;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Bytes to {@link DhcpMessage} and back (RFC 2131, section 2; RFC 2132; RFC 3396). Stateless, for any number of threads. */
public final class DhcpCodec {

    /** What relays and ROMs of BOOTP's time expect at least (RFC 951, section 3). */
    public static final int MINIMUM_SIZE = 300;

    private static final int FIXED_SIZE = 236;
    private static final byte[] MAGIC_COOKIE = {0x63, (byte) 0x82, 0x53, 0x63};
    private static final int CHADDR = 28;
    private static final int CHADDR_SIZE = 16;
    private static final int SNAME = 44;
    private static final int SNAME_SIZE = 64;
    private static final int FILE = 108;
    private static final int FILE_SIZE = 128;
    private static final int PAD = 0;
    private static final int END = 255;
    private static final int FILE_OVERLOADED = 1;
    private static final int SNAME_OVERLOADED = 2;

    private DhcpCodec() {
    }

    /**
     * Reads a datagram's payload. Options in overloaded fields (RFC 2132, section 9.3) stand with the others, and option 52 is gone.
     *
     * @throws MalformedMessage if it is too short, has no magic cookie, an impossible {@code op} or {@code hlen}, or an option that runs
     *                          past its field
     */
    public static DhcpMessage decode(byte[] datagram) throws MalformedMessage {
        int cookieEnd = FIXED_SIZE + MAGIC_COOKIE.length;
        if (datagram.length < cookieEnd) {
            throw new MalformedMessage("a DHCP message has at least " + cookieEnd + " bytes, this one has " + datagram.length);
        }
        if (!Arrays.equals(datagram, FIXED_SIZE, cookieEnd, MAGIC_COOKIE, 0, MAGIC_COOKIE.length)) {
            throw new MalformedMessage("the magic cookie 63825363 is missing");
        }
        int op = datagram[0] & 0xff;
        if (op != DhcpMessage.BOOTREQUEST && op != DhcpMessage.BOOTREPLY) {
            throw new MalformedMessage("op is " + op + ", neither request (1) nor reply (2)");
        }
        int hlen = datagram[2] & 0xff;
        if (hlen > CHADDR_SIZE) {
            throw new MalformedMessage("a hardware address of " + hlen + " bytes does not fit into chaddr");
        }
        Options.Builder options = Options.builder();
        readOptions(datagram, cookieEnd, datagram.length, options);
        int overload = (int) options.build().number(OptionCode.OVERLOAD).orElse(0);
        // RFC 3396, section 5: parts are joined in the order options, file, sname.
        if ((overload & FILE_OVERLOADED) != 0) {
            readOptions(datagram, FILE, FILE + FILE_SIZE, options);
        }
        if ((overload & SNAME_OVERLOADED) != 0) {
            readOptions(datagram, SNAME, SNAME + SNAME_SIZE, options);
        }
        // It tells the layout of these bytes, and encode writes another one.
        options.drop(OptionCode.OVERLOAD);
        return new DhcpMessage(op, datagram[1] & 0xff, datagram[3] & 0xff,
            (datagram[4] & 0xff) << 24 | (datagram[5] & 0xff) << 16 | unsignedShort(datagram, 6),
            unsignedShort(datagram, 8), unsignedShort(datagram, 10), Ipv4.of(datagram, 12), Ipv4.of(datagram, 16), Ipv4.of(datagram, 20),
            Ipv4.of(datagram, 24), Octets.of(datagram, CHADDR, hlen),
            (overload & SNAME_OVERLOADED) != 0 ? "" : text(datagram, SNAME, SNAME_SIZE),
            (overload & FILE_OVERLOADED) != 0 ? "" : text(datagram, FILE, FILE_SIZE), options.build());
    }

    /**
     * Writes a message: options in their order without padding between them (a Raspberry Pi's ROM misreads it), values over 255 bytes in
     * several parts (RFC 3396), END, then zeros up to {@value #MINIMUM_SIZE} bytes. Nothing is overloaded.
     */
    public static byte[] encode(DhcpMessage message) {
        int size = FIXED_SIZE + MAGIC_COOKIE.length + 1;
        for (Octets value : message.options().byNumber().values()) {
            size += value.length() + 2 * parts(value);
        }
        byte[] datagram = new byte[Math.max(size, MINIMUM_SIZE)];
        datagram[0] = (byte) message.op();
        datagram[1] = (byte) message.htype();
        datagram[2] = (byte) message.chaddr().length();
        datagram[3] = (byte) message.hops();
        putShort(datagram, 4, message.xid() >>> 16);
        putShort(datagram, 6, message.xid());
        putShort(datagram, 8, message.secs());
        putShort(datagram, 10, message.flags());
        int at = 12;
        for (var address : List.of(message.ciaddr(), message.yiaddr(), message.siaddr(), message.giaddr())) {
            System.arraycopy(address.getAddress(), 0, datagram, at, 4);
            at += 4;
        }
        message.chaddr().copyTo(0, datagram, CHADDR, message.chaddr().length());
        putText(datagram, SNAME, message.sname());
        putText(datagram, FILE, message.file());
        System.arraycopy(MAGIC_COOKIE, 0, datagram, FIXED_SIZE, MAGIC_COOKIE.length);
        at = FIXED_SIZE + MAGIC_COOKIE.length;
        for (Map.Entry<Integer, Octets> option : message.options().byNumber().entrySet()) {
            at = writeOption(datagram, at, option.getKey(), option.getValue());
        }
        datagram[at] = (byte) END;
        return datagram;
    }

    private static void readOptions(byte[] datagram, int from, int to, Options.Builder options) throws MalformedMessage {
        int at = from;
        while (at < to) {
            int code = datagram[at++] & 0xff;
            if (code == END) {
                return;
            }
            if (code == PAD) {
                continue;
            }
            if (at == to) {
                throw new MalformedMessage("option " + code + " has no length");
            }
            int length = datagram[at++] & 0xff;
            if (at + length > to) {
                throw new MalformedMessage("option " + code + " of " + length + " bytes runs past the end");
            }
            options.join(code, Octets.of(datagram, at, length));
            at += length;
        }
        // RFC 2131 wants END, but several clients leave it out when the field is full: nothing is lost by taking it as read.
    }

    private static int writeOption(byte[] datagram, int start, int code, Octets value) {
        int at = start;
        int from = 0;
        do {
            int length = Math.min(value.length() - from, 255);
            datagram[at++] = (byte) code;
            datagram[at++] = (byte) length;
            value.copyTo(from, datagram, at, length);
            at += length;
            from += length;
        } while (from < value.length());
        return at;
    }

    private static int parts(Octets value) {
        return Math.max(1, (value.length() + 254) / 255);
    }

    private static int unsignedShort(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
    }

    private static void putShort(byte[] bytes, int at, int value) {
        bytes[at] = (byte) (value >> 8);
        bytes[at + 1] = (byte) value;
    }

    private static String text(byte[] bytes, int at, int size) {
        int end = at;
        // The last byte is the NUL's: a field filled to the brim is cut, as the firmware that reads it would.
        while (end < at + size - 1 && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
    }

    private static void putText(byte[] bytes, int at, String text) {
        byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(characters, 0, bytes, at, characters.length);
    }
}
