package io.talospxe.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Who is a control plane, and who of them answers, with real listeners on addresses of the loopback. */
@Timeout(60)
class ControlPlanesTest {

    private static final String MAC = "52-54-00-12-34-56";
    private static final String ONE = "127.0.0.2";
    private static final String TWO = "127.0.0.3";
    private static final String THREE = "127.0.0.4";
    private static final Duration INTERVAL = Duration.ofMillis(150);

    private final int kubernetes = Node.freePort();
    private final int talos = Node.freePort();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

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
    void whoFetchedItsConfigurationIsKnownByItsNewestAddress() {
        ControlPlanes planes = planes();
        planes.join(MAC, ONE);
        planes.join("52-54-00-00-00-02", TWO);
        planes.join(MAC, THREE);

        assertThat(planes.all()).containsExactly(TWO, THREE);
    }

    @Test
    void anAddressBelongsToTheMachineThatHasItNow() {
        ControlPlanes planes = planes();
        planes.join(MAC, ONE);
        planes.join("52-54-00-00-00-02", ONE);
        assertThat(planes.all()).containsExactly(ONE);

        planes.join("52-54-00-00-00-02", TWO);
        assertThat(planes.all()).containsExactly(TWO);
    }

    @Test
    void whoFetchedAnotherConfigurationIsNoControlPlaneAnyMore() {
        ControlPlanes planes = planes();
        planes.join(MAC, ONE);
        planes.join("52-54-00-00-00-02", TWO);
        planes.leave(MAC, THREE);
        assertThat(planes.all()).containsExactly(TWO);

        planes.leave("52-54-00-00-00-03", TWO);
        assertThat(planes.all()).isEmpty();
    }

    @Test
    void thoseOfTheSettingsStandFirstAndStay() {
        ControlPlanes planes = planes(TWO);
        planes.join(MAC, ONE);
        planes.join("52-54-00-00-00-02", TWO);
        assertThat(planes.all()).containsExactly(TWO, ONE);

        planes.leave("52-54-00-00-00-02", TWO);
        assertThat(planes.all()).containsExactly(TWO, ONE);
    }

    @Test
    void onlyTheNewestMachinesAreKept() {
        ControlPlanes planes = planes();
        IntStream.rangeClosed(0, ControlPlanes.LIMIT).forEach(i -> planes.join("machine-" + i, "10.0.0." + i));

        assertThat(planes.all()).hasSize(ControlPlanes.LIMIT).doesNotContain("10.0.0.0").contains("10.0.0." + ControlPlanes.LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "node", "10.0.0", "10.0.0.256", "10.0.0.1.", "10.0.0.1.2", "::1", "10.0.0.1,10.0.0.2", "localhost"})
    void whatIsNoAddressIsNotTaken(String text) {
        ControlPlanes planes = planes();

        assertThatThrownBy(() -> planes.join(MAC, text)).hasMessage("'" + text + "' is not an IPv4 address");
        assertThat(planes.all()).isEmpty();
    }

    @Test
    void theSettingIsAListOfAddresses() {
        assertThat(ControlPlanes.addresses("")).isEmpty();
        assertThat(ControlPlanes.addresses(" 10.77.0.5, 10.77.0.6,")).containsExactly("10.77.0.5", "10.77.0.6");
        assertThatThrownBy(() -> ControlPlanes.addresses("10.77.0.5,node6"))
            .hasMessage("must be IPv4 addresses with commas between, as 10.77.0.5,10.77.0.6; 'node6' is none");
    }

    @Test
    void aMachineIsHealthyOnThePortsThatAnswer() {
        tls(ONE);
        plain(ONE);
        plain(TWO);
        ControlPlanes planes = started(planes(ONE, TWO, THREE));

        soon().until(() -> planes.healthy(talos).equals(List.of(ONE, TWO)));
        soon().until(() -> planes.healthy(kubernetes).equals(List.of(ONE)));
        assertThat(planes.answering()).containsExactly(ONE, TWO);
        assertThat(planes.healthy(443)).as("a port that is never asked").containsExactly(ONE, TWO);
        assertThat(sentences()).contains("Control plane " + ONE + " answers on " + kubernetes,
            "Control plane " + ONE + " answers on " + talos, "Control plane " + TWO + " answers on " + talos).hasSize(3);
    }

    @Test
    void aNewcomerIsAskedAtOnce() {
        tls(ONE);
        ControlPlanes planes = started(planes(Duration.ofHours(1), TWO));
        planes.join(MAC, ONE);

        soon().until(() -> planes.healthy(kubernetes).equals(List.of(ONE)));
    }

    @Test
    void aMachineThatDiesIsMissedWithinTheInterval() {
        Node node = tls(ONE);
        ControlPlanes planes = started(planes(ONE));
        soon().until(() -> !planes.healthy(kubernetes).isEmpty());
        node.close();

        soon().until(() -> planes.healthy(kubernetes).isEmpty());
        assertThat(sentences()).last()
            .isEqualTo("Control plane " + ONE + " no longer answers on " + kubernetes + ": nothing listens there");
    }

    @Test
    void aMachineThatFlapsIsTakenBackEachTime() {
        ControlPlanes planes = started(planes(ONE));
        for (int i = 0; i < 3; i++) {
            Node node = tls(ONE);
            soon().until(() -> planes.healthy(kubernetes).equals(List.of(ONE)));
            node.close();
            soon().until(() -> planes.healthy(kubernetes).isEmpty());
        }
        assertThat(sentences()).hasSize(6);
    }

    /** The kernel accepts for a process that hangs; only the hello finds that out. Each is told from the next by its reason. */
    @Test
    void whatDoesNotSpeakTlsIsNotTheKubernetesApi() {
        Node silent = node(ONE, Node::beSilent);
        Node hasty = node(TWO, connection -> { });
        Node web = node(THREE, connection -> connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes()));
        open.add(Node.deaf(new InetSocketAddress("127.0.0.5", kubernetes)));
        tls("127.0.0.6");
        ControlPlanes planes = started(planes(ONE, TWO, THREE, "127.0.0.5", "127.0.0.6"));

        soon().until(() -> planes.healthy(kubernetes).equals(List.of("127.0.0.6")));
        soon().until(() -> silent.accepted() > 3 && hasty.accepted() > 3 && web.accepted() > 3);
        assertThat(planes.healthy(kubernetes)).containsExactly("127.0.0.6");
    }

    /** An alert is an answer too: whoever sends one speaks TLS and is alive. */
    @Test
    void anAlertIsAnAnswer() {
        node(ONE, connection -> {
            connection.getInputStream().readNBytes(5);
            connection.getOutputStream().write(new byte[] {21, 3, 3, 0, 2, 2, 40});
            Node.beSilent(connection);
        });
        ControlPlanes planes = started(planes(ONE));

        soon().until(() -> planes.healthy(kubernetes).equals(List.of(ONE)));
    }

    @Test
    void whyAMachineCountsAsDeadIsSaid() {
        ControlPlanes planes = started(planes(ONE));
        assertReason(planes, "no answer within 1000 ms", node(ONE, oncePolite(Node::beSilent)));
        assertReason(planes, "it accepts connections and closes them",
            node(ONE, oncePolite(connection -> connection.getInputStream().read(new byte[4096]))));
        assertReason(planes, "what listens there does not speak TLS", node(ONE, oncePolite(connection -> {
            connection.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes());
            Node.beSilent(connection);
        })));
    }

    @Test
    void aSlowMachineHoldsUpNoOther() {
        Node silent = node(ONE, Node::beSilent);
        tls(TWO);
        ControlPlanes planes = planes(ONE, TWO);
        long begun = System.nanoTime();
        started(planes);

        soon().until(() -> planes.healthy(kubernetes).equals(List.of(TWO)));
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(900));
        assertThat(silent.accepted()).isLessThanOrEqualTo(1);
    }

    @Test
    void whoRefusedAConnectionCountsAsDeadAtOnceAndUntilItAnswersAgain() {
        tls(ONE);
        ControlPlanes planes = started(planes(Duration.ofSeconds(1), ONE));
        soon().until(() -> planes.healthy(kubernetes).equals(List.of(ONE)));

        planes.failed(new InetSocketAddress(ONE, kubernetes));
        assertThat(planes.healthy(kubernetes)).isEmpty();
        assertThat(sentences()).last()
            .isEqualTo("Control plane " + ONE + " no longer answers on " + kubernetes + ": a connection to it failed");
        soon().until(() -> planes.healthy(kubernetes).equals(List.of(ONE)));
    }

    @Test
    void aStrangersFailureChangesNothing() {
        ControlPlanes planes = planes(ONE);
        planes.failed(new InetSocketAddress(TWO, kubernetes));
        planes.failed(new InetSocketAddress(ONE, 80));

        assertThat(planes.answering()).isEmpty();
        assertThat(sentences()).isEmpty();
    }

    @Test
    void afterTheEndNobodyIsAskedAnyMore() {
        Node node = tls(ONE);
        ControlPlanes planes = started(planes(Duration.ofMillis(10), ONE));
        soon().until(() -> node.accepted() > 3);
        planes.close();

        soon().until(() -> Thread.getAllStackTraces().keySet().stream().noneMatch(thread -> thread.getName().equals("control-planes")));
        assertThat(sentences()).noneMatch(sentence -> sentence.contains("no longer") || sentence.contains("could not be asked"));
    }

    private void assertReason(ControlPlanes planes, String reason, Node node) {
        soon().until(() -> sentences().stream().anyMatch(sentence -> sentence.endsWith(kubernetes + ": " + reason)));
        node.close();
        soon().until(() -> planes.healthy(kubernetes).isEmpty());
    }

    /** Answers the first hello as TLS does, and the later ones otherwise. */
    private static Node.Behaviour oncePolite(Node.Behaviour later) {
        boolean[] met = new boolean[1];
        return connection -> {
            if (!met[0]) {
                met[0] = true;
                connection.getOutputStream().write(new byte[] {22, 3, 3, 0, 1, 2});
                Node.beSilent(connection);
            } else {
                later.live(connection);
            }
        };
    }

    private ControlPlanes planes(String... fixed) {
        return planes(INTERVAL, fixed);
    }

    private ControlPlanes planes(Duration interval, String... fixed) {
        ControlPlanes planes = new ControlPlanes(List.of(fixed), kubernetes, talos, interval, Duration.ofSeconds(1));
        open.add(planes);
        return planes;
    }

    private static ControlPlanes started(ControlPlanes planes) {
        planes.start();
        return planes;
    }

    private Node tls(String address) {
        Node node = Node.tls(new InetSocketAddress(address, kubernetes), Node::beSilent);
        open.add(node);
        return node;
    }

    private Node node(String address, Node.Behaviour behaviour) {
        Node node = Node.at(new InetSocketAddress(address, kubernetes), behaviour);
        open.add(node);
        return node;
    }

    private void plain(String address) {
        open.add(Node.at(new InetSocketAddress(address, talos), Node::beSilent));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20));
    }

    private List<String> sentences() {
        return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(ControlPlanes.class);
    }
}
