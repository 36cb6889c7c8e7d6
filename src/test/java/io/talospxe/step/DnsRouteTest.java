package io.talospxe.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.talospxe.dns.LabSite;
import io.talospxe.dns.NameServer;
import io.talospxe.dns.Queries;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** The shipped {@code dns.yaml} on free loopback ports, asked over real sockets. */
class DnsRouteTest {

    private final LabSite site = new LabSite("127.0.0.1", 8).leasing("127.0.0.1", 8).host("node1", "127.0.0.101")
        .controlPlane("10.77.0.11").controlPlane("10.77.0.12");
    private DnsServer server;
    private DnsClient client;
    private NameServer forwarder;

    private void serve(Map<String, String> settings) throws Exception {
        server = new DnsServer(site, settings);
        client = new DnsClient(server.port());
    }

    private void serve() throws Exception {
        serve(Map.of());
    }

    /** Others' names: a short one and a long one, one that nobody answers, and none else. */
    private void forward() throws IOException {
        forwarder = new NameServer(question -> switch (question.getQuestion().getName().toString()) {
            case "www.example.com." -> NameServer.answer(question, Rcode.NOERROR, "www.example.com. 300 A 192.0.2.1");
            case "big.example.com." -> NameServer.answer(question, Rcode.NOERROR, "big.example.com. 300 TXT"
                + (" \"" + "x".repeat(250) + "\"").repeat(8));
            case "no.example.com." -> NameServer.answer(question, Rcode.NXDOMAIN,
                "example.com. 300 SOA ns.example.com. h.example.com. 1 1 1 1 300");
            default -> null;
        });
        site.forwarder("127.0.0.1", forwarder.port());
    }

    @AfterEach
    void close() throws IOException {
        if (client != null) {
            client.close();
            server.close();
        }
        if (forwarder != null) {
            forwarder.close();
        }
    }

    @ParameterizedTest(name = "{0} {1} over both: {2} {3}")
    @CsvSource({
        "node1.talos.,             A,    NOERROR,  127.0.0.101",
        "node1.talos.,             AAAA, NOERROR,  ''",
        "controlplane.talos.,      A,    NOERROR,  127.0.0.1",
        "controlplane.talos.,      AAAA, NOERROR,  ''",
        "talos-pxe.talos.,         A,    NOERROR,  127.0.0.1",
        "nobody.talos.,            A,    NXDOMAIN, ''",
        "101.0.0.127.in-addr.arpa., PTR, NOERROR,  node1.talos.",
        "9.0.0.127.in-addr.arpa.,  PTR,  NXDOMAIN, ''",
        "11.0.77.10.in-addr.arpa., PTR,  NOERROR,  controlplane.talos.",
        "www.example.com.,         A,    NOERROR,  192.0.2.1",
        "no.example.com.,          A,    NXDOMAIN, ''",
        "www.example.com.,         ANY,  NOERROR,  '\"RFC8482\" \"\"'",
        "talos.,                   AXFR, REFUSED,  ''",
    })
    void aNameIsAnsweredTheSameOverUdpAndTcp(String name, String type, String rcode, String data) throws Exception {
        forward();
        serve();
        for (Message answer : List.of(client.ask(Queries.message(name, type)), client.askOverTcp(Queries.message(name, type)))) {
            assertThat(Rcode.string(answer.getRcode())).isEqualTo(rcode);
            assertThat(answer.getSection(Section.ANSWER).stream().map(record -> record.rdataToString()))
                .isEqualTo(data.isEmpty() ? List.of() : List.of(data));
            assertThat(answer.getHeader().getFlag(Flags.AA)).isEqualTo(name.endsWith("talos.")
                && !type.equals("AXFR") || name.endsWith("arpa."));
        }
    }

    @Test
    void theControlPlaneIsItsMachinesIfTheSettingSaysSo() throws Exception {
        serve(Map.of("pxe.controlplane.answer", "nodes", "pxe.controlplane", "api.example.com"));
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            Message answer = client.askOverTcp(Queries.message("api.example.com.", "A"));
            assertThat(answer.getSection(Section.ANSWER)).hasSize(2);
            first.add(answer.getSection(Section.ANSWER).get(0).rdataToString());
        }
        assertThat(first).as("neither is always the first").containsExactlyInAnyOrder("10.77.0.11", "10.77.0.12");
    }

    @Test
    void aControlPlaneWithoutMachinesHasItsNameAllTheSame() throws Exception {
        site.controlPlanes().clear();
        serve(Map.of("pxe.controlplane.answer", "nodes"));
        Message answer = client.ask(Queries.message("controlplane.talos.", "A"));
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).isEmpty();
        assertThat(answer.getSection(Section.AUTHORITY)).hasSize(1);
    }

    @Test
    void aMistakeInARouteIsOursToSay() throws Exception {
        for (int i = 0; i < 10; i++) {
            site.controlPlane("10.77.1." + i);
        }
        serve(Map.of("pxe.controlplane.answer", "nodes"));
        assertThat(client.ask(Queries.message("controlplane.talos.", "A")).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(client.ask(Queries.message("node1.talos.", "A")).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void aRepeatedQuestionDoesNotComeToTheRouteButAfterASecondItDoes() throws Exception {
        serve(Map.of("pxe.controlplane.answer", "nodes"));
        Message question = Queries.message("controlplane.talos.", "A");
        for (int i = 0; i < 200; i++) {
            question.getHeader().setID(i);
            assertThat(client.ask(question).getSection(Section.ANSWER)).hasSize(2);
        }
        assertThat(server.controlPlaneLookups()).isBetween(1, 10);
        int before = server.controlPlaneLookups();
        site.controlPlanes().remove(LabSite.ip("10.77.0.11"));
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> client.ask(question).getSection(Section.ANSWER).size() == 1);
        assertThat(server.controlPlaneLookups()).isGreaterThan(before);
    }

    @Test
    void aRepeatedQuestionIsAnsweredWithWhatIsLeftOfTheTimeToLive() throws Exception {
        forward();
        serve();
        assertThat(client.ask(Queries.message("www.example.com.", "A")).getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(300);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(
            () -> client.ask(Queries.message("www.example.com.", "A")).getSection(Section.ANSWER).get(0).getTTL() == 298);
        assertThat(forwarder.asked()).hasSize(1);
    }

    @Test
    void whatIsTooLongForADatagramIsTruncatedAndWholeOverTcp() throws Exception {
        forward();
        serve();
        for (int round = 0; round < 2; round++) {
            Message cut = client.ask(Queries.edns("big.example.com.", "TXT", 4096, false));
            assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
            assertThat(cut.getSection(Section.ANSWER)).isEmpty();
            assertThat(cut.getOPT().getPayloadSize()).isEqualTo(1232);
            assertThat(client.askOverTcp(Queries.message("big.example.com.", "TXT")).getSection(Section.ANSWER).get(0).rdataToString())
                .hasSizeGreaterThan(2000);
        }
    }

    @Test
    void ednsOfTheFutureAndOtherOpcodesAreRefusedByTheirOwnCodes() throws Exception {
        serve();
        Message future = Queries.message("node1.talos.", "A");
        future.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
        assertThat(client.ask(future).getRcode()).isEqualTo(Rcode.BADVERS);
        Message update = Queries.message("talos.", "SOA");
        update.getHeader().setOpcode(Opcode.UPDATE);
        assertThat(client.ask(update).getRcode()).isEqualTo(Rcode.NOTIMP);
    }

    @Test
    void aForwarderThatKeepsSilentHoldsUpNobodyElse() throws Exception {
        forward();
        serve();
        client.ask(Queries.message("node1.talos.", "A"));
        for (int i = 0; i < 200; i++) {
            client.send(Queries.message("n" + i + ".example.org.", "A").toWire());
        }
        long begin = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThat(client.ask(Queries.message("n" + i + ".talos.", "A")).getRcode()).isEqualTo(Rcode.NXDOMAIN);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(3000));
    }

    @Test
    void tenThousandRandomDatagramsDoNoHarm() throws Exception {
        serve();
        RandomDatagrams.send(InetAddress.getLoopbackAddress(), server.port(), 10_000);
        try (DnsClient other = new DnsClient(server.port())) {
            assertThat(other.ask(Queries.message("node1.talos.", "A")).getSection(Section.ANSWER)).hasSize(1);
            assertThat(other.askOverTcp(Queries.message("node1.talos.", "A")).getSection(Section.ANSWER)).hasSize(1);
        }
    }

    @Test
    void oneConnectionMayAskAThousandQuestionsWithoutWaiting() throws Exception {
        forward();
        serve();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(all);
        Set<Integer> ids = new HashSet<>();
        for (int id = 0; id < 1000; id++) {
            Message question = Queries.message(id % 3 == 0 ? "www.example.com." : "n" + id + ".talos.", "A");
            question.getHeader().setID(id);
            ids.add(id);
            out.writeShort(question.toWire().length);
            out.write(question.toWire());
        }
        try (Socket connection = client.connect()) {
            connection.getOutputStream().write(all.toByteArray());
            for (int i = 0; i < 1000; i++) {
                ids.remove(DnsClient.read(connection).getHeader().getID());
            }
        }
        assertThat(ids).isEmpty();
    }

    @Test
    void aMessageInPiecesIsStillAMessage() throws Exception {
        serve();
        byte[] question = Queries.message("node1.talos.", "A").toWire();
        try (Socket connection = client.connect()) {
            connection.setTcpNoDelay(true);
            connection.getOutputStream().write(new byte[] {0});
            connection.getOutputStream().flush();
            connection.getOutputStream().write(new byte[] {(byte) question.length, question[0]});
            connection.getOutputStream().flush();
            connection.getOutputStream().write(question, 1, question.length - 1);
            assertThat(DnsClient.read(connection).getSection(Section.ANSWER)).hasSize(1);
        }
    }

    @Test
    void aConnectionThatBringsNoQuestionIsClosed() throws Exception {
        serve();
        for (byte[] junk : List.of(new byte[] {0, 0}, new byte[] {0, 3, 1, 2, 3})) {
            try (Socket connection = client.connect()) {
                connection.getOutputStream().write(junk);
                assertThat(connection.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void connectionsAreBoundedAndGivenBack() throws Exception {
        serve();
        List<Socket> open = new ArrayList<>();
        try {
            for (int i = 0; i < DnsConnection.CONNECTIONS; i++) {
                open.add(client.connect());
            }
            DnsClient.write(open.get(DnsConnection.CONNECTIONS - 1), Queries.message("node1.talos.", "A").toWire());
            assertThat(DnsClient.read(open.get(DnsConnection.CONNECTIONS - 1)).getSection(Section.ANSWER)).hasSize(1);
            try (Socket tooMany = client.connect()) {
                assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
            }
        } finally {
            for (Socket connection : open) {
                connection.close();
            }
        }
        Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(
            () -> assertThatCode(() -> client.askOverTcp(Queries.message("node1.talos.", "A"))).doesNotThrowAnyException());
    }

    @Test
    void aConnectionWithoutAWholeMessageIsClosedAfterSomeSeconds() throws Exception {
        serve();
        try (Socket connection = client.connect()) {
            connection.getOutputStream().write(new byte[] {0, 40, 1});
            long begin = System.nanoTime();
            assertThat(connection.getInputStream().read()).isEqualTo(-1);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofSeconds(DnsServer.IDLE_SECONDS - 1),
                Duration.ofSeconds(DnsServer.IDLE_SECONDS + 4));
        }
    }
}
