package io.talospxe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** How the program finds its place in a network and keeps it, with dnsmasq as the site's DHCP server and real firmware booting. */
class RoleIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final Duration SHORT = Duration.ofSeconds(10);

    /** Every question and every wait short, and the machine's kernel on the serial console. */
    private static Map<String, String> quick(String... more) {
        Map<String, String> environment = new HashMap<>(Map.of("TALOS_ARGS", "console=ttyS0", "PXE_NETWORK_PATIENCE", "4", "PXE_NETWORK_PACE", "3"));
        for (int i = 0; i < more.length; i += 2) {
            environment.put(more[i], more[i + 1]);
        }
        return environment;
    }

    private static void boots(Wire wire) {
        Machine machine = wire.machine("bios-ipxe");
        machine.await("iPXE boot menu for Talos", BOOT);
        machine.type("w");
        machine.await("type: worker", BOOT);
        machine.await("NODE done", BOOT);
    }

    @Test
    @DisplayName("With a DHCP server there and no flag at all: a lease, renewed at T1, the role of proxy, a boot, and all given back at the end")
    void besideAServer() {
        try (Wire wire = Wire.up("role-proxy")) {
            String before = wire.setUp();
            Program site = wire.site("10.77.0.100,10.77.0.199,2m");
            Program server = wire.found(quick());
            String address = server.await("proxyDHCP on eth0 as (10\\.77\\.0\\.\\d+)/24, beside", SOON).group(1);
            server.await("Ready\\.", SOON);
            assertThat(wire.run("srv", SHORT, "ip", "-4", "address", "show", "dev", "eth0")).contains(address + "/24");
            assertThat(wire.run("srv", SHORT, "ip", "route")).contains("default via 10.77.0.2 dev eth0 proto dhcp");
            boots(wire);
            // A lease of two minutes is renewed after one, and after another.
            site.await("(?s)(DHCPACK\\(eth0\\) " + address.replace(".", "\\.") + " .*){3}", Duration.ofSeconds(150));
            server.terminate();
            server.exit(SHORT);
            site.await("DHCPRELEASE\\(eth0\\) " + address.replace(".", "\\."), SHORT);
            assertThat(wire.setUp()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("With no DHCP server and no flag at all: the role of server on 192.168.123.1/24, a boot, and all taken back, also after SIGKILL")
    void alone() {
        try (Wire wire = Wire.up("role-server")) {
            String before = wire.setUp();
            Program server = wire.found(quick());
            server.await("DHCP server on eth0 as 192\\.168\\.123\\.1/24, leasing", SOON);
            server.await("Ready\\.", SOON);
            boots(wire);
            server.kill();
            assertThat(wire.setUp()).contains("192.168.123.1/24");
            Program again = wire.found(quick());
            again.await("An earlier run of talos-pxe was killed", SOON);
            again.await("Ready\\.", SOON);
            again.terminate();
            again.exit(SHORT);
            assertThat(wire.setUp()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("A DHCP server that appears is heard; we step down, and a machine in the middle of its boot reaches its kernel and configuration")
    void stepsDown() {
        try (Wire wire = Wire.up("role-down")) {
            String before = wire.setUp();
            Program server = wire.found(quick());
            server.await("Ready\\.", SOON);
            Machine machine = wire.machine("bios-ipxe");
            machine.await("iPXE boot menu for Talos", BOOT);
            wire.site();
            server.await("ANOTHER DHCP server 10\\.77\\.0\\.2 answers on eth0", SOON);
            server.await("We stand beside the DHCP server on eth0 now", SOON);
            String address = server.await("Our address on eth0 is (10\\.77\\.0\\.\\d+)/24 now", SOON).group(1);
            machine.type("w");
            machine.await("NODE cmdline=.*talos.config=http://" + address + ":8080/config/worker", BOOT);
            machine.await("type: worker", BOOT);
            machine.await("NODE done", BOOT);
            // Whoever comes now hears the other server for an address, and us for the rest.
            assertThat(wire.run("site", SHORT, "curl", "-s", "http://" + address + ":8080/autoexec.ipxe")).contains("set pxe http://" + address + ":8080");
            Machine next = wire.another("uefi-pxe");
            next.await("iPXE boot menu for Talos", BOOT);
            server.await("DHCPOFFER\\(eth0\\) proxy 52:54:00:12:34:57 uefi-x64/ipxe\\.efi", SHORT);
            server.terminate();
            server.exit(SHORT);
            assertThat(wire.setUp()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("A DHCP server that goes is missed loudly; we take over if we may, keep our address, and machines boot again")
    void takesOver() {
        try (Wire wire = Wire.up("role-over")) {
            Program site = wire.site();
            Program server = wire.found(quick("PXE_NETWORK_TAKE_OVER", "true"));
            String address = server.await("proxyDHCP on eth0 as (10\\.77\\.0\\.\\d+)/24", SOON).group(1);
            server.await("Ready\\.", SOON);
            site.terminate();
            server.await("NO DHCP SERVER has answered on eth0 for \\d+ s", SOON);
            server.await("We are the DHCP server on eth0 now", SHORT);
            assertThat(wire.setUp()).contains(address + "/24");
            boots(wire);
            server.await("DHCPACK\\(eth0\\) 10\\.77\\.0\\.\\d+ 52:54:00:12:34:56", SHORT);
        }
    }

    @Test
    @DisplayName("Unless it is allowed, nothing changes: a server that goes is only missed, one that appears beside --role server only named")
    void staysAsItIsTold() {
        try (Wire wire = Wire.up("role-told")) {
            Program site = wire.site();
            Program proxy = wire.found(quick());
            proxy.await("proxyDHCP on eth0", SOON);
            proxy.await("Ready\\.", SOON);
            site.terminate();
            proxy.await("NO DHCP SERVER has answered", SOON);
            Program back = wire.site();
            proxy.await("(?s)NO DHCP SERVER.*DHCP server 10\\.77\\.0\\.2 answers on eth0", SOON);
            assertThat(proxy.printed()).doesNotContain("We are the DHCP server");
            proxy.terminate();
            proxy.exit(SHORT);
            Program server = wire.found(quick(), "--role", "server", "--addr", "10.77.0.1/24");
            server.await("ANOTHER DHCP server 10\\.77\\.0\\.2 answers", SOON);
            server.await("Ready\\.", SOON);
            assertThat(server.printed()).doesNotContain("We stand beside");
            back.terminate();
        }
    }

    @Test
    @DisplayName("A lease that is refused at its renewal is given up at once; another is taken, and every service follows to the new address")
    void addressChanges() {
        try (Wire wire = Wire.up("role-address")) {
            Program site = wire.site("10.77.0.100,10.77.0.199,2m");
            Program server = wire.found(quick());
            String former = server.await("proxyDHCP on eth0 as (10\\.77\\.0\\.\\d+)/24", SOON).group(1);
            server.await("Ready\\.", SOON);
            site.terminate();
            site.exit(SHORT);
            wire.site("10.77.0.20,10.77.0.29,2m");
            server.await("Our address " + former + "/24 is lost: ", Duration.ofSeconds(130));
            String address = server.await("Our address on eth0 is (10\\.77\\.0\\.2\\d)/24 now", SOON).group(1);
            assertThat(wire.setUp()).contains(address + "/24").doesNotContain(former + "/24");
            Awaitility.await().atMost(SHORT).untilAsserted(() -> assertThat(wire.run("site", SHORT, "bash", "-c",
                "curl -s http://" + address + ":8080/autoexec.ipxe || true")).contains("set pxe http://" + address + ":8080"));
        }
    }

    @Test
    @DisplayName("An interface that has an address keeps it and takes no lease: proxy there beside a DHCP server, server there without")
    void keepsItsAddress() {
        try (Wire wire = Wire.up("role-has")) {
            wire.run("srv", SHORT, "ip", "address", "add", "10.77.0.9/24", "broadcast", "+", "dev", "eth0");
            String before = wire.setUp();
            Program site = wire.site();
            Program proxy = wire.found(quick());
            proxy.await("eth0 has 10\\.77\\.0\\.9/24; looking for a DHCP server there for 4 s", SOON);
            proxy.await("proxyDHCP on eth0 as 10\\.77\\.0\\.9/24, beside", SOON);
            proxy.await("Ready\\.", SOON);
            assertThat(site.printed()).contains("DHCPOFFER").doesNotContain("DHCPREQUEST");
            assertThat(wire.setUp()).isEqualTo(before);
            proxy.terminate();
            proxy.exit(SHORT);
            site.terminate();
            site.exit(SHORT);
            Program server = wire.found(quick());
            server.await("DHCP server on eth0 as 10\\.77\\.0\\.9/24, leasing 10\\.77\\.0\\.1-10\\.77\\.0\\.254 less our own address", SOON);
            server.terminate();
            server.exit(SHORT);
            assertThat(wire.setUp()).isEqualTo(before);
        }
    }

    @Test
    @DisplayName("A proxy that no server gives an address says so and asks on; a server that offers and does not confirm is no reason to become one")
    void waitsForAServer() {
        try (Wire wire = Wire.up("role-asks")) {
            Program proxy = wire.found(quick(), "--role", "proxy");
            proxy.await("No DHCP server answers on eth0\\. A proxy needs one", SOON);
            Program site = wire.site();
            proxy.await("proxyDHCP on eth0 as 10\\.77\\.0\\.\\d+/24", SOON);
            proxy.await("Ready\\.", SOON);
            proxy.terminate();
            proxy.exit(SHORT);
            site.terminate();
            site.exit(SHORT);
            // Or the kernel would not know where to send a broadcast.
            wire.run("site", SHORT, "ip", "route", "add", "default", "dev", "eth0");
            wire.start("site", "offering", Map.of(), OfferingOnly.command()).await("Ready\\.", SOON);
            Program server = wire.found(quick());
            server.await("DHCP server 10\\.77\\.0\\.2 offers us an address on eth0 and then does not confirm it\\.", SOON);
            assertThat(server.printed()).doesNotContain("DHCP server on eth0 as");
        }
    }

    @Test
    @DisplayName("Where nothing can be written down it serves all the same, and says what a kill would leave behind")
    void nowhereToWrite() {
        try (Wire wire = Wire.up("role-readonly")) {
            List<String> command = new ArrayList<>(List.of("bash", "-c", "mount -t tmpfs -o ro none /run && exec \"$0\" \"$@\""));
            command.addAll(Program.server("--role", "server", "--root", Lab.root().toString()));
            Program server = wire.start("srv", "server", Map.of(), command);
            server.await("WARN /run/talos-pxe/\\d+-eth0 cannot be written .*: if this run is killed, what it changed on eth0 stays\\.", SOON);
            server.await("Ready\\.", SOON);
            server.terminate();
            server.exit(SHORT);
            assertThat(wire.setUp()).doesNotContain("192.168.123.1");
        }
    }

    @Test
    @DisplayName("Somebody else's boot file is named with its address, whether a proxy or the DHCP server gives it")
    void namesOtherBootServers() {
        try (Wire wire = Wire.up("role-boots")) {
            wire.run("cli", SHORT, "ip", "address", "add", "10.77.0.3/24", "dev", "eth0");
            Program proxy = wire.start("cli", "proxy", Map.of(), List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0",
                "--bind-interfaces", "--user=root", "--pid-file=", "--dhcp-range=10.77.0.0,proxy", "--pxe-service=X86-64_EFI,other,other.efi,10.77.0.3",
                "--pxe-service=7,other,other.efi,10.77.0.3", "--enable-tftp", "--tftp-root=/tmp"));
            proxy.await("started", SOON);
            wire.site("10.77.0.100,10.77.0.199,1h", "--dhcp-boot=pxelinux.0,,10.77.0.2");
            Program server = wire.found(quick());
            server.await("10\\.77\\.0\\.2 tells machines to boot pxelinux\\.0: .*Take next-server and filename out", SOON);
            server.await("10\\.77\\.0\\.3 tells machines to boot .*Stop that proxyDHCP server", SOON);
        }
    }

    @Test
    @DisplayName("An interface that comes late, and a cable that comes late, are waited for, aloud")
    void waits() {
        try (Wire wire = Wire.up("role-waits")) {
            wire.run("srv", SHORT, "ip", "link", "set", "dev", "eth0", "down");
            wire.run("sw", SHORT, "ip", "link", "set", "dev", "srv", "down");
            Program server = wire.found(quick());
            server.await("No link yet on eth0: waiting for a cable", SOON);
            wire.run("sw", SHORT, "ip", "link", "set", "dev", "srv", "up");
            server.await("DHCP server on eth0 as 192\\.168\\.123\\.1/24", SOON);
            server.await("Ready\\.", SOON);
            server.terminate();
            server.exit(SHORT);
            Awaitility.await().atMost(SHORT).until(() -> wire.run("srv", SHORT, "ip", "link", "show", "dev", "eth0").contains("state DOWN"));
            Program late = wire.found(quick(), "--if", "eth9");
            late.await("There is no interface 'eth9' yet; waiting for it. There are: eth0\\.", SOON);
            wire.run("srv", SHORT, "ip", "link", "add", "eth9", "type", "veth", "peer", "name", "peer9");
            wire.run("srv", SHORT, "ip", "link", "set", "dev", "peer9", "up");
            late.await("DHCP server on eth9 as 192\\.168\\.123\\.1/24", SOON);
        }
    }

    @Test
    @DisplayName("Of several interfaces with a link none is chosen: they are listed")
    void severalLinks() {
        try (Wire wire = Wire.up("role-several")) {
            wire.run("srv", SHORT, "ip", "link", "add", "left", "type", "veth", "peer", "name", "right");
            wire.run("srv", SHORT, "ip", "link", "set", "left", "up");
            wire.run("srv", SHORT, "ip", "link", "set", "right", "up");
            Program server = wire.found(quick());
            assertThat(server.exit(SOON)).isEqualTo(1);
            assertThat(server.printed()).contains("Several interfaces have a link: eth0, left, right. Name the one that the machines are on with --if.");
        }
    }
}
