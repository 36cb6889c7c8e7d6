package io.talospxe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ordinary DHCP clients: served by the book in server role, left alone in proxy role. */
class ClientsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Map<String, String> SHORT_LEASES = Map.of("PXE_DHCP_LEASE_TIME", "20");

    /** The client in the foreground, and the command that makes it give its lease back. */
    private static List<String> command(String client, Path folder) {
        return switch (client) {
            // -R: release when told to end
            case "udhcpc" -> List.of("udhcpc", "-i", "eth0", "-f", "-R", "-s", script(folder));
            case "dhclient" -> List.of("dhclient", "-4", "-d", "-v", "-1", "-lf", folder + "/lease", "-pf", folder + "/pid", "-sf", script(folder), "eth0");
            default -> List.of("dhcpcd", "-4", "-B", "-d", "-t", "20", "--noarp", "--noipv4ll", "-p", "-f", "/dev/null", "-c", "/bin/true", "eth0");
        };
    }

    /** Sets the address, as a client that is to send from it needs, and nothing else of this host. */
    private static String script(Path folder) {
        Path script = folder.resolve("bound");
        try {
            Files.writeString(script, """
                #!/bin/sh
                case "$1$reason" in bound|BOUND) ip address add "$ip$new_ip_address/24" dev eth0 ;; esac
                exit 0
                """);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        script.toFile().setExecutable(true);
        return script.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"udhcpc", "dhclient", "dhcpcd"})
    @DisplayName("A client gets, renews and releases a lease (RFC 2131, 4.3)")
    void leases(String client) {
        try (Wire wire = Wire.up("client-" + client)) {
            Program server = wire.server(SHORT_LEASES, "--role", "server");
            Program running = wire.start("cli", client, Map.of(), command(client, wire.folder()));
            String address = server.await("DHCPACK\\(eth0\\) (10\\.77\\.0\\.\\d+) ", SOON).group(1);
            server.await("(?s)DHCPACK\\(eth0\\) " + address + " .*DHCPREQUEST\\(eth0\\) " + address + " .*DHCPACK\\(eth0\\) " + address + " ", SOON);
            switch (client) {
                case "dhclient" -> wire.run("cli", SOON, "dhclient", "-4", "-r", "-lf", wire.folder() + "/lease", "-pf", wire.folder() + "/pid", "-sf",
                    script(wire.folder()), "eth0");
                case "dhcpcd" -> wire.run("cli", SOON, "dhcpcd", "-4", "-k", "eth0");
                default -> running.terminate();
            }
            server.await("DHCPRELEASE\\(eth0\\) " + address + " ", SOON);
        }
    }

    @Test
    @DisplayName("nmap sees one offer, with everything a host needs")
    void nmap() {
        try (Wire wire = Wire.up("client-nmap")) {
            wire.server(Map.of(), "--role", "server");
            wire.run("cli", SOON, "ip", "address", "add", "10.77.0.250/24", "dev", "eth0");    // nmap passes interfaces without one over
            String seen = wire.run("cli", SOON, "nmap", "--script", "broadcast-dhcp-discover", "-e", "eth0");
            assertThat(seen).containsOnlyOnce("DHCP Message Type: DHCPOFFER")
                .contains("Server Identifier: " + Wire.SERVER, "Subnet Mask: 255.255.255.0", "Router: " + Wire.SERVER, "IP Address Lease Time: 1h");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udhcpc", "dhclient", "dhcpcd"})
    @DisplayName("In proxy role a plain client hears nothing from us")
    void silence(String client) {
        try (Wire wire = Wire.up("silent-" + client)) {
            Program server = wire.server(Map.of(), "--role", "proxy");
            Program tap = wire.start("cli", "tcpdump", Map.of(), List.of("tcpdump", "-l", "-n", "-i", "eth0", "udp port 67 or udp port 68"));
            tap.await("listening on", SOON);
            Program running = wire.start("cli", client, Map.of(), command(client, wire.folder()));
            tap.await("(?s)(BOOTP/DHCP, Request.*){2}", SOON);
            assertThat(tap.printed()).doesNotContain("BOOTP/DHCP, Reply");
            assertThat(server.printed()).doesNotContain("DHCP" + "OFFER", "DHCPACK");
            assertThat(running.printed()).doesNotContain("10.77.0.");
        }
    }
}
