package io.talospxe.step;

import static org.awaitility.Awaitility.await;

import io.talospxe.asset.AssetStore;
import io.talospxe.cluster.ControlPlanes;
import io.talospxe.machine.MachineFile;
import io.talospxe.machine.Timeline;
import io.talospxe.machine.TransferReport;
import io.talospxe.net.Neighbours;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.main.Main;

/** The shipped routes/files.yaml on a free port of the loopback, with stand-ins for the routes that it calls. */
final class FileServer implements AutoCloseable {

    /** A machine that the stand-in for admit-config refuses. */
    static final String REFUSED = "52-54-00-00-00-ff";

    final Queue<TransferReport> reports = new ConcurrentLinkedQueue<>();
    final Queue<String> events = new ConcurrentLinkedQueue<>();

    final ControlPlanes controlPlanes = new ControlPlanes(List.of(), 6443, 50000, Duration.ofHours(1), Duration.ofSeconds(1));

    private final Main main = new Main();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    /**
     * @param assets where assets are
     * @param more   further routes
     */
    FileServer(Path assets, RouteBuilder... more) throws Exception {
        main.configure().withRoutesIncludePattern("file:routes/files.yaml");
        List.of("jmxEnabled=false", "shutdownTimeout=1").forEach(setting -> property("camel.main." + setting));
        List.of("enabled=true", "host=127.0.0.1", "port=0", "maxBodySize=65536", "fileUploadEnabled=false")
            .forEach(setting -> property("camel.server." + setting));
        MachineFile machines = new MachineFile(assets.resolve("machines.properties"), line -> { });
        main.bind("assets", new AssetSteps(new AssetStore(List.of(assets))));
        main.bind("machines", new MachineSteps(machines, new Timeline(Clock.systemUTC()), new Neighbours(), Duration.ofHours(1)));
        main.bind("platform-http-engine", new FileHttpEngine(asked -> asked, reports::add));
        main.bind("controlPlanes", new ControlPlaneSteps(controlPlanes));
        main.configure().addRoutesBuilder(new StandIns());
        List.of(more).forEach(main.configure()::addRoutesBuilder);
        main.start();
        port = main.getCamelContext().hasService(VertxPlatformHttpServer.class).getPort();
    }

    private void property(String setting) {
        main.addInitialProperty(setting.split("=")[0], setting.split("=")[1]);
    }

    private final class StandIns extends RouteBuilder {
        @Override
        public void configure() {
            from("direct:autoexec-script").setVariable("content", constant("#!ipxe\nchain ${net0/ip}"));
            from("direct:admit-address").setVariable("admitted", constant("yes"));
            from("direct:refuse").setHeader(Exchange.HTTP_RESPONSE_CODE, constant(403)).setBody(constant("Refused.\n")).stop();
            from("direct:admit").setVariable("profile", constant("menu"));
            from("direct:admit-config").filter(variable("mac").isEqualTo(REFUSED))
                .setHeader(Exchange.HTTP_RESPONSE_CODE, constant(403)).setBody(constant("not now")).stop();
            from("direct:event").process(exchange -> events.add(
                exchange.getVariable("stage") + " " + exchange.getVariable("mac") + " " + exchange.getVariable("address")));
        }
    }

    /** Sends a request by Java's client and reads the whole answer. */
    HttpResponse<byte[]> send(String method, String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody()).timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> get(String path, String... headers) throws IOException, InterruptedException {
        return send("GET", path, headers);
    }

    static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** The report of the one transfer of {@code file} to come; only those, since another test's may come late. */
    TransferReport report(String file) {
        return await().until(() -> reports.stream().filter(report -> report.file().equals(file)).findFirst(), Optional::isPresent)
            .orElseThrow();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** A connection that has sent {@code request} and read nothing yet. */
    Socket connect(String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    /** Sends {@code request} byte for byte and reads until the server closes. */
    String raw(String request) throws IOException {
        try (Socket socket = connect(request); InputStream in = socket.getInputStream()) {
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            in.transferTo(answer);
            return answer.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** Asks for a path that Java's client would not send. */
    String rawGet(String path) throws IOException {
        return raw("GET " + path + " HTTP/1.1\r\nHost: pxe\r\nConnection: close\r\n\r\n");
    }

    @Override
    public void close() {
        main.stop();
    }
}
