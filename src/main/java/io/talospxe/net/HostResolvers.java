package io.talospxe.net;

import io.talospxe.ip.Ipv4;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The name servers that this host asks itself (resolv.conf(5)). Stateless. */
public final class HostResolvers {

    private HostResolvers() {
    }

    /** Their IPv4 addresses in order, as the file says now; those on loopback included, for we may ask them. Empty if there are none. */
    public static List<Inet4Address> read() {
        return read(Path.of("/etc/resolv.conf"));
    }

    /** @param file in the form of {@code /etc/resolv.conf} */
    static List<Inet4Address> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> line.strip().split("\\s+")).filter(words -> words.length >= 2 && words[0].equals("nameserver"))
                .map(words -> words[1]).filter(Ipv4::isAddress).map(Ipv4::parse).toList();
        } catch (IOException | UncheckedIOException none) {
            return List.of();
        }
    }
}
