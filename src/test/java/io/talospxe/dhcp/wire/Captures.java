package io.talospxe.dhcp.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What real firmware said in our laboratory, by {@code <firmware>/<name>}. */
public final class Captures {

    static final Path FOLDER = Path.of("src/test/resources/captures");

    private static final Set<Integer> DHCP_PORTS = Set.of(67, 68, 4011);

    private Captures() {
    }

    /** Every capture there is. */
    static List<Path> all() {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".pcap")).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The DHCP datagrams of a capture, ports 67, 68 and 4011. */
    static List<Datagram> dhcp(Path capture) {
        try {
            return Datagram.read(capture).stream().filter(datagram -> DHCP_PORTS.contains(datagram.destination())).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The first message of that type that a client of that capture sent to a server's port. */
    public static DhcpMessage request(String name, MessageType type, int port) {
        return dhcp(FOLDER.resolve(name + ".pcap")).stream().filter(datagram -> datagram.destination() == port)
            .map(Captures::decode).filter(message -> message.op() == DhcpMessage.BOOTREQUEST)
            .filter(message -> message.type().filter(type::equals).isPresent()).findFirst().orElseThrow();
    }

    /** A captured message; that it decodes is for {@link CapturesTest} to say. */
    static DhcpMessage decode(Datagram datagram) {
        try {
            return DhcpCodec.decode(datagram.payload());
        } catch (MalformedMessage malformed) {
            throw new AssertionError(malformed);
        }
    }
}
