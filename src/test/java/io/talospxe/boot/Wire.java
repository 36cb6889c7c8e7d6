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

    /** Starts dnsmasq as the site's DHCP server: addresses, and nothing about booting. */
    public Program site() {
        return start("site", "dnsmasq", Map.of(), List.of("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--interface=eth0",
            "--bind-interfaces", "--user=root", "--pid-file=", "--log-dhcp", "--no-ping", "--dhcp-authoritative",
            "--dhcp-leasefile=" + folder.resolve("leases"), "--dhcp-range=10.77.0.100,10.77.0.199,255.255.255.0,1h"));
    }

    /** Powers on a virtual machine; see {@code src/lab/vm}. */
    public Machine machine(String firmware) {
        Program.output(Duration.ofSeconds(10), List.of("src/lab/net", "tap", name, "0"));
        Program qemu = Program.start(folder.resolve("qemu.log"), Map.of(),
            List.of("src/lab/vm", name, firmware, "--dir", folder.toString()));
        programs.push(qemu);
        return new Machine(qemu, folder);
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
