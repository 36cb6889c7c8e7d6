package io.talospxe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person sees who starts the program, well or badly, and stops it. */
class StartStopIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("It adds its address, says who and where it is, ends within two seconds of SIGTERM, and takes the address away again")
    void startAndStop() {
        try (Wire wire = Wire.up("start-stop")) {
            Program server = wire.server(Map.of(), "--role", "server");
            assertThat(server.printed()).contains("DHCP server on eth0 as 10.77.0.1/24, leasing 10.77.0.1-10.77.0.254 less our own address\n",
                "http://10.77.0.1:8080/health", "ip address add 10.77.0.1/24 broadcast + dev eth0", "Power on a machine");
            assertThat(wire.run("srv", SOON, "ip", "-4", "address", "show", "dev", "eth0")).contains("10.77.0.1/24");
            long before = System.nanoTime();
            server.terminate();
            server.exit(SOON);
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
            assertThat(wire.run("srv", SOON, "ip", "-4", "address", "show", "dev", "eth0")).doesNotContain("10.77.0.1");
        }
    }

    @Test
    @DisplayName("A second run on the same interface is told of the first, by pid, and changes nothing")
    void secondRun() {
        try (Wire wire = Wire.up("second-run")) {
            Program server = wire.server(Map.of(), "--role", "server");
            Program second = wire.start("srv", "second", Map.of(), Program.server("--if", "eth0", "--addr", "10.77.9.1/24", "--role", "server"));
            assertThat(second.exit(SOON)).isEqualTo(1);
            assertThat(second.printed()).contains("Another talos-pxe (pid " + server.pid() + ") is at work on eth0. Stop it first.");
            assertThat(wire.setUp()).contains("10.77.0.1/24").doesNotContain("10.77.9.1");
        }
    }

    @Test
    @DisplayName("A port in use is named with the process that holds it")
    void portInUse() {
        try (Wire wire = Wire.up("port-in-use")) {
            wire.run("srv", SOON, "ip", "address", "add", "10.77.0.1/24", "dev", "eth0");
            Program other = wire.start("srv", "dnsmasq", Map.of(), List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                "--interface=eth0", "--bind-interfaces", "--user=root", "--pid-file=", "--dhcp-leasefile=" + folder.resolve("leases"),
                "--dhcp-range=10.77.0.100,10.77.0.199,1h"));
            other.await("started", SOON);
            Program server = wire.start("srv", "server", Map.of(), Program.server("--if", "eth0", "--addr", "10.77.0.1/24", "--role", "server"));
            assertThat(server.exit(SOON)).isEqualTo(1);
            assertThat(server.printed()).containsPattern("Port 67 \\(udp\\) on eth0 is held by dnsmasq \\(pid \\d+\\)");
        }
    }

    @Test
    @DisplayName("A name server that has port 53 is named; booting goes on without ours, and clients are told to ask those that we would have asked")
    void nameServerInUse() {
        try (Wire wire = Wire.up("dns-in-use")) {
            wire.run("srv", SOON, "ip", "address", "add", "10.77.0.1/24", "dev", "eth0");
            Program other = wire.start("srv", "dnsmasq", Map.of(), List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--interface=eth0",
                "--bind-interfaces", "--user=root", "--pid-file=", "--no-resolv"));
            other.await("started", SOON);
            Program server = wire.server(Map.of(), "--role", "server", "--dns", "10.77.0.99");
            server.await("Route dns-on-10-77-0-1 could not be started, the others go on: port 53 \\(udp\\) is held by dnsmasq \\(pid \\d+\\)", SOON);
            server.await("Route dns-tcp-on-10-77-0-1 could not be started, the others go on: port 53 \\(tcp\\) is held by dnsmasq", SOON);
            Program client = wire.start("cli", "udhcpc", Map.of(), List.of("udhcpc", "-i", "eth0", "-f", "-q", "-n", "-s", "/bin/true"));
            assertThat(client.exit(SOON)).isZero();
            wire.run("cli", SOON, "ip", "address", "add", "10.77.0.250/24", "dev", "eth0");
            assertThat(wire.run("cli", SOON, "nmap", "--script", "broadcast-dhcp-discover", "-e", "eth0")).contains("Domain Name Server: 10.77.0.99");
        }
    }

    @Test
    @DisplayName("Two servers on two networks of one host serve each its own machines; no reply crosses (SO_BINDTODEVICE)")
    void twoInterfaces() {
        try (Wire wire = Wire.up("two-wires")) {
            wire.second("10.78.0.1/24");
            Program first = wire.server(Map.of(), "--role", "server");
            Program second = wire.start("srv", "second", Map.of(), Program.server("--if", "eth1", "--addr", "10.78.0.1/24", "--role", "server", "--root",
                Lab.root().toString()));
            second.await("Ready\\.", SOON);
            List<Program> taps = List.of(wire.replies("cli", "eth0"), wire.replies("site", "eth1"));
            for (String[] place : new String[][] {{"cli", "eth0", "10.77.0.1"}, {"site", "eth1", "10.78.0.1"}}) {
                Program client = wire.start(place[0], "udhcpc-" + place[1], Map.of(), List.of("udhcpc", "-i", place[1], "-f", "-q", "-n", "-s", "/bin/true"));
                assertThat(client.exit(SOON)).isZero();
                wire.run(place[0], SOON, "ip", "address", "add", place[2].replace("0.1", "0.250") + "/24", "dev", place[1]);
                assertThat(wire.run(place[0], SOON, "curl", "-s", "http://" + place[2] + ":8080/autoexec.ipxe")).contains("set pxe http://" + place[2] + ":8080\n");
                assertThat(wire.run(place[0], SOON, "curl", "-s", "tftp://" + place[2] + "/autoexec.ipxe")).contains("set pxe http://" + place[2] + ":8080\n");
                assertThat(wire.run(place[0], SOON, "dig", "+short", "@" + place[2], "talos-pxe.talos.")).isEqualTo(place[2] + "\n");
            }
            first.await("DHCPACK\\(eth0\\) 10\\.77\\.0\\.", SOON);
            second.await("DHCPACK\\(eth1\\) 10\\.78\\.0\\.", SOON);
            assertThat(first.printed()).doesNotContain("10.78.0");
            assertThat(second.printed()).doesNotContain("10.77.0");
            assertThat(taps.get(0).printed()).contains("10.77.0.1.67 >").doesNotContain("10.78.0");
            assertThat(taps.get(1).printed()).contains("10.78.0.1.67 >").doesNotContain("10.77.0");
        }
    }

    @Test
    @DisplayName("A missing interface lists those there are; wrong flags, settings and values name the nearest right one")
    void mistakes() {
        assertMistake(1, "There is no interface 'eth77'. There are: ", "--check", "--if", "eth77", "--role", "proxy");
        assertMistake(2, "There is no flag '--rool'; did you mean '--root'?", "--rool", "x");
        assertMistake(1, "pxe.role is 'master' (flag): it must be auto, server or proxy.", "--if", "lo", "--addr", "127.0.0.1/8", "--role", "master");
        assertMistake(1, "pxe.address is '127.0.0.1' (flag): it must be an address with its prefix", "--if", "lo", "--addr", "127.0.0.1");
        assertMistake(1, "There is no folder /no/such", "--root", "/no/such");
    }

    @Test
    @DisplayName("The root is a flag or an environment variable; a file cannot say where it stands itself")
    void root() throws Exception {
        Path root = Files.createDirectory(folder.resolve("root"));
        Files.writeString(root.resolve("application.properties"), "pxe.interface=eth88\n");
        try (Program program = Program.start(folder.resolve("log"), Map.of("PXE_ROOT", root.toString()), Program.server("--check"))) {
            assertThat(program.exit(SOON)).isEqualTo(1);
            assertThat(program.printed()).contains("There is no interface 'eth88'");
        }
        Files.writeString(root.resolve("application.properties"), "pxe.root=/tmp\n");
        assertMistake(1, "comes too late: use --root or PXE_ROOT.", "--root", root.toString());
    }

    @Test
    @DisplayName("--check loads everything and ends well, or names the broken file")
    void check() throws Exception {
        assertThat(Program.output(SOON, Program.server("--check", "--if", "lo", "--addr", "127.0.0.1/8"))).contains("routes are well-formed");
        Path routes = Files.createDirectory(folder.resolve("routes"));
        Files.writeString(routes.resolve("broken.yaml"), "- route:\n    id: x\n    from:\n      uri: direct:x\n      steps:\n        - setBdy: {}\n");
        assertMistake(1, "broken.yaml", "--check", "--if", "lo", "--addr", "127.0.0.1/8", "--root", folder.toString());
    }

    private void assertMistake(int code, String sentence, String... flags) {
        try (Program program = Program.start(folder.resolve("log"), Map.of(), Program.server(flags))) {
            assertThat(program.exit(SOON)).isEqualTo(code);
            assertThat(program.printed()).contains(sentence).doesNotContain("\tat ");
        }
    }
}
