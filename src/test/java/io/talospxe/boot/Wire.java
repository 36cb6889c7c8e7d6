package io.talospxe.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A network in namespaces, made by {@code src/lab/net}: our server, the site's own DHCP server, a plain client and a switch for virtual
 * machines. Everything started here ends with {@link #close}, and the namespaces go, also when a test fails.
 */
public final class Wire implements AutoCloseable {

    /** Our server's address. */
    public static final String SERVER = "10.77.0.1";

    private static final String SITE = "10.77.0.2";

    private final String name;
    private final Path folder;
    private final Deque<Program> programs = new ArrayDeque<>();

    private Wire(String name, Path folder) {
        this.name = name;
        this.folder = folder;
    }

    /** Builds the network. {@code name} has at most 20 letters, digits and dashes. */
    public static Wire up(String name) {
        try {
            Path folder = Files.createTempDirectory("tpxe");
            Program.output(Duration.ofSeconds(30), List.of("src/lab/net", "up", name, "--site", SITE + "/24"));
            return new Wire(name, folder);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Where logs of this network's programs are. */
    public Path folder() {
        return folder;
    }

    /** Runs a program in a namespace: {@code srv}, {@code site}, {@code cli} or {@code sw}. */
    public Program start(String part, String title, Map<String, String> environment, List<String> command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace(part)));
        inside.addAll(command);
        Program program = Program.start(folder.resolve(title + ".log"), environment, inside);
        programs.push(program);
        return program;
    }

    /** Runs a command in a namespace to its end and gives what it printed. */
    public String run(String part, Duration limit, String... command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace(part)));
        inside.addAll(List.of(command));
        return Program.output(limit, inside);
    }

    /** Starts talos-pxe on the wire, serving the lab's stand-in for Talos, and waits until it is ready. */
    public Program server(Map<String, String> environment, String... flags) {
        return serverOf(Lab.root(), environment, flags);
    }

    /** The same with another {@code --root}. */
    public Program serverOf(Path root, Map<String, String> environment, String... flags) {
        List<String> all = new ArrayList<>(List.of("--if", "eth0", "--addr", SERVER + "/24", "--root", root.toString()));
        all.addAll(List.of(flags));
        Program server = start("srv", "server", environment, Program.server(all.toArray(String[]::new)));
        server.await("Ready\\.", Duration.ofSeconds(60));
        return server;
    }

    /** Starts talos-pxe on the wire with exactly these flags, {@code --root} aside, and waits for nothing. */
    public Program found(Map<String, String> environment, String... flags) {
        List<String> all = new ArrayList<>(List.of("--root", Lab.root().toString()));
        all.addAll(List.of(flags));
        return start("srv", "server", environment, Program.server(all.toArray(String[]::new)));
    }

    /** Starts dnsmasq as the site's DHCP server: addresses, and nothing about booting. */
    public Program site() {
        return site("10.77.0.100,10.77.0.199,1h");
    }

    /** The same with another range of addresses and lease time, and more of dnsmasq's flags. */
    public Program site(String range, String... more) {
        List<String> command = new ArrayList<>(List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0",
            "--bind-interfaces", "--user=root", "--pid-file=", "--log-dhcp", "--no-ping", "--dhcp-authoritative",
            "--dhcp-leasefile=" + folder.resolve("leases"), "--dhcp-range=" + range));
        command.addAll(List.of(more));
        Program dnsmasq = start("site", "dnsmasq", Map.of(), command);
        dnsmasq.await("started", Duration.ofSeconds(10));
        return dnsmasq;
    }

    /** Gives the server's host a second wire, eth1, whose other end is eth1 of the {@code site} namespace. */
    public void second(String address) {
        Duration soon = Duration.ofSeconds(10);
        Program.output(soon, List.of("ip", "-n", namespace("srv"), "link", "add", "eth1", "type", "veth", "peer", "name", "eth1", "netns", namespace("site")));
        run("srv", soon, "ip", "address", "add", address, "broadcast", "+", "dev", "eth1");
        for (String part : List.of("srv", "site")) {
            run(part, soon, "ip", "link", "set", "dev", "eth1", "up");
            run(part, soon, "ethtool", "-K", "eth1", "tx", "off");
        }
    }

    /** What a place on the wire hears of DHCP servers. */
    public Program replies(String part, String device) {
        Program tap = start(part, "tap-" + part, Map.of(), List.of("tcpdump", "-l", "-n", "-i", device, "udp src port 67"));
        tap.await("listening on", Duration.ofSeconds(10));
        return tap;
    }

    /** The IPv4 addresses, routes and state of the server's namespace, as {@code ip} prints them; what only counts down is left out. */
    public String setUp() {
        Duration soon = Duration.ofSeconds(10);
        return run("srv", soon, "ip", "link", "show") + run("srv", soon, "ip", "-4", "address", "show").replaceAll("(valid|preferred)_lft \\S+", "")
            + run("srv", soon, "ip", "-4", "route", "show", "table", "all");
    }

    /** Powers on a virtual machine; see {@code src/lab/vm}. */
    public Machine machine(String firmware) {
        return machine(firmware, 0, List.of());
    }

    /** Powers on a second machine, with 57 at the end of its hardware address in place of 56. */
    public Machine another(String firmware) {
        return machine(firmware, 1, List.of("--mac", "52:54:00:12:34:57", "--uuid", "11223344-5566-7788-99aa-bbccddeeff01", "--serial", "LAB0002"));
    }

    private Machine machine(String firmware, int tap, List<String> flags) {
        Program.output(Duration.ofSeconds(10), List.of("src/lab/net", "tap", name, String.valueOf(tap)));
        Path place = folder.resolve("machine" + tap);
        List<String> command = new ArrayList<>(List.of("src/lab/vm", name, firmware, "--dir", place.toString(), "--tap", String.valueOf(tap)));
        command.addAll(flags);
        Program qemu = Program.start(folder.resolve("qemu" + tap + ".log"), Map.of(), command);
        programs.push(qemu);
        return new Machine(qemu, place);
    }

    private String namespace(String part) {
        return "tpxe-" + name + "-" + part;
    }

    @Override
    public void close() {
        programs.forEach(Program::close);
        Program.output(Duration.ofSeconds(30), List.of("src/lab/net", "down", name));
    }
}
