package io.talospxe.boot;

import io.talospxe.cluster.ControlPlanes;
import io.talospxe.step.EndpointServer;
import io.talospxe.step.EndpointServer.Limits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** The shipped endpoint as a process of its own, with the settings' defaults: what {@code EndpointIT} measures until told to end. */
final class EndpointProgram {

    private EndpointProgram() {
    }

    /** The command line that starts it on {@code address}, before control planes at {@code nodes} (commas between). */
    static List<String> command(String address, String nodes) {
        return List.of(ProcessHandle.current().info().command().orElse("java"), "-Djava.net.preferIPv4Stack=true",
            "-Dpxe.home=" + Path.of("").toAbsolutePath(), "-cp", System.getProperty("java.class.path"), EndpointProgram.class.getName(),
            address, nodes);
    }

    public static void main(String[] arguments) throws Exception {
        ControlPlanes controlPlanes =
            new ControlPlanes(ControlPlanes.addresses(arguments[1]), 6443, 50000, Duration.ofSeconds(2), Duration.ofSeconds(1));
        EndpointServer server = new EndpointServer(controlPlanes, new Limits(4096, Duration.ofHours(1), Duration.ofMinutes(5)));
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        server.open("routes/endpoint.yaml", "endpoint-on-address", arguments[0], Map.of("pxe.endpoint.port", "8443",
            "pxe.endpoint.node-port", "6443", "pxe.talos-api.port", "50000", "pxe.talos-api.node-port", "50000"));
        controlPlanes.start();
        System.out.println("Ready.");
        new CountDownLatch(1).await();
    }
}
