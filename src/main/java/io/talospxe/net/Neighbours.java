package io.talospxe.net;

import io.talospxe.machine.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Which hardware address answers for an IPv4 address on a link of ours: the kernel's neighbour table. Stateless. */
public final class Neighbours {

    private static final String UNRESOLVED = "00:00:00:00:00:00";

    private final Path table;

    /** Reads the running kernel's table. */
    public Neighbours() {
        this(Path.of("/proc/net/arp"));
    }

    /** @param table a file in the form of {@code /proc/net/arp} (proc(5)) */
    Neighbours(Path table) {
        this.table = table;
    }

    /** The neighbour's hardware address; empty if the kernel does not know it, as for hosts behind a router. */
    public Optional<MacAddress> of(String address) {
        try (Stream<String> lines = Files.lines(table)) {
            return lines.map(line -> line.split("\\s+"))
                .filter(row -> row.length >= 4 && row[0].equals(address) && !row[3].equals(UNRESOLVED) && MacAddress.isMacAddress(row[3]))
                .map(row -> MacAddress.parse(row[3])).findFirst();
        } catch (IOException noTable) {
            return Optional.empty();
        }
    }
}
