package io.talospxe.machine;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The hardware address of a network interface, 6 bytes (EUI-48). Immutable.
 *
 * @param hex twelve lower-case hexadecimal digits without separators
 */
public record MacAddress(String hex) {

    /** Bytes in an Ethernet hardware address: the value of {@code hlen} for {@code htype} 1 (RFC 2131, section 2). */
    public static final int LENGTH = 6;

    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{2}([:-]?)[0-9a-f]{2}(?:\\1[0-9a-f]{2}){4}");

    /**
     * @throws IllegalArgumentException if {@code hex} is not twelve lower-case hexadecimal digits
     */
    public MacAddress {
        Objects.requireNonNull(hex);
        if (!hex.matches("[0-9a-f]{12}")) {
            throw new IllegalArgumentException("not twelve hexadecimal digits: " + hex);
        }
    }

    /**
     * Reads an address as people and firmware write it: {@code 52:54:00:12:34:56}, {@code 52-54-00-12-34-56} or {@code 525400123456},
     * in either letter case.
     *
     * @throws IllegalArgumentException if {@code text} is none of these
     */
    public static MacAddress parse(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!TEXT.matcher(lower).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a MAC address; write it as 52-54-00-12-34-56");
        }
        return new MacAddress(lower.replaceAll("[:-]", ""));
    }

    /** Tells whether {@link #parse} takes {@code text}. */
    public static boolean isMacAddress(String text) {
        return TEXT.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    /**
     * Takes the first six bytes, in network order.
     *
     * @throws IllegalArgumentException if there are fewer than six
     */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length < LENGTH) {
            throw new IllegalArgumentException("a MAC address has " + LENGTH + " bytes, not " + bytes.length);
        }
        return new MacAddress(HexFormat.of().formatHex(bytes, 0, LENGTH));
    }

    /** The form used in file names, properties and route variables, and by iPXE's {@code ${mac:hexhyp}}: {@code 52-54-00-12-34-56}. */
    public String dashed() {
        return separated('-');
    }

    /** The form used in log lines: {@code 52:54:00:12:34:56}. */
    @Override
    public String toString() {
        return separated(':');
    }

    private String separated(char separator) {
        StringBuilder text = new StringBuilder(17);
        for (int i = 0; i < hex.length(); i += 2) {
            if (i > 0) {
                text.append(separator);
            }
            text.append(hex, i, i + 2);
        }
        return text.toString();
    }
}
