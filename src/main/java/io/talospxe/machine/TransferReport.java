package io.talospxe.machine;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;

/**
 * How the sending of one file ended, by TFTP or HTTP. Immutable.
 *
 * @param file    the name that was asked for, cleaned
 * @param address the machine's IPv4 address in dotted form
 * @param bytes   content bytes that the machine took
 * @param took    from the request to the end
 * @param failure why it broke off, as half a sentence; empty if the whole file was taken
 */
public record TransferReport(String file, String address, long bytes, Duration took, String failure) {

    /** Refuses null in any part. */
    public TransferReport {
        Objects.requireNonNull(file);
        Objects.requireNonNull(address);
        Objects.requireNonNull(took);
        Objects.requireNonNull(failure);
    }

    /** Whether the machine took the whole file. */
    public boolean complete() {
        return failure.isEmpty();
    }

    /** {@code sent uefi-x64/ipxe.efi to 192.168.123.7, 996864 bytes in 0.4 s}, or what went wrong. */
    @Override
    public String toString() {
        return complete()
            ? String.format(Locale.ROOT, "sent %s to %s, %d bytes in %.1f s", file, address, bytes, took.toMillis() / 1000.0)
            : String.format(Locale.ROOT, "stopped sending %s to %s after %d bytes: %s", file, address, bytes, failure);
    }
}
