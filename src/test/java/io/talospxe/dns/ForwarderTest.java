package io.talospxe.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ForwarderTest {

    private static final int OUR_PORT = 1;
    /** Half of what it is in earnest. */
    private static final Duration TURN = Duration.ofMillis(500);
    private static final Duration AT_ONCE = Duration.ofMillis(450);
    private static final Function<Message, Message> MUTE = question -> null;
    private static final Function<Message, Message> KNOWING =
        question -> NameServer.answer(question, Rcode.NOERROR, question.getQuestion().getName() + " 300 A 192.0.2.1");

    /** Seconds that have passed for caches; what goes over the network takes its own time. */
    private final AtomicLong skipped = new AtomicLong();
    private final LabSite site = new LabSite("127.0.0.1", 8);
    private final Forwarder forwarder = new Forwarder(site, OUR_PORT, this::now, TURN);
    private final List<NameServer> servers = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (NameServer server : servers) {
            server.close();
        }
    }

    private NameServer server(Function<Message, Message> script) throws IOException {
        NameServer server = new NameServer(script);
        servers.add(server);
        site.forwarder("127.0.0.1", server.port());
        return server;
    }

    private long now() {
        return System.nanoTime() + TimeUnit.SECONDS.toNanos(skipped.get());
    }

    /** A port where nobody listens: the kernel says so at once. */
    private void closedPort() throws IOException {
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            site.forwarder("127.0.0.1", free.getLocalPort());
        }
    }

    private Message ask(String name, String type) {
        return ask(Queries.message(name, type));
    }

    private Message ask(Message question) {
        Query query = Query.read(question.toWire(), true).orElseThrow();
        try {
            Answer answer = forwarder.answer(query).toCompletableFuture().get(10, TimeUnit.SECONDS);
            return new Message(answer.to(query, now()).bytes());
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    private static Duration took(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void anAnswerIsKeptForAsLongAsItLivesAndItsTimeRunsDown() throws IOException {
        NameServer server = server(KNOWING);
        assertThat(ask("www.example.com.", "A").getSection(Section.ANSWER)).hasSize(1);
        skipped.set(100);
        Record kept = ask("WWW.example.com.", "A").getSection(Section.ANSWER).get(0);
        assertThat(kept.rdataToString()).isEqualTo("192.0.2.1");
        assertThat(kept.getTTL()).isBetween(195L, 200L);
        assertThat(server.asked()).hasSize(1);
        skipped.set(301);
        assertThat(ask("www.example.com.", "A").getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(300);
        assertThat(server.asked()).hasSize(2);
        assertThat(forwarder.cached()).isEqualTo(1);
    }

    @Test
    void theShortestTimeToLiveOfAChainCounts() throws IOException {
        NameServer server = server(question -> NameServer.answer(question, Rcode.NOERROR, "www.example.com. 300 CNAME w.example.com.",
            "w.example.com. 10 A 192.0.2.1"));
        ask("www.example.com.", "A");
        skipped.set(11);
        ask("www.example.com.", "A");
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void aTimeToLiveOfZeroIsForOnceOnly() throws IOException {
        NameServer server = server(question -> NameServer.answer(question, Rcode.NOERROR, "www.example.com. 0 A 192.0.2.1"));
        ask("www.example.com.", "A");
        ask("www.example.com.", "A");
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void thatANameIsNotThereIsKeptAsLongAsItsZoneSays() throws IOException {
        NameServer server = server(question -> NameServer.answer(question, Rcode.NXDOMAIN,
            "example.com. 3600 SOA ns.example.com. h.example.com. 1 1 1 1 20"));
        assertThat(ask("no.example.com.", "A").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        skipped.set(19);
        Message kept = ask("no.example.com.", "A");
        assertThat(kept.getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(kept.getSection(Section.AUTHORITY)).hasSize(1);
        assertThat(server.asked()).hasSize(1);
        skipped.set(21);
        ask("no.example.com.", "A");
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void withoutTheZonesWordNothingNegativeIsKept() throws IOException {
        NameServer server = server(question -> NameServer.answer(question, Rcode.NXDOMAIN));
        ask("no.example.com.", "A");
        assertThat(ask("no.example.com.", "A").getRcode()).isEqualTo(Rcode.NXDOMAIN);
        assertThat(server.asked()).hasSize(2);
    }

    @Test
    void whoWantsSignaturesIsNotGivenWhatWasFetchedForSomebodyElse() throws IOException {
        NameServer server = server(KNOWING);
        ask("www.example.com.", "A");
        ask(Queries.edns("www.example.com.", "A", 1232, true));
        ask(Queries.edns("www.example.com.", "A", 1232, true));
        Message unchecked = Queries.message("www.example.com.", "A");
        unchecked.getHeader().setFlag(Flags.CD);
        ask(unchecked);
        assertThat(server.asked()).hasSize(3);
        assertThat(server.asked().get(0).getOPT().getFlags() & ExtendedFlags.DO).isZero();
        assertThat(server.asked().get(1).getOPT().getFlags() & ExtendedFlags.DO).isNotZero();
        assertThat(server.asked().get(2).getHeader().getFlag(Flags.CD)).isTrue();
    }

    @Test
    void anAnswerTooLongForADatagramIsFetchedOverTcp() throws IOException {
        String text = "\"" + "x".repeat(250) + "\"";
        NameServer server = server(question -> NameServer.answer(question, Rcode.NOERROR,
            "big.example.com. 300 TXT " + String.join(" ", text, text, text, text, text, text)));
        assertThat(ask("big.example.com.", "TXT").getSection(Section.ANSWER).get(0).rdataToString()).hasSizeGreaterThan(1500);
        assertThat(server.askedOverTcp()).hasSize(1);
    }

    @Test
    void identicalQuestionsAtOneTimeAreAskedOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(1);
        NameServer server = server(question -> {
            try {
                all.await();
            } catch (InterruptedException ended) {
                return null;
            }
            return KNOWING.apply(question);
        });
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            answers.add(forwarder.answer(Queries.of("www.example.com.", "A")).toCompletableFuture());
        }
        all.countDown();
        for (CompletableFuture<Answer> answer : answers) {
            assertThat(answer.get(5, TimeUnit.SECONDS).rcode()).isEqualTo(Rcode.NOERROR);
        }
        assertThat(server.asked()).hasSize(1);
    }

    @Test
    void aForwarderThatCannotBeReachedCostsNoTime() throws IOException {
        closedPort();
        server(KNOWING);
        assertThat(took(() -> assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR))).isLessThan(AT_ONCE);
    }

    @Test
    void aForwarderThatKeepsSilentCostsASecondOnce() throws IOException {
        NameServer mute = server(MUTE);
        NameServer knowing = server(KNOWING);
        assertThat(took(() -> assertThat(ask("one.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR)))
            .isBetween(TURN, TURN.multipliedBy(3));
        for (int i = 0; i < 20; i++) {
            String name = "n" + i + ".example.com.";
            skipped.addAndGet(1);
            assertThat(took(() -> ask(name, "A"))).isLessThan(AT_ONCE);
        }
        assertThat(knowing.asked()).hasSize(21);
        assertThat(mute.asked()).as("it is tried beside the other from time to time").hasSizeBetween(5, 12);
    }

    @Test
    void aForwarderThatFailsOrRefusesIsFollowedByTheNext() throws IOException {
        server(question -> NameServer.answer(question, Rcode.SERVFAIL));
        server(question -> NameServer.answer(question, Rcode.REFUSED));
        server(KNOWING);
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void ifNoneKnowsBetterTheAskerHearsWhatTheySay() throws IOException {
        NameServer server = server(question -> NameServer.answer(question, Rcode.REFUSED));
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.REFUSED);
        ask("www.example.com.", "A");
        assertThat(server.asked()).as("a failure is not kept").hasSize(2);
    }

    @Test
    void aForwarderThatUnderstandsNoEdnsIsAskedWithout() throws IOException {
        NameServer server = server(question -> question.getOPT() == null ? KNOWING.apply(question) : NameServer.answer(question,
            Rcode.FORMERR));
        assertThat(ask("one.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(ask("two.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(server.asked()).hasSize(3);
    }

    @Test
    void ifAllAreSilentItIsSaidAfterFourTurnsAndThenAtOnce() throws IOException {
        server(MUTE);
        assertThat(took(() -> assertThat(ask("one.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL)))
            .isBetween(TURN.multipliedBy(4), TURN.multipliedBy(6));
        CompletableFuture.allOf(forwarder.answer(Queries.of("two.example.com.", "A")).toCompletableFuture(),
            forwarder.answer(Queries.of("three.example.com.", "A")).toCompletableFuture()).join();
        skipped.addAndGet(2);
        assertThat(took(() -> assertThat(ask("trial.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL)))
            .isLessThan(TURN.multipliedBy(2));
        assertThat(took(() -> assertThat(ask("four.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL))).isLessThan(AT_ONCE);
    }

    @Test
    void aForwarderThatComesBackIsBelievedSoon() throws IOException {
        boolean[] awake = new boolean[1];
        server(question -> awake[0] ? KNOWING.apply(question) : null);
        CompletableFuture.allOf(forwarder.answer(Queries.of("one.example.com.", "A")).toCompletableFuture(),
            forwarder.answer(Queries.of("two.example.com.", "A")).toCompletableFuture(),
            forwarder.answer(Queries.of("three.example.com.", "A")).toCompletableFuture()).join();
        assertThat(ask("four.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL);
        awake[0] = true;
        skipped.addAndGet(2);
        assertThat(ask("five.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(ask("six.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void aSlowAnswerIsWaitedForWhileTheQuestionIsRepeated() throws IOException {
        long begin = System.nanoTime();
        NameServer slow = server(question -> System.nanoTime() - begin > Duration.ofMillis(900).toNanos() ? KNOWING.apply(question) : null);
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(slow.asked()).hasSize(3);
    }

    @Test
    void weNeverAskOurselves() {
        site.forwarder("127.0.0.1", OUR_PORT);
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void withoutForwardersTheAnswerIsAFailureAtOnce() {
        assertThat(took(() -> assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL))).isLessThan(AT_ONCE);
    }

    @Test
    void forwardersMayChangeWhileWeRun() throws IOException {
        server(question -> NameServer.answer(question, Rcode.REFUSED));
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.REFUSED);
        site.forwarders().clear();
        server(KNOWING);
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void whoWantsNobodyToBeAskedGetsWhatIsKnown() throws IOException {
        NameServer server = server(KNOWING);
        Message question = Queries.message("www.example.com.", "A");
        question.getHeader().unsetFlag(Flags.RD);
        assertThat(ask(question).getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(server.asked()).isEmpty();
        ask("www.example.com.", "A");
        assertThat(ask(question).getSection(Section.ANSWER)).hasSize(1);
    }

    @Test
    void whatIsNotAnAnswerToTheQuestionIsNotBelieved() throws IOException {
        server(question -> NameServer.answer(Queries.message("evil.example.com.", "A"), Rcode.NOERROR,
            "evil.example.com. 300 A 192.0.2.66"));
        assertThat(ask("www.example.com.", "A").getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void asManyAsAreWaitingAlreadyAreEnough() throws IOException {
        server(MUTE);
        List<CompletableFuture<Answer>> waiting = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            waiting.add(forwarder.answer(Queries.of("n" + i % 10 + ".example.com.", "A")).toCompletableFuture());
        }
        CompletableFuture<Answer> tooMany = forwarder.answer(Queries.of("one.more.example.com.", "A")).toCompletableFuture();
        assertThat(tooMany).isCompletedWithValueMatching(answer -> answer.rcode() == Rcode.SERVFAIL);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void recordsOfUnknownTypesPassThrough() throws IOException {
        server(question -> NameServer.answer(question, Rcode.NOERROR, "www.example.com. 300 TYPE65400 \\# 3 010203"));
        Record found = ask("www.example.com.", "TYPE65400").getSection(Section.ANSWER).get(0);
        assertThat(found.getType()).isEqualTo(65_400);
        assertThat(found.rdataToWireCanonical()).containsExactly(1, 2, 3);
        assertThat(Type.string(found.getType())).isEqualTo("TYPE65400");
    }
}
