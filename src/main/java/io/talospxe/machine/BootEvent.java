package io.talospxe.machine;

import java.util.Objects;

/**
 * One thing that happened to a machine, worth a line in the log. Immutable.
 *
 * @param stage   how far the machine has come with it
 * @param mac     the machine's address as {@code 52-54-00-12-34-56}, or empty if only its IP address is known
 * @param address its IPv4 address in dotted form, or empty if it has none yet
 * @param line    the sentence or dnsmasq-shaped line for people; never holds the content of a machine configuration
 */
public record BootEvent(Stage stage, String mac, String address, String line) {

    /** Refuses null in any part. */
    public BootEvent {
        Objects.requireNonNull(stage);
        Objects.requireNonNull(mac);
        Objects.requireNonNull(address);
        Objects.requireNonNull(line);
    }

    /** The line, so that a route can log the event as its body. */
    @Override
    public String toString() {
        return line;
    }
}
