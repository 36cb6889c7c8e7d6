package io.talospxe.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.PooledByteBufAllocator;
import io.talospxe.cluster.ControlPlanes;
import io.talospxe.cluster.Node;
import io.talospxe.step.EndpointServer.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The shipped routes/endpoint.yaml: what a client and a node see of each other, with real sockets on the loopback. */
@Timeout(120)
class EndpointRouteTest {

    private static final String US = "127.0.0.1";
    private static final String ONE = "127.0.0.2";
    private static final String TWO = "127.0.0.3";
    private static final String THREE = "127.0.0.4";
    private static final Limits GENEROUS = new Limits(1000, Duration.ofHours(1), Duration.ofMinutes(5));

    @TempDir
    private Path folder;
    private final int port = Node.freePort();
    private final int nodePort = Node.freePort();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private ControlPlanes controlPlanes;

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void closeAll() throws Exception {
        logger().detachAppender(log);
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    @Test
    void connectionsGoToEachHealthyNodeInTurn() throws Exception {
        serve(GENEROUS, named(ONE), named(TWO), named(THREE));

        assertThat(List.of(greeting(), greeting(), greeting(), greeting(), greeting(), greeting()))
            .containsExactly(ONE, TWO, THREE, ONE, TWO, THREE);
    }

    @Test
    void whatOneEndSaysArrivesAtTheOther() throws Exception {
        serve(GENEROUS, node(ONE, Node::echo));
        try (Socket client = connect()) {
            for (String text : List.of("a", "second", "third and last")) {
                client.getOutputStream().write(text.getBytes());
                assertThat(new String(client.getInputStream().readNBytes(text.length()))).isEqualTo(text);
            }
        }
    }

    @Test
    void aNodeMaySpeakFirst() throws Exception {
        serve(GENEROUS, node(ONE, connection -> {
            connection.getOutputStream().write("welcome".getBytes());
            Node.beSilent(connection);
        }));
        try (Socket client = connect()) {
            assertThat(new String(client.getInputStream().readNBytes(7))).isEqualTo("welcome");
        }
    }

    @Test
    void theClientsEndIsPassedOnAndTheNodeGoesOnSpeaking() throws Exception {
        serve(GENEROUS, node(ONE, connection -> {
            byte[] all = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(("read " + all.length + " bytes and the end").getBytes());
        }));
        try (Socket client = connect()) {
            client.getOutputStream().write(new byte[100_000]);
            client.shutdownOutput();
            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("read 100000 bytes and the end");
        }
        nothingIsOpen();
    }

    /** The whole request and its end are there before any node is connected. */
    @Test
    void aClientThatSaysAllAtOnceIsHeardToTheEnd() throws Exception {
        serve(GENEROUS, node(ONE, connection -> {
            byte[] all = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(sha256(all).getBytes());
        }));
        for (int size : new int[] {0, 1, 1000, Splice.REPLAY, Splice.REPLAY + 1, 200_000}) {
            byte[] request = random(size);
            try (Socket client = connect()) {
                client.getOutputStream().write(request);
                client.shutdownOutput();
                assertThat(new String(client.getInputStream().readAllBytes())).as("%d bytes", size).isEqualTo(sha256(request));
            }
        }
    }

    @Test
    void theNodesEndIsPassedOnAndTheClientGoesOnSpeaking() throws Exception {
        BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
        serve(GENEROUS, node(ONE, connection -> {
            connection.getOutputStream().write("that is all".getBytes());
            connection.shutdownOutput();
            heard.add(connection.getInputStream().readAllBytes().length);
        }));
        heard.clear();
        try (Socket client = connect()) {
            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("that is all");
            client.getOutputStream().write(new byte[50_000]);
            client.shutdownOutput();
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo(50_000);
        }
        nothingIsOpen();
    }

    @Test
    void aResetOfTheClientReachesTheNode() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        serve(GENEROUS, node(ONE, watching(seen)));
        seen.clear();
        try (Socket client = connect()) {
            client.getInputStream().readNBytes(5);
            client.setSoLinger(true, 0);
        }
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Connection reset");
        nothingIsOpen();
    }

    /** Also while the client's window is closed, when nothing is read of the node. */
    @Test
    void aResetOfTheClientReachesANodeThatIsHeldBack() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        AtomicLong written = new AtomicLong();
        serve(GENEROUS, node(ONE, connection -> {
            try {
                writeForever(connection, written);
            } catch (SocketException ended) {
                seen.add(ended.getMessage());
            }
        }));
        seen.clear();
        try (Socket client = connect()) {
            stalls(written);
            client.setSoLinger(true, 0);
        }
        assertThat(seen.poll(10, TimeUnit.SECONDS)).containsAnyOf("Connection reset", "Broken pipe");
        nothingIsOpen();
    }

    @Test
    void aResetOfTheNodeReachesTheClient() throws Exception {
        serve(GENEROUS, node(ONE, connection -> {
            connection.getOutputStream().write("hello".getBytes());
            connection.getInputStream().read();
            Node.reset(connection);
        }));
        try (Socket client = connect()) {
            assertThat(client.getInputStream().readNBytes(5)).hasSize(5);
            client.getOutputStream().write(1);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessage("Connection reset");
        }
        nothingIsOpen();
    }

    @Test
    void aNodeThatRefusesIsLeftForTheNextAndCountsAsDead() throws Exception {
        Node first = named(ONE);
        serve(GENEROUS, first, named(TWO));
        first.close();
        assertThat(List.of(greeting(), greeting(), greeting())).containsOnly(TWO);
        assertThat(controlPlanes.healthy(nodePort)).containsExactly(TWO);
    }

    @Test
    void aNodeThatDoesNotAcceptIsLeftAfterASecond() throws Exception {
        serve(GENEROUS, named(ONE), named(TWO));
        open.remove(0).close();
        open.add(Node.deaf(new InetSocketAddress(ONE, nodePort)));
        long begun = System.nanoTime();

        assertThat(greeting()).isEqualTo(TWO);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(900), Duration.ofSeconds(3));
        assertThat(controlPlanes.healthy(nodePort)).containsExactly(TWO);
    }

    @Test
    void aClientIsResetWithinASecondWhenEveryNodeIsDead() throws Exception {
        Node first = named(ONE);
        Node second = named(TWO);
        serve(GENEROUS, first, second);
        first.close();
        second.close();

        assertResetWithinASecond();
        soon().until(() -> controlPlanes.healthy(nodePort).isEmpty());
        assertResetWithinASecond();
        assertResetWithinASecond();
        assertThat(sentences("named no node")).as("a minute's worth").hasSize(1);
    }

    /** What the client has said is said again, byte for byte, to the next node; it notices nothing. */
    @Test
    void aNodeThatDiesBeforeItAnswersIsLeftForTheNext() throws Exception {
        for (Node.Behaviour death : List.<Node.Behaviour>of(
                connection -> connection.getInputStream().readNBytes(Splice.REPLAY),
                connection -> connection.getInputStream().readNBytes(1),
                connection -> { },
                Node::reset,
                connection -> {
                    connection.getInputStream().readNBytes(Splice.REPLAY);
                    Node.reset(connection);
                })) {
            byte[] hello = random(Splice.REPLAY);
            AtomicBoolean dying = new AtomicBoolean();
            serve(GENEROUS, node(ONE, connection -> {
                if (dying.get()) {
                    death.live(connection);
                } else {
                    Node.beSilent(connection);
                }
            }), node(TWO, connection -> {
                byte[] request = connection.getInputStream().readNBytes(Splice.REPLAY);
                connection.getOutputStream().write(sha256(request).getBytes());
                Node.echo(connection);
            }));
            dying.set(true);
            try (Socket client = connect()) {
                client.getOutputStream().write(hello);
                assertThat(new String(client.getInputStream().readNBytes(64))).isEqualTo(sha256(hello));
                client.getOutputStream().write("on".getBytes());
                assertThat(new String(client.getInputStream().readNBytes(2))).isEqualTo("on");
            }
            nothingIsOpen();
            closeAll();
            open.clear();
            listen();
        }
    }

    @Test
    void aNodeThatDiesAfterTheClientHasSaidAllIsLeftForTheNext() throws Exception {
        AtomicBoolean dying = new AtomicBoolean();
        serve(GENEROUS, node(ONE, connection -> {
            if (dying.get()) {
                connection.getInputStream().readAllBytes();
                Node.reset(connection);
            } else {
                Node.beSilent(connection);
            }
        }), node(TWO, connection -> connection.getOutputStream().write(connection.getInputStream().readAllBytes())));
        dying.set(true);
        try (Socket client = connect()) {
            client.getOutputStream().write("request".getBytes());
            client.shutdownOutput();
            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("request");
        }
    }

    /** Not said again: what the first node made of so much, nobody knows. */
    @Test
    void aNodeThatDiesAfterALongRequestTakesTheConnectionWithIt() throws Exception {
        AtomicBoolean dying = new AtomicBoolean();
        Node second = named(TWO);
        serve(GENEROUS, node(ONE, connection -> {
            if (dying.get()) {
                connection.getInputStream().readNBytes(Splice.REPLAY + 1);
                Node.reset(connection);
            } else {
                Node.beSilent(connection);
            }
        }), second);
        dying.set(true);
        int before = second.accepted();
        try (Socket client = connect()) {
            client.getOutputStream().write(new byte[Splice.REPLAY + 1]);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessage("Connection reset");
        }
        assertThat(connectionsOfClients(second, before)).isZero();
    }

    @Test
    void aNodeThatDiesAfterItsFirstByteTakesTheConnectionWithIt() throws Exception {
        Node second = named(TWO);
        serve(GENEROUS, node(ONE, connection -> {
            connection.getOutputStream().write(1);
            connection.getInputStream().read();
            Node.reset(connection);
        }), second);
        int before = second.accepted();
        try (Socket client = connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(1);
            client.getOutputStream().write(1);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessage("Connection reset");
        }
        assertThat(connectionsOfClients(second, before)).isZero();
    }

    @Test
    void aClientIsResetWhenNoNodeLivesToAnswer() throws Exception {
        AtomicBoolean dying = new AtomicBoolean();
        Node.Behaviour hasty = connection -> {
            if (!dying.get()) {
                Node.beSilent(connection);
            }
        };
        serve(GENEROUS, node(ONE, hasty), node(TWO, hasty));
        dying.set(true);
        assertResetWithinASecond();
        nothingIsOpen();
    }

    @Test
    void aNodeWaitsForAClientThatDoesNotRead() throws Exception {
        AtomicLong written = new AtomicLong();
        serve(GENEROUS, node(ONE, connection -> writeForever(connection, written)));
        long before = direct();
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(connect());
        }
        stalls(written);
        assertThat(direct() - before).as("bytes in memory for 20 held-back connections").isLessThan(64L << 20);
        try (Socket client = clients.get(0)) {
            long stalled = written.get();
            client.getInputStream().readNBytes(32 << 20);
            soon().until(() -> written.get() > stalled);
        }
        for (Socket client : clients) {
            client.close();
        }
        nothingIsOpen();
    }

    @Test
    void aClientWaitsForANodeThatDoesNotRead() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean asked = new AtomicBoolean(true);
        serve(GENEROUS, node(ONE, connection -> {
            if (!asked.get()) {
                end.await();
            }
        }));
        asked.set(false);
        AtomicLong written = new AtomicLong();
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    writeForever(client, written);
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            writer.start();
            stalls(written);
            assertThat(written.get()).as("what the kernels' buffers take").isLessThan(64L << 20);
        } finally {
            end.countDown();
        }
    }

    @Test
    void twoHundredMegabytesArriveByteForByteBothWays() throws Exception {
        long size = 200L << 20;
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        serve(GENEROUS, node(ONE, connection -> {
            Thread writer = new Thread(() -> {
                try {
                    heard.add("sent " + send(connection.getOutputStream(), size, 1));
                    connection.shutdownOutput();
                } catch (Exception broken) {
                    heard.add(broken.toString());
                }
            });
            writer.start();
            heard.add("read " + read(connection.getInputStream()));
            writer.join();
        }));
        heard.clear();
        try (Socket client = connect()) {
            CompletableFuture<String> sent = CompletableFuture.supplyAsync(() -> {
                try {
                    String digest = send(client.getOutputStream(), size, 2);
                    client.shutdownOutput();
                    return digest;
                } catch (Exception broken) {
                    throw new IllegalStateException(broken);
                }
            });
            String read = read(client.getInputStream());
            assertThat(List.of(heard.take(), heard.take())).containsExactlyInAnyOrder("sent " + read, "read " + sent.get());
        }
        nothingIsOpen();
    }

    @Test
    void aConnectionOverWhichNothingGoesIsReset() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        serve(new Limits(1000, Duration.ofMillis(600), Duration.ofMinutes(5)), node(ONE, watching(seen)));
        seen.clear();
        try (Socket client = connect()) {
            long begun = System.nanoTime();
            client.getInputStream().readNBytes(5);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessage("Connection reset");
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(400), Duration.ofSeconds(5));
        }
        assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("Connection reset");
        nothingIsOpen();
    }

    @Test
    void aConnectionOverWhichSomethingGoesNowAndThenStays() throws Exception {
        serve(new Limits(1000, Duration.ofMillis(900), Duration.ofMinutes(5)), node(ONE, Node::echo));
        try (Socket client = connect()) {
            long begun = System.nanoTime();
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(150)).until(() -> {
                client.getOutputStream().write(7);
                assertThat(client.getInputStream().read()).isEqualTo(7);
                return System.nanoTime() - begun > Duration.ofMillis(2500).toNanos();
            });
        }
    }

    @Test
    void aHalfClosedConnectionIsResetSooner() throws Exception {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        CountDownLatch reset = new CountDownLatch(1);
        serve(new Limits(1000, Duration.ofHours(1), Duration.ofMillis(500)), node(ONE, connection -> {
            if (connection.getInputStream().readAllBytes().length > 0) {
                connection.getOutputStream().write(1);
                reset.await();
                soon().until(() -> {
                    try {
                        connection.getOutputStream().write(2);
                        return false;
                    } catch (IOException ended) {
                        return seen.add(ended.getMessage());
                    }
                });
            }
        }));
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(1);
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessage("Connection reset");
        }
        reset.countDown();
        assertThat(seen.poll(10, TimeUnit.SECONDS)).containsAnyOf("Connection reset", "Broken pipe");
        nothingIsOpen();
    }

    @Test
    void moreConnectionsThanTheLimitAreResetUntilOthersEnd() throws Exception {
        serve(new Limits(3, Duration.ofHours(1), Duration.ofMinutes(5)), named(ONE));
        List<Socket> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Socket client = connect();
            client.getInputStream().readNBytes(ONE.length());
            clients.add(client);
        }
        assertResetWithinASecond();
        assertResetWithinASecond();
        assertThat(sentences("3 connections are passed through already: more are reset until some have ended")).hasSize(1);

        clients.get(0).close();
        soon().ignoreExceptions().until(() -> greeting().equals(ONE));
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void aStoppedRouteHearsNobodyAnyMoreAndLeavesConnectionsAlone() throws Exception {
        EndpointServer server = serve(GENEROUS, node(ONE, Node::echo));
        try (Socket client = connect()) {
            client.getOutputStream().write(1);
            assertThat(client.getInputStream().read()).isEqualTo(1);
            server.stopRoute();

            assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            client.getOutputStream().write(2);
            assertThat(client.getInputStream().read()).isEqualTo(2);
        }
    }

    @Test
    void theTalosApiGoesToItsOwnPort() throws Exception {
        int talos = Node.freePort();
        open.add(Node.at(new InetSocketAddress(ONE, talos), connection -> connection.getOutputStream().write("talos".getBytes())));
        controlPlanes = new ControlPlanes(List.of(ONE), nodePort, talos, Duration.ofMillis(200), Duration.ofSeconds(1));
        controlPlanes.start();
        open.add(new EndpointServer(controlPlanes, GENEROUS).open("routes/endpoint.yaml", "talos-api-on-address", US,
            settings("pxe.talos-api.node-port", talos)));
        soon().until(() -> !controlPlanes.healthy(talos).isEmpty());
        try (Socket client = connect()) {
            assertThat(new String(client.getInputStream().readAllBytes())).isEqualTo("talos");
        }
    }

    @Test
    void anOperatorsRouteMaySendToAFixedNodeAndKeepSourcesOut() throws Exception {
        Node fixed = named(ONE);
        serveOwn("""
            - choice:
                when:
                  - expression: {simple: {expression: "${variable.address} == '127.0.0.9'"}}
                    steps:
                      - stop: {}
            - setVariable: {name: nodes, expression: {constant: {expression: "127.0.0.2:NODE"}}}
            """);
        assertThat(greeting()).isEqualTo(ONE);
        try (Socket stranger = new Socket()) {
            stranger.bind(new InetSocketAddress("127.0.0.9", 0));
            stranger.connect(new InetSocketAddress(US, port));
            assertThatThrownBy(() -> stranger.getInputStream().read()).hasMessage("Connection reset");
        }
        assertThat(fixed.accepted()).isEqualTo(1);
    }

    @Test
    void aRouteThatBlocksHoldsUpNoOtherConnection() throws Exception {
        named(ONE);
        CountDownLatch held = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        serveOwn("""
            - process: {ref: lookup}
            - setVariable: {name: nodes, expression: {constant: {expression: "127.0.0.2:NODE"}}}
            """, "lookup", (org.apache.camel.Processor) exchange -> {
                if (first.getAndSet(false)) {
                    held.await();
                }
            });
        try (Socket waiting = connect()) {
            soon().until(() -> !first.get());
            assertThat(greeting()).isEqualTo(ONE);
            held.countDown();
            assertThat(new String(waiting.getInputStream().readNBytes(ONE.length()))).isEqualTo(ONE);
        }
    }

    @Test
    void whatIsNoNodeIsNamedAndTheNextIsTaken() throws Exception {
        named(ONE);
        serveOwn("""
            - setVariable: {name: nodes, expression: {constant: {expression: "127.0.0.2, 127.0.0.2:99999, no.such.host.invalid:1, 127.0.0.1:OWN, 127.0.0.2:NODE"}}}
            """);
        assertThat(greeting()).isEqualTo(ONE);
        assertThat(sentences("which is no address and port; write 10.77.0.5:6443")).hasSize(3).first().asString()
            .isEqualTo("The variable 'nodes' of route endpoint has '127.0.0.2', which is no address and port; write 10.77.0.5:6443");
        assertThat(sentences("which is this endpoint itself; name a control plane")).hasSize(1);
    }

    @Test
    void aRouteThatFailsResetsTheConnectionAndSaysWhy() throws Exception {
        serveOwn("""
            - setVariable: {name: nodes, expression: {constant: {expression: "127.0.0.2:NODE"}}}
            - setVariable: {name: port, expression: {constant: {expression: "https"}}}
            - bean: {ref: controlPlanes, method: choose}
            """);
        ListAppender<ILoggingEvent> routes = new ListAppender<>();
        routes.start();
        ((Logger) LoggerFactory.getLogger("pxe")).addAppender(routes);
        assertResetWithinASecond();
        ((Logger) LoggerFactory.getLogger("pxe")).detachAppender(routes);
        assertThat(routes.list).extracting(ILoggingEvent::getFormattedMessage)
            .containsExactly("Reset a connection from 127.0.0.1 (endpoint): the variable 'port' is 'https': set it to the port of the nodes, 6443 say");
    }

    @Test
    void aRouteWithoutAnErrorPolicyResetsTheConnectionToo() throws Exception {
        serveOwnUnder("connection-that-is-not-there", """
            - process: {ref: lookup}
            """, "lookup", (org.apache.camel.Processor) exchange -> {
                throw new IllegalStateException("the inventory is down");
            });
        assertResetWithinASecond();
        assertThat(sentences("decides where a connection to")).singleElement().asString().endsWith("goes: the inventory is down");
    }

    private void serveOwn(String steps, Object... parts) throws Exception {
        serveOwnUnder("connection", steps, parts);
    }

    /** A page of the operator's own. */
    private void serveOwnUnder(String policy, String steps, Object... parts) throws Exception {
        Path page = Files.writeString(folder.resolve("own.yaml"), """
            - routeTemplate:
                id: own-on-address
                parameters:
                  - {name: address}
                route:
                  routeConfigurationId: POLICY
                  from:
                    uri: "netty:tcp://{{address}}:{{pxe.endpoint.port}}"
                    parameters: {serverInitializerFactory: "#passThrough"}
                    steps:
            """.replace("POLICY", policy)
            + steps.indent(10).replace("NODE", Integer.toString(nodePort)).replace("OWN", Integer.toString(port)));
        controlPlanes = new ControlPlanes(List.of(), nodePort, nodePort, Duration.ofHours(1), Duration.ofSeconds(1));
        EndpointServer server = new EndpointServer(controlPlanes, GENEROUS);
        open.add(server);
        for (int i = 0; i < parts.length; i += 2) {
            server.with((String) parts[i], parts[i + 1]);
        }
        server.open(page.toString(), "own-on-address", US, settings("pxe.talos-api.node-port", nodePort));
    }

    /**
     * The shipped page before these nodes, which are plain TCP here: their port is the Talos one, which is asked by a connection alone. They
     * are asked once, so that only the pass-through finds out later who has died.
     */
    private EndpointServer serve(Limits limits, Node... nodes) throws Exception {
        List<String> addresses = List.of(ONE, TWO, THREE).subList(0, nodes.length);
        controlPlanes = new ControlPlanes(addresses, 1, nodePort, Duration.ofHours(1), Duration.ofSeconds(1));
        controlPlanes.start();
        EndpointServer server = new EndpointServer(controlPlanes, limits)
            .open("routes/endpoint.yaml", "endpoint-on-address", US, settings("pxe.endpoint.node-port", nodePort));
        open.add(server);
        soon().until(() -> controlPlanes.healthy(nodePort).equals(addresses));
        nothingIsOpen();
        return server;
    }

    private Map<String, String> settings(String nodePortKey, int number) {
        return Map.of("pxe.endpoint.port", Integer.toString(port), "pxe.talos-api.port", Integer.toString(port), nodePortKey,
            Integer.toString(number));
    }

    private Node node(String address, Node.Behaviour behaviour) {
        Node node = Node.at(new InetSocketAddress(address, nodePort), behaviour);
        open.add(node);
        return node;
    }

    /** Says its address, and waits for the other end. */
    private Node named(String address) {
        return node(address, connection -> {
            connection.getOutputStream().write(address.getBytes());
            Node.beSilent(connection);
        });
    }

    /** Says hello, and tells how its connection ended. */
    private static Node.Behaviour watching(BlockingQueue<String> seen) {
        return connection -> {
            connection.getOutputStream().write("hello".getBytes());
            try {
                Node.beSilent(connection);
            } catch (IOException ended) {
                seen.add(ended.getMessage());
            }
        };
    }

    private Socket connect() throws IOException {
        Socket client = new Socket(US, port);
        client.setSoTimeout(20_000);
        return client;
    }

    private String greeting() throws IOException {
        try (Socket client = connect()) {
            return new String(client.getInputStream().readNBytes(ONE.length()), StandardCharsets.US_ASCII);
        }
    }

    private void assertResetWithinASecond() throws IOException {
        long begun = System.nanoTime();
        try (Socket client = connect()) {
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessage("Connection reset");
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(1));
    }

    /** Connections of a node less those that only asked whether it lives, before the test began. */
    private static int connectionsOfClients(Node node, int before) {
        return node.accepted() - before;
    }

    /** Every connection that a node has had ends soon. */
    private void nothingIsOpen() {
        soon().until(() -> open.stream().filter(Node.class::isInstance).flatMap(node -> ((Node) node).connections().stream())
            .allMatch(Socket::isClosed));
    }

    private static void writeForever(Socket connection, AtomicLong written) throws IOException {
        byte[] portion = new byte[64 * 1024];
        while (true) {
            connection.getOutputStream().write(portion);
            written.addAndGet(portion.length);
        }
    }

    /** Waits until something was written and nothing more is for a while. */
    private static void stalls(AtomicLong written) {
        long[] last = {-1, 0};
        await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(200)).until(() -> {
            long now = written.get();
            last[1] = now > 0 && now == last[0] ? last[1] + 1 : 0;
            last[0] = now;
            return last[1] >= 4;
        });
    }

    /** Direct memory of the allocator that connections use. */
    private static long direct() {
        return PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory();
    }

    private static String send(OutputStream to, long size, long seed) throws Exception {
        DigestOutputStream out = new DigestOutputStream(to, MessageDigest.getInstance("SHA-256"));
        Random random = new Random(seed);
        byte[] portion = new byte[100_003];
        random.nextBytes(portion);
        for (long left = size; left > 0; left -= portion.length) {
            portion[(int) (left % portion.length)]++;
            out.write(portion, 0, (int) Math.min(left, portion.length));
        }
        return HexFormat.of().formatHex(out.getMessageDigest().digest());
    }

    private static String read(InputStream from) throws Exception {
        DigestInputStream in = new DigestInputStream(from, MessageDigest.getInstance("SHA-256"));
        in.transferTo(OutputStream.nullOutputStream());
        return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    private List<String> sentences(String part) {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).filter(sentence -> sentence.contains(part)).toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(PassThrough.class);
    }
}
