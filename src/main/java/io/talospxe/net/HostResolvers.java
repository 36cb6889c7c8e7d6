package io.talospxe.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The name servers that this host asks itself (resolv.conf(5)). Stateless. */
public final class HostResolvers {

    private static final Pattern ADDRESS = Pattern.compile("((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])([.](?!$)|$)){4}");

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
                .filter(words -> ADDRESS.matcher(words[1]).matches()).map(words -> literal(words[1])).toList();
        } catch (IOException | UncheckedIOException none) {
            return List.of();
        }
    }

    private static Inet4Address literal(String text) {
        try {
            return (Inet4Address) InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("four numbers are an IPv4 address", impossible);
        }
    }
}
