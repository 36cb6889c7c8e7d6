package io.talospxe.dns;

import java.net.Inet4Address;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A machine that has an address from us, and what it calls itself. Immutable.
 *
 * @param hostname DHCP option 12 as the machine sent it, or empty
 * @param address  its address
 * @param expires  until when the address is its own; of two machines with one name, the one with the later end has the name
 */
public record Host(String hostname, Inet4Address address, Instant expires) {

    private static final int LONGEST_LABEL = 63;

    /** Refuses null in any part. */
    public Host {
        Objects.requireNonNull(hostname);
        Objects.requireNonNull(address);
        Objects.requireNonNull(expires);
    }

    /**
     * The label that the machine is found under, in lower case (RFC 1123, section 2.1): what stands before the first dot, with a hyphen for
     * each character that no host name has. Empty if nothing is left.
     */
    public Optional<String> label() {
        String first = hostname.strip().split("\\.", 2)[0].toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]", "-");
        String label = trimmed(first);
        return Optional.of(trimmed(label.substring(0, Math.min(label.length(), LONGEST_LABEL)))).filter(text -> !text.isEmpty());
    }

    private static String trimmed(String label) {
        return label.replaceAll("^-+|-+$", "");
    }
}
