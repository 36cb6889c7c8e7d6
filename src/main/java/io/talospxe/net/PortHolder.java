package io.talospxe.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the process that holds a port, from {@code /proc} (proc(5)). Sees other users' processes only as root. Stateless. */
public final class PortHolder {

    private PortHolder() {
    }

    /**
     * The process with an IPv4 or IPv6 socket on a local port, other than ourselves.
     *
     * @param protocol {@code udp} or {@code tcp}
     * @return {@code dnsmasq (pid 1216)}, or empty if none is seen
     */
    public static Optional<String> of(String protocol, int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : List.of(protocol, protocol + "6")) {
            try (Stream<String> lines = Files.lines(Path.of("/proc/net", table))) {
                lines.skip(1).map(line -> line.strip().split("\\s+")).filter(row -> row.length > 9 && localPort(row[1]) == port)
                    .forEach(row -> sockets.add("socket:[" + row[9] + "]"));
            } catch (IOException notThere) {
                // Without IPv6 the second table is missing.
            }
        }
        return sockets.isEmpty() ? Optional.empty() : process(sockets);
    }

    private static int localPort(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    private static Optional<String> process(Set<String> sockets) {
        String self = String.valueOf(ProcessHandle.current().pid());
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                String pid = process.getFileName().toString();
                if (!pid.equals(self) && holds(process, sockets)) {
                    return Optional.of(Files.readString(process.resolve("comm")).strip() + " (pid " + pid + ")");
                }
            }
        } catch (IOException noProc) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (Files.isSymbolicLink(descriptor) && sockets.contains(Files.readSymbolicLink(descriptor).toString())) {
                    return true;
                }
            }
        } catch (IOException endedOrForbidden) {
            return false;
        }
        return false;
    }
}
