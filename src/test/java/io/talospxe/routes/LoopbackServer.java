package io.talospxe.routes;

import io.talospxe.boot.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The program with the shipped routes on free ports of 127.0.0.1. */
public final class LoopbackServer implements AutoCloseable {

    private final Program program;
    private final Map<String, String> ports;

    private LoopbackServer(Program program, Map<String, String> ports) {
        this.program = program;
        this.ports = ports;
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param folder where its log goes
     * @param root   {@code --root}
     */
    public static LoopbackServer start(Path folder, Path root, String role, Map<String, String> environment, String... flags) {
        Map<String, String> ports = new HashMap<>();
        for (String port : List.of("PXE_DHCP_PORT", "PXE_DHCP_CLIENT_PORT", "PXE_BOOT_SERVER_PORT", "PXE_TFTP_PORT")) {
            ports.put(port, String.valueOf(freeUdpPort()));
        }
        for (String port : List.of("PXE_HTTP_PORT", "PXE_DNS_PORT", "PXE_ENDPOINT_PORT", "PXE_TALOS_API_PORT")) {
            ports.put(port, String.valueOf(freeTcpPort()));
        }
        Map<String, String> all = new HashMap<>(ports);
        all.putAll(environment);
        List<String> arguments = new ArrayList<>(List.of("--if", "lo", "--addr", "127.0.0.1/8", "--skip-ifup", "--root", root.toString(), "--role", role));
        arguments.addAll(List.of(flags));
        Program program = Program.start(folder.resolve("server-" + role + ".log"), all, Program.server(arguments.toArray(String[]::new)));
        program.await("Ready\\.", Duration.ofSeconds(60));
        return new LoopbackServer(program, ports);
    }

    /** A port by the name of its environment variable. */
    public int port(String variable) {
        return Integer.parseInt(ports.get(variable));
    }

    /** Where HTTP is served. */
    public String url() {
        return "http://127.0.0.1:" + port("PXE_HTTP_PORT");
    }

    /** The running program and its log. */
    public Program program() {
        return program;
    }

    @Override
    public void close() {
        program.close();
    }

    private static int freeUdpPort() {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static int freeTcpPort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
