package io.talospxe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What dig and kdig hear from us, with dnsmasq as the site's name server. */
class DnsIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SITE = "10.77.0.2";
    private static final String NOBODY = "10.77.0.99";

    /** The program on {@link Wire#SERVER}, with 10.77.0.101 leased to node1, and 10.77.0.102 a control plane that has no lease. */
    private static Program serve(Wire wire, String... forwarders) {
        List<String> flags = new ArrayList<>(List.of("--role", "server"));
        if (forwarders.length > 0) {
            flags.addAll(List.of("--dns", String.join(",", forwarders)));
        }
        Program server = wire.server(Map.of("PXE_CONTROLPLANE_NODES", "10.77.0.102"), flags.toArray(String[]::new));
        wire.run("cli", SOON, "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-s", "/bin/true", "-r", "10.77.0.101", "-x", "hostname:node1");
        wire.run("cli", SOON, "ip", "address", "add", "10.77.0.50/24", "dev", "eth0");
        return server;
    }

    private static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
            "-Djava.net.preferIPv4Stack=true",
            "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The site's name server, which knows the zone site.test and logs what it is asked. */
    private static Program site(Wire wire) {
        return wire.start("site", "dnsmasq", Map.of(), List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--no-resolv",
            "--no-hosts",
            "--interface=eth0", "--bind-interfaces", "--user=root", "--pid-file=", "--log-queries", "--auth-zone=site.test",
            "--auth-server=ns.site.test,eth0", "--auth-soa=1,h.site.test,1,1,60", "--auth-ttl=60", "--host-record=www.site.test,192.0.2.1",
            "--txt-record=big.site.test," + "x".repeat(250) + "," + "y".repeat(250) + "," + "z".repeat(250) + "," + "w".repeat(250) + ","
                + "v".repeat(250)));
    }

    private static String dig(Wire wire, String... arguments) {
        return ask(wire, "dig", arguments);
    }

    private static String ask(Wire wire, String program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program, "@" + Wire.SERVER));
        command.addAll(List.of(arguments));
        return wire.run("cli", SOON, command.toArray(String[]::new));
    }

    private static long asked(Program site, String name) {
        return Pattern.compile("auth\\[A\\] " + Pattern.quote(name) + " from").matcher(site.printed()).results().map(MatchResult::group)
            .count();
    }

    @Test
    @DisplayName("dig and kdig: the zone, its authority, and names of addresses")
    void zone() {
        try (Wire wire = Wire.up("dns-zone")) {
            serve(wire);
            for (String program : List.of("dig", "kdig")) {
                assertThat(ask(wire, program, "+short", "controlplane.talos")).isEqualTo(Wire.SERVER + "\n");
                assertThat(ask(wire, program, "+short", "node1.talos")).isEqualTo("10.77.0.101\n");
                assertThat(ask(wire, program, "+short", "talos-pxe.talos")).isEqualTo(Wire.SERVER + "\n");
                assertThat(ask(wire, program, "+short", "talos", "NS")).isEqualTo("talos-pxe.talos.\n");
                assertThat(ask(wire, program, "+short", "-x", "10.77.0.101")).isEqualTo("node1.talos.\n");
                assertThat(ask(wire, program, "+short", "-x", "10.77.0.102")).as("a control plane without a lease")
                    .isEqualTo("controlplane.talos.\n");
                assertThat(ask(wire, program, "-x", "10.77.0.7")).containsPattern("status: NXDOMAIN");
                assertThat(ask(wire, program, "nobody.talos"))
                    .containsPattern("(?s)status: NXDOMAIN.*talos\\.\\s+5\\s+IN\\s+SOA\\s+talos-pxe\\.talos\\.");
                assertThat(ask(wire, program, "node1.talos", "AAAA")).containsPattern("(?s)status: NOERROR.*AUTHORITY.*SOA")
                    .doesNotContain("ANSWER SECTION:");
                assertThat(ask(wire, program, "node1.talos")).containsPattern("(?i)flags: qr aa rd ra;");
                assertThat(ask(wire, program, "node1.talos", "ANY", "+notcp")).containsPattern("ANSWER: 1[;,]");
                assertThat(ask(wire, program, "-c", "CH", "version.bind", "-t", "TXT")).contains("status: REFUSED");
            }
            assertThat(dig(wire, "talos", "AXFR")).contains("Transfer failed");
            assertThat(dig(wire, "+opcode=UPDATE", "talos", "SOA")).contains("status: NOTIMP");
        }
    }

    @Test
    @DisplayName("EDNS: an OPT record for who sends one, BADVERS for a version of the future, 1232 bytes at most")
    void edns() {
        try (Wire wire = Wire.up("dns-edns")) {
            serve(wire, SITE);
            site(wire);
            assertThat(dig(wire, "node1.talos")).contains("EDNS: version: 0, flags:; udp: 1232");
            assertThat(dig(wire, "+dnssec", "node1.talos")).contains("EDNS: version: 0, flags: do; udp: 1232");
            assertThat(dig(wire, "+noedns", "node1.talos")).doesNotContain("OPT PSEUDOSECTION").contains("ADDITIONAL: 0");
            assertThat(dig(wire, "+edns=1", "+noednsnegotiation", "node1.talos")).contains("status: BADVERS");
            assertThat(dig(wire, "+ignore", "+bufsize=4096", "big.site.test", "TXT")).containsPattern("flags: qr tc rd ra")
                .contains("ANSWER: 0");
            assertThat(ask(wire, "kdig", "+ignore", "+noedns", "big.site.test", "TXT")).containsPattern("Flags: qr tc rd ra");
        }
    }

    @Test
    @DisplayName("Other names come from the site's name server: by UDP and TCP, long ones, missing ones, and once while they live")
    void forwarding() {
        try (Wire wire = Wire.up("dns-forward")) {
            Program site = site(wire);
            serve(wire, SITE);
            assertThat(dig(wire, "+short", "www.site.test")).isEqualTo("192.0.2.1\n");
            assertThat(ask(wire, "kdig", "+tcp", "+short", "www.site.test")).isEqualTo("192.0.2.1\n");
            assertThat(dig(wire, "+tcp", "www.site.test")).containsPattern("flags: qr rd ra;")
                .containsPattern("www\\.site\\.test\\.\\s+(60|59|5.)\\s+IN\\s+A");
            assertThat(asked(site, "www.site.test")).isEqualTo(1);
            for (int i = 0; i < 2; i++) {
                assertThat(dig(wire, "no.site.test")).containsPattern("(?s)status: NXDOMAIN.*site\\.test\\.\\s+\\d+\\s+IN\\s+SOA");
            }
            assertThat(asked(site, "no.site.test")).as("that it is missing is kept too").isEqualTo(1);
            assertThat(dig(wire, "big.site.test", "TXT")).contains("Truncated, retrying in TCP mode", "v".repeat(250));
        }
    }

    @Test
    @DisplayName("A dead forwarder costs the first question a second and the next ones nothing; with none alive the answer is SERVFAIL")
    void deadForwarder() {
        try (Wire wire = Wire.up("dns-dead")) {
            site(wire);
            serve(wire, NOBODY, SITE);
            assertThat(milliseconds(dig(wire, "+timeout=6", "www.site.test"))).isLessThan(2500);
            for (String name : List.of("a.site.test", "b.site.test", "c.site.test")) {
                String heard = dig(wire, "+timeout=6", name);
                assertThat(heard).contains("status: NXDOMAIN");
                assertThat(milliseconds(heard)).isLessThan(800);
            }
        }
        try (Wire wire = Wire.up("dns-dead")) {
            Program server = serve(wire, NOBODY);
            String first = dig(wire, "+timeout=9", "+tries=1", "www.site.test");
            assertThat(first).contains("status: SERVFAIL");
            assertThat(milliseconds(first)).isLessThan(6000);
            assertThat(dig(wire, "+short", "node1.talos")).isEqualTo("10.77.0.101\n");
            for (String name : List.of("a.site.test", "b.site.test")) {
                dig(wire, "+timeout=9", "+tries=1", name);
            }
            server.await("Name server " + NOBODY + " does not answer", SOON);
            assertThat(server.printed().lines().filter(line -> line.contains("does not answer"))).as("said once").hasSize(1);
            assertThat(milliseconds(dig(wire, "+timeout=9", "+tries=1", "c.site.test"))).isLessThan(1800);
        }
    }

    @Test
    @DisplayName("Somebody from another network is refused; this host itself is not")
    void outside() {
        try (Wire wire = Wire.up("dns-outside")) {
            site(wire);
            serve(wire, SITE);
            wire.run("cli", SOON, "ip", "address", "add", "10.88.0.9/24", "dev", "eth0");
            wire.run("srv", SOON, "ip", "route", "add", "10.88.0.0/24", "dev", "eth0");
            for (String name : List.of("node1.talos", "controlplane.talos", "www.site.test")) {
                assertThat(dig(wire, "-b", "10.88.0.9", name)).contains("status: REFUSED", "ANSWER: 0");
                assertThat(dig(wire, "+short", "-b", "10.77.0.50", name)).isNotBlank();
                assertThat(dig(wire, "-b", "10.88.0.9", name)).as("also when somebody else was just answered").contains("status: REFUSED");
                assertThat(dig(wire, "-b", "10.88.0.9", "+tcp", name)).contains("status: REFUSED");
                assertThat(wire.run("srv", SOON, "dig", "@" + Wire.SERVER, "+short", name)).isNotBlank();
            }
        }
    }

    @Test
    @DisplayName("After 10,000 random datagrams it serves on")
    void hostile() {
        try (Wire wire = Wire.up("dns-hostile")) {
            Program server = serve(wire);
            long before = server.printed().lines().count();
            List<String> flood = java("io.talospxe.step.RandomDatagrams", Wire.SERVER, "53", "10000");
            wire.run("cli", Duration.ofSeconds(60), flood.toArray(String[]::new));
            // The end of the flood may still be before it, and cost it a try.
            assertThat(dig(wire, "+short", "+tries=5", "node1.talos")).endsWith("10.77.0.101\n");
            assertThat(dig(wire, "+short", "+tcp", "node1.talos")).isEqualTo("10.77.0.101\n");
            assertThat(server.printed().lines().count() - before).as("nothing is logged for each of them").isLessThan(10);
        }
    }

    private static long milliseconds(String heard) {
        return Pattern.compile("Query time: (\\d+) msec").matcher(heard).results().map(found -> Long.parseLong(found.group(1))).findFirst()
            .orElseThrow(() -> new AssertionError("no query time in " + heard));
    }
}
