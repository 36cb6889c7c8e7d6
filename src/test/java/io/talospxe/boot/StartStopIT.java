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
            Program server = wire.server(Map.of());
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
    @DisplayName("A port in use is named with the process that holds it")
    void portInUse() {
        try (Wire wire = Wire.up("port-in-use")) {
            wire.run("srv", SOON, "ip", "address", "add", "10.77.0.1/24", "dev", "eth0");
            Program other = wire.start("srv", "dnsmasq", Map.of(), List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                "--interface=eth0", "--bind-interfaces", "--user=root", "--pid-file=", "--dhcp-leasefile=" + folder.resolve("leases"),
                "--dhcp-range=10.77.0.100,10.77.0.199,1h"));
            other.await("started", SOON);
            Program server = wire.start("srv", "server", Map.of(), Program.server("--if", "eth0", "--addr", "10.77.0.1/24"));
            assertThat(server.exit(SOON)).isEqualTo(1);
            assertThat(server.printed()).containsPattern("Port 67 \\(udp\\) on eth0 is held by dnsmasq \\(pid \\d+\\)");
        }
    }

    @Test
    @DisplayName("Two servers on two networks of one host do not hear each other's machines (SO_BINDTODEVICE)")
    void twoInterfaces() {
        try (Wire wire = Wire.up("two-wires")) {
            wire.run("srv", SOON, "ip", "link", "add", "left", "type", "veth", "peer", "name", "leftpeer");
            wire.run("srv", SOON, "ip", "link", "set", "leftpeer", "up");
            Program first = wire.server(Map.of());
            Program second = wire.start("srv", "second", Map.of(), Program.server("--if", "left", "--addr", "10.78.0.1/24"));
            second.await("Ready\\.", SOON);
            Program client = wire.start("cli", "udhcpc", Map.of(), List.of("udhcpc", "-i", "eth0", "-f", "-q", "-n", "-s", "/bin/true"));
            assertThat(client.exit(SOON)).isZero();
            first.await("DHCPACK\\(eth0\\) 10\\.77\\.0\\.", SOON);
            assertThat(second.printed()).doesNotContain("DHCPDISCOVER");
        }
    }

    @Test
    @DisplayName("A missing interface lists those there are; wrong flags, settings and values name the nearest right one")
    void mistakes() {
        assertMistake(1, "There is no interface 'eth77'. There are: ", "--if", "eth77", "--role", "proxy");
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
