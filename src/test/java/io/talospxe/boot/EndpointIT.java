package io.talospxe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cluster's endpoint in namespaces: three TLS servers stand for control planes, curl for kubectl, and nothing is on the same host. */
class EndpointIT {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<String> NODES = List.of("10.77.0.5", "10.77.0.6", "10.77.0.7");
    /** A health check every 2 seconds, 1 more for a machine that does not even refuse, and what two busy cores take. */
    private static final long INTERVAL = 4000;
    private static final long GIGABYTE = 1L << 30;

    @TempDir
    private Path folder;
    private Wire wire;
    private Program server;
    private final List<Program> nodes = new ArrayList<>();

    @BeforeEach
    void start() {
        wire = Wire.up("endpoint");
        Program.output(SOON, TlsNode.key(folder));
        for (String address : NODES) {
            wire.run("cli", SOON, "ip", "address", "add", address + "/24", "dev", "eth0");
            nodes.add(node(address));
        }
        server = serve();
        for (String address : NODES) {
            server.await("Control plane " + address.replace(".", "\\.") + " answers on 6443", SOON);
        }
    }

    @AfterEach
    void stop() {
        wire.close();
    }

    /** Starts the program; then each of {@link #NODES} does what a control plane does on its way: asks for its script and its configuration. */
    private Program serve() {
        Program started = wire.server(Map.of(), "--role", "server");
        for (String address : NODES) {
            String machine = "mac=52-54-00-00-00-0" + address.charAt(address.length() - 1);
            for (String path : List.of("/ipxe?type=controlplane&" + machine, "/config/controlplane?" + machine)) {
                wire.run("cli", SOON, "curl", "-sf", "--interface", address, "http://" + Wire.SERVER + ":8080" + path);
            }
        }
        return started;
    }

    @Test
    @DisplayName("Connections are spread over three control planes; one is killed and no request fails; it comes back and has its share again")
    void oneIsKilled() {
        assertThat(shares(ask(30))).isEqualTo(Map.of(NODES.get(0), 10L, NODES.get(1), 10L, NODES.get(2), 10L));

        Program asking = asking(Duration.ofSeconds(20));
        asking.await("(?m)(^.* 0 .*\n){20}", SOON);
        long killed = System.currentTimeMillis();
        wire.run("cli", SOON, "kill", "-KILL", Long.toString(nodes.get(1).pid()));
        nodes.get(1).exit(SOON);
        assertThat(asking.exit(SOON)).isZero();
        List<Request> requests = requests(asking.printed());
        assertThat(requests).filteredOn(request -> request.begun > killed + INTERVAL).hasSizeGreaterThan(20)
            .allSatisfy(request -> assertThat(request.code).as(request.toString()).isZero())
            .noneSatisfy(request -> assertThat(request.node).isEqualTo(NODES.get(1)));
        // One that was being answered by the killed node may fail; what came later went to the next one.
        assertThat(requests).filteredOn(request -> request.code != 0).hasSizeLessThanOrEqualTo(1);
        assertThat(server.printed()).contains("Control plane 10.77.0.6 no longer answers on 6443");

        nodes.set(1, node(NODES.get(1)));
        server.await("(?s)no longer answers.*Control plane 10\\.77\\.0\\.6 answers on 6443", SOON);
        assertThat(shares(ask(30))).isEqualTo(Map.of(NODES.get(0), 10L, NODES.get(1), 10L, NODES.get(2), 10L));
    }

    @Test
    @DisplayName("A machine that vanishes without a word is left too: its requests go to the next after a second, later ones at once")
    void oneVanishes() {
        Program asking = asking(Duration.ofSeconds(20));
        asking.await("(?m)(^.* 0 .*\n){20}", SOON);
        long vanished = System.currentTimeMillis();
        // It does not even answer ARP from then on, like a machine without power. Not the first address: the others would go with it.
        wire.run("cli", SOON, "ip", "address", "del", NODES.get(2) + "/24", "dev", "eth0");
        assertThat(asking.exit(SOON)).isZero();
        assertThat(requests(asking.printed())).filteredOn(request -> request.begun > vanished + INTERVAL).hasSizeGreaterThan(20)
            .allSatisfy(request -> assertThat(request.code).as(request.toString()).isZero())
            .allSatisfy(request -> assertThat(request.took).as(request.toString()).isLessThan(1000))
            .noneSatisfy(request -> assertThat(request.node).isEqualTo(NODES.get(2)));
        assertThat(server.printed()).containsPattern("Control plane 10\\.77\\.0\\.7 no longer answers on 6443: ");
    }

    @Test
    @DisplayName("All are killed: a client is refused within a second, at once and later")
    void allAreKilled() {
        nodes.forEach(node -> wire.run("cli", SOON, "kill", "-KILL", Long.toString(node.pid())));
        for (Request request : ask(3)) {
            assertThat(request.code).as(request.toString()).isIn(7, 35, 56);
            assertThat(request.took).as(request.toString()).isLessThan(1000);
        }
        for (String address : NODES) {
            server.await("Control plane " + address.replace(".", "\\.") + " no longer answers on 6443", SOON);
        }
        for (Request request : ask(3)) {
            assertThat(request.code).as(request.toString()).isIn(7, 35, 56);
            assertThat(request.took).as(request.toString()).isLessThan(1000);
        }
    }

    @Test
    @DisplayName("A gigabyte comes through byte for byte, and so does another one, in flat memory")
    void aGigabyte() {
        String wanted = Program.output(Duration.ofMinutes(2), List.of("bash", "-c", "head -c " + GIGABYTE + " /dev/urandom >" + folder + "/big; sha256sum <"
            + folder + "/big"));
        ask(20);
        fetch(Wire.SERVER + ":8443", wanted);
        long before = resident("VmRSS");
        Duration took = fetch(Wire.SERVER + ":8443", wanted);
        long peak = resident("VmHWM");
        Duration direct = fetch(NODES.get(0) + ":6443", wanted);
        System.out.printf("EndpointIT: 1 GiB in %.1f s, past us in %.1f s; resident %d KiB before, %d KiB at most%n", took.toMillis() / 1000.0,
            direct.toMillis() / 1000.0, before, peak);
        assertThat(peak - before).as("KiB more than before the transfer, at any time").isLessThan(32 * 1024);
    }

    /** One request of curl: when it began (milliseconds), how long it took, its exit code, who answered. */
    private record Request(long begun, long took, int code, String node) {
    }

    private static final String ASK = "ask() { local begun=$(date +%s%3N) node code=0;"
        + " node=$(curl -sk --http1.1 -m 10 https://10.77.0.1:8443/who) || code=$?;"
        + " echo \"$begun $(($(date +%s%3N) - begun)) $code $node\"; }; ";

    private List<Request> ask(int times) {
        return requests(wire.run("site", Duration.ofMinutes(1), "bash", "-c", ASK + "for ((i = 0; i < " + times + "; i++)); do ask; done"));
    }

    private Program asking(Duration time) {
        return wire.start("site", "asking", Map.of(), List.of("bash", "-c", ASK + "while [ $SECONDS -lt " + time.toSeconds() + " ]; do ask; done"));
    }

    private static List<Request> requests(String printed) {
        return printed.lines().map(line -> line.split(" ")).map(part -> new Request(Long.parseLong(part[0]), Long.parseLong(part[1]),
            Integer.parseInt(part[2]), part.length > 3 ? part[3] : "")).toList();
    }

    private static Map<String, Long> shares(List<Request> requests) {
        return requests.stream().collect(Collectors.groupingBy(Request::node, Collectors.counting()));
    }

    private Duration fetch(String authority, String wanted) {
        long begun = System.nanoTime();
        String got = wire.run("site", Duration.ofMinutes(3), "bash", "-c",
            "set -o pipefail; curl -sk --http1.1 https://" + authority + "/big | sha256sum");
        assertThat(got).isEqualTo(wanted);
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** KiB of the server's memory, from proc(5). */
    private long resident(String field) {
        try {
            Matcher line = Pattern.compile(field + ":\\s+(\\d+) kB").matcher(Files.readString(Path.of("/proc/" + server.pid() + "/status")));
            assertThat(line.find()).isTrue();
            return Long.parseLong(line.group(1));
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private Program node(String address) {
        Program node = wire.start("cli", "node-" + address, Map.of(), TlsNode.command(address, folder));
        node.await("Ready\\.", SOON);
        return node;
    }
}
