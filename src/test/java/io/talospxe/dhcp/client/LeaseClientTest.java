package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.talospxe.dhcp.client.LeaseClient.State;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.ip.Ipv4;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** RFC 2131, section 4.4, in virtual time, with answers written by hand: what a server should say, and what it should not. */
class LeaseClientTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PACE = Duration.ofSeconds(60);
    private static final String SERVER = "10.1.2.1";
    private static final String OTHER = "10.1.2.2";
    private static final String ADDRESS = "10.1.2.50";
    private static final String DISCOVER = "DISCOVER to 255.255.255.255";
    private static final String SELECT = "REQUEST wish 10.1.2.50 server 10.1.2.1 to 255.255.255.255";
    private static final String RENEW = "REQUEST ciaddr 10.1.2.50 to 10.1.2.1";
    private static final String REBIND = "REQUEST ciaddr 10.1.2.50 to 255.255.255.255";

    private final ClientRun run = new ClientRun(PATIENCE, PACE, 1);
    private final LeaseClient client = run.client;
    private final Logger logger = (Logger) LoggerFactory.getLogger(LeaseClient.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
        logger.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(log);
        logger.setAdditive(true);
    }

    /** Section 3.1, steps 1 to 4; section 4.4.1, table 5. */
    @Test
    void anOfferIsTakenAndItsAcknowledgementIsALease() {
        client.start();
        DhcpMessage discover = run.lastMessage();
        assertThat(client.state()).isEqualTo(State.SELECTING);
        run.until(1.6);
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        DhcpMessage request = run.lastMessage();
        assertThat(client.state()).isEqualTo(State.REQUESTING);
        run.until(1.7);
        run.receive(lease(MessageType.ACK, SERVER, 120));
        assertThat(client.state()).isEqualTo(State.BOUND);
        assertThat(client.lease()).map(ClientLease::address).contains(Ipv4.parse(ADDRESS));
        assertThat(run.told).containsExactly("1.7 bound 10.1.2.50/24 from 10.1.2.1 for 120 s");
        assertThat(run.sent).extracting(ClientRun.Sent::toString).containsExactly(DISCOVER, DISCOVER, SELECT);
        // Section 3.1, step 3: the transaction and secs of the DISCOVER; section 4.1: we cannot hear unicast yet.
        assertThat(request.xid()).isEqualTo(discover.xid());
        assertThat(request.secs()).isEqualTo(run.sent.get(1).message().secs());
        assertThat(run.sent).allMatch(sent -> sent.message().broadcast());
    }

    /** Section 4.4.1, table 5; RFC 2132, sections 9.8 to 9.14; RFC 3442: 121 before 3. */
    @ParameterizedTest
    @EnumSource(value = MessageType.class, names = {"DISCOVER", "REQUEST"})
    void whatWeAskWithSaysWhoWeAreAndWhatWeWant(MessageType type) {
        client.start();
        if (type == MessageType.REQUEST) {
            run.receive(lease(MessageType.OFFER, SERVER, 120));
        }
        DhcpMessage message = run.lastMessage();
        assertThat(message.type()).contains(type);
        assertThat(message.op()).isEqualTo(DhcpMessage.BOOTREQUEST);
        assertThat(message.htype()).isEqualTo(DhcpMessage.ETHERNET);
        assertThat(message.chaddr()).hasToString("52540000000a");
        assertThat(message.options().get(OptionCode.CLIENT_IDENTIFIER)).contains(Octets.hex("01 52540000000a"));
        assertThat(message.options().get(OptionCode.PARAMETER_REQUEST_LIST)).contains(Octets.hex("01 79 03 06 0f 33 36 3a 3b"));
        assertThat(message.options().number(OptionCode.MAXIMUM_MESSAGE_SIZE)).hasValue(1500);
        assertThat(message.options().text(OptionCode.HOST_NAME)).contains("talos-pxe");
        assertThat(message.options().text(OptionCode.VENDOR_CLASS)).contains("talos-pxe");
    }

    /** Section 4.1: back-off, with fuzz; the times are about 0, 1, 3 and 7 s. */
    @Test
    void discoversBackOffAndThenTheListenerHearsThatNobodyAnswers() {
        client.start();
        run.until(11);
        assertThat(run.sent).extracting(ClientRun.Sent::toString).containsOnly(DISCOVER);
        assertThat(run.sent).hasSize(4);
        assertThat(run.sent.get(0).at()).isZero();
        assertThat(run.sent.get(1).at()).isCloseTo(1, within(0.25));
        assertThat(run.sent.get(2).at()).isCloseTo(3, within(0.75));
        assertThat(run.sent.get(3).at()).isCloseTo(7, within(1.75));
        assertThat(run.sent).extracting(sent -> sent.message().xid()).containsOnly(run.lastMessage().xid());
        assertThat(run.sent).extracting(sent -> sent.message().secs()).containsExactly(0, (int) run.sent.get(1).at(),
            (int) run.sent.get(2).at(), (int) run.sent.get(3).at());
        assertThat(run.told).containsExactly("10.0 unanswered");
    }

    /** Sticks that get power together shall not ask together. */
    @Test
    void clientsThatStartTogetherDoNotMarchInStep() {
        Set<Double> second = new HashSet<>();
        for (int seed = 0; seed < 50; seed++) {
            ClientRun stick = new ClientRun(PATIENCE, PACE, seed);
            stick.client.start();
            stick.until(2);
            second.add(stick.sent.get(1).at());
        }
        assertThat(second).hasSize(50);
    }

    @Test
    void afterItsPatienceTheClientGoesOnSlowlyAndSaysNothingMore() {
        client.start();
        run.until(10.1);
        int before = run.sent.size();
        run.until(310.1);
        List<Double> slow = run.sent.subList(before, run.sent.size()).stream().map(ClientRun.Sent::at).toList();
        assertThat(slow).hasSizeBetween(4, 6);
        for (int i = 1; i < slow.size(); i++) {
            assertThat(slow.get(i) - slow.get(i - 1)).isCloseTo(60, within(15.0));
        }
        assertThat(run.told).containsExactly("10.0 unanswered");
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        run.receive(lease(MessageType.ACK, SERVER, 120));
        assertThat(run.told).hasSize(2).last().asString().contains("bound");
    }

    @Test
    void aPaceOfZeroStopsTheClient() {
        ClientRun impatient = new ClientRun(PATIENCE, Duration.ZERO, 1);
        impatient.client.start();
        impatient.until(3600);
        assertThat(impatient.sent).hasSize(4);
        assertThat(impatient.told).containsExactly("10.0 unanswered");
        assertThat(impatient.client.state()).isEqualTo(State.STOPPED);
        assertThat(impatient.client.deadline()).isEqualTo(Long.MAX_VALUE);
        impatient.receive(lease(MessageType.OFFER, impatient.lastMessage(), SERVER, ADDRESS, 120));
        assertThat(impatient.sent).hasSize(4);
    }

    /** Section 3.1, step 5: four repetitions, then from the beginning. It matters to the role that somebody offered. */
    @Test
    void anOfferThatNobodyConfirmsIsForgotten() {
        client.start();
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        run.until(8.9);
        run.until(30);
        assertThat(run.sent.stream().map(ClientRun.Sent::toString).filter(SELECT::equals)).hasSize(5);
        assertThat(run.sent.subList(1, 6)).extracting(sent -> sent.message().xid()).containsOnly(run.sent.get(0).message().xid());
        assertThat(run.told).hasSize(1).first().asString().endsWith("unanswered, but 10.1.2.1 offered");
        run.until(120);
        assertThat(run.last()).hasToString(DISCOVER);
        assertThat(run.lastMessage().xid()).isNotEqualTo(run.sent.get(0).message().xid());
    }

    /** The server whose offer came to nothing may be broken: another's is taken before it, and its own if there is no other. */
    @ParameterizedTest
    @CsvSource({"true, 10.1.2.2", "false, 10.1.2.1"})
    void afterAFailureAnotherServersOfferIsPreferred(boolean anotherIsThere, String chosen) {
        client.start();
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        run.receive(ServerReply.of(MessageType.NAK, run.lastMessage()).server(SERVER));
        run.until(3);
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        assertThat(client.state()).isEqualTo(State.SELECTING);
        if (anotherIsThere) {
            run.receive(lease(MessageType.OFFER, OTHER, 120));
        } else {
            run.until(3.4);
        }
        assertThat(run.lastMessage().options().address(OptionCode.SERVER_IDENTIFIER)).contains(Ipv4.parse(chosen));
    }

    /** A server that offers and refuses, again and again, must not draw us into a storm. */
    @Test
    void aServerThatOffersAndRefusesIsAskedLessAndLess() {
        client.start();
        for (int tenths = 0; tenths < 6000; tenths++) {
            if (client.state() == State.SELECTING) {
                run.receive(lease(MessageType.OFFER, SERVER, 120));
            } else if (client.state() == State.REQUESTING) {
                run.receive(ServerReply.of(MessageType.NAK, run.lastMessage()).server(SERVER));
            }
            run.until(tenths / 10.0);
        }
        assertThat(run.sent).hasSizeLessThan(40);
        assertThat(run.told).containsExactly("10.0 unanswered, but 10.1.2.1 offered");
    }

    /** Section 4.4.1: "the client collects DHCPOFFER messages over a period of time"; here only if it wants a certain one. */
    @Test
    void theFirstOfTwoOffersIsTakenAndTheOtherPassedOver() {
        client.start();
        DhcpMessage discover = run.lastMessage();
        run.receive(lease(MessageType.OFFER, discover, SERVER, ADDRESS, 120));
        run.receive(lease(MessageType.OFFER, discover, OTHER, "10.1.2.60", 120));
        assertThat(run.sent).extracting(ClientRun.Sent::toString).containsExactly(DISCOVER, SELECT);
    }

    /** Section 4.4.2: nobody confirms the former address, but it may be offered again. Row: what is offered in order, what is taken. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        10.1.2.60, 10.1.2.50, 10.1.2.50
        10.1.2.50, 10.1.2.60, 10.1.2.50
        10.1.2.60, 10.1.2.61, 10.1.2.60
        """)
    void anOfferOfTheFormerAddressIsWaitedForALittle(String first, String second, String taken) {
        client.start(Ipv4.parse(ADDRESS));
        run.until(4);
        assertThat(run.last()).hasToString("DISCOVER wish 10.1.2.50 to 255.255.255.255");
        DhcpMessage discover = run.lastMessage();
        run.receive(lease(MessageType.OFFER, discover, SERVER, first, 120));
        run.until(4.1);
        run.receive(lease(MessageType.OFFER, discover, OTHER, second, 120));
        run.until(4.31);
        assertThat(run.lastMessage().type()).contains(MessageType.REQUEST);
        assertThat(run.lastMessage().options().address(OptionCode.REQUESTED_ADDRESS)).contains(Ipv4.parse(taken));
    }

    /** Section 4.4.2: a requested address, no server identifier, no ciaddr. */
    @Test
    void aFormerAddressIsAskedForAndConfirmed() {
        client.start(Ipv4.parse(ADDRESS));
        assertThat(client.state()).isEqualTo(State.REBOOTING);
        assertThat(run.sent).extracting(ClientRun.Sent::toString).containsExactly("REQUEST wish 10.1.2.50 to 255.255.255.255");
        assertThat(run.lastMessage().broadcast()).isTrue();
        run.receive(ServerReply.lease(MessageType.ACK, run.lastMessage(), SERVER, "10.1.2.51", 120));
        assertThat(client.state()).as("another address was acknowledged").isEqualTo(State.REBOOTING);
        run.receive(lease(MessageType.ACK, SERVER, 120));
        assertThat(run.told).containsExactly("0.0 bound 10.1.2.50/24 from 10.1.2.1 for 120 s");
    }

    @Test
    void aFormerAddressThatIsRefusedIsNotWishedForAgain() {
        client.start(Ipv4.parse(ADDRESS));
        run.receive(ServerReply.of(MessageType.NAK, run.lastMessage()).server(SERVER));
        assertThat(run.sent).extracting(ClientRun.Sent::toString).last().isEqualTo(DISCOVER);
        assertThat(run.told).isEmpty();
    }

    @Test
    void patienceCountsFromTheFirstDiscover() {
        client.start(Ipv4.parse(ADDRESS));
        run.until(60);
        assertThat(run.sent).extracting(ClientRun.Sent::toString).startsWith("REQUEST wish 10.1.2.50 to 255.255.255.255",
            "REQUEST wish 10.1.2.50 to 255.255.255.255", "DISCOVER wish 10.1.2.50 to 255.255.255.255");
        assertThat(run.told).hasSize(1);
        assertThat(Double.parseDouble(run.told.get(0).split(" ")[0])).isCloseTo(run.sent.get(2).at() + 10, within(0.1));
    }

    /** Section 4.4.5: to the server at T1, at half of what remains then, to everyone at T2; secs begin anew, transactions differ. */
    @Test
    void aLeaseIsRenewedThenReboundThenLost() {
        bind(120);
        run.until(119.9);
        List<ClientRun.Sent> renewal = run.sent.subList(2, run.sent.size());
        List<ClientRun.Sent> unicast = renewal.stream().filter(sent -> sent.toString().equals(RENEW)).toList();
        List<ClientRun.Sent> broadcast = renewal.stream().filter(sent -> sent.toString().equals(REBIND)).toList();
        assertThat(unicast.size() + broadcast.size()).isEqualTo(renewal.size());
        assertThat(unicast).hasSizeBetween(3, 5);
        assertThat(broadcast).hasSizeBetween(2, 4);
        assertThat(unicast.get(0).at()).isBetween(57.0, 60.0);
        assertThat(unicast.get(1).at() - unicast.get(0).at()).isBetween(20.0, 24.0);
        assertThat(broadcast.get(0).at()).isBetween(99.75, 105.0);
        assertThat(renewal).extracting(ClientRun.Sent::at).isSorted();
        assertThat(renewal).extracting(sent -> sent.message().xid()).doesNotHaveDuplicates();
        assertThat(renewal).noneMatch(sent -> sent.message().broadcast());
        assertThat(renewal.get(0).message().secs()).isZero();
        assertThat(renewal.get(1).message().secs()).isBetween(20, 24);
        assertThat(client.state()).isEqualTo(State.REBINDING);
        run.until(120);
        assertThat(run.told).last()
            .isEqualTo("120.0 lost 10.1.2.50: its time is over, and neither 10.1.2.1 nor another server renewed it");
        assertThat(run.last()).hasToString("DISCOVER wish 10.1.2.50 to 255.255.255.255");
        assertThat(client.lease()).isEmpty();
        run.until(131);
        assertThat(run.told).last().isEqualTo("130.0 unanswered");
    }

    /** Section 4.4.5: "a minimum of 60 seconds", where the lease has so many. Row: lease, shortest wait between two tries. */
    @ParameterizedTest
    @CsvSource({"10, 1", "120, 6", "600, 30", "1200, 60", "86400, 60"})
    void triesAtRenewalAreNotTooClose(long lease, double shortest) {
        bind(lease);
        run.until(lease - 0.001);
        List<ClientRun.Sent> unicast = run.sent.stream().filter(sent -> sent.toString().equals(RENEW)).toList();
        assertThat(unicast).hasSizeGreaterThan(1);
        double closest = IntStream.range(1, unicast.size()).mapToDouble(i -> unicast.get(i).at() - unicast.get(i - 1).at()).min()
            .getAsDouble();
        assertThat(closest).isBetween(shortest - 1e-6, 2 * shortest);
    }

    /** Section 4.4.5: a lease counts from the REQUEST that brought it, not from the ACK. */
    @Test
    void aRenewedLeaseCountsFromItsRequest() {
        bind(120);
        run.until(60);
        assertThat(client.state()).isEqualTo(State.RENEWING);
        double asked = run.last().at();
        run.until(asked + 5);
        run.receive(lease(MessageType.ACK, SERVER, 120));
        assertThat(run.told).last().asString().endsWith("renewed 10.1.2.50/24 from 10.1.2.1 for 120 s");
        run.until(asked + 119.9);
        assertThat(client.lease()).isPresent();
        run.until(asked + 120.1);
        assertThat(client.lease()).isEmpty();
    }

    /** Section 4.4.1: the ACK does not say which of several equal REQUESTs it answers; the first is the safe one. */
    @Test
    void aNewLeaseCountsFromTheFirstOfItsRequests() {
        client.start();
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        run.until(5);
        run.receive(lease(MessageType.ACK, SERVER, 120));
        assertThat(run.sent).hasSize(4);
        run.until(119.9);
        assertThat(client.lease()).isPresent();
        run.until(120);
        assertThat(client.lease()).isEmpty();
    }

    /** An offer that came at the last moment is taken when patience ends, and nobody hears that there was none. */
    @Test
    void anOfferThatWaitsForABetterOneIsNotGivenUp() {
        client.start(Ipv4.parse(ADDRESS));
        run.until(4);
        double patienceEnds = run.sent.get(2).at() + PATIENCE.toSeconds();
        run.until(patienceEnds - 0.1);
        run.receive(ServerReply.lease(MessageType.OFFER, run.lastMessage(), SERVER, "10.1.2.60", 120));
        run.until(patienceEnds + 0.01);
        assertThat(run.last()).hasToString("REQUEST wish 10.1.2.60 server 10.1.2.1 to 255.255.255.255");
        assertThat(run.told).isEmpty();
    }

    @Test
    void aRenewalSaysWhatChanged() {
        bind(120);
        run.until(60);
        run.receive(lease(MessageType.ACK, SERVER, 120).addresses(OptionCode.ROUTERS, "10.1.2.9"));
        assertThat(run.told).last().asString().contains("changed");
        run.until(125);
        assertThat(client.state()).isEqualTo(State.RENEWING);
        run.receive(lease(MessageType.ACK, SERVER, 3600).addresses(OptionCode.ROUTERS, "10.1.2.9"));
        assertThat(run.told).last().asString().endsWith("renewed 10.1.2.50/24 from 10.1.2.1 for 3600 s");
    }

    @Test
    void anotherServerMayRebindUs() {
        bind(120);
        run.until(106);
        assertThat(client.state()).isEqualTo(State.REBINDING);
        run.receive(lease(MessageType.ACK, OTHER, 120));
        run.until(106 + 60);
        assertThat(run.last()).hasToString("REQUEST ciaddr 10.1.2.50 to 10.1.2.2");
    }

    /** Section 3.3. */
    @Test
    void aLeaseWithoutEndIsNeverRenewed() {
        bind(0xffff_ffffL);
        assertThat(client.deadline()).isEqualTo(Long.MAX_VALUE);
        run.until(1e9);
        client.expire();
        assertThat(run.sent).hasSize(2);
        assertThat(client.state()).isEqualTo(State.BOUND);
    }

    /** The longest lease that has an end: 136 years of nanoseconds still fit. */
    @Test
    void theLongestLeaseIsRenewedAtHalfOfItsTime() {
        bind(0xffff_fffeL);
        run.until(0xffff_fffeL / 2.0);
        assertThat(run.sent.get(2).at()).isBetween(0xffff_fffeL * 0.47, 0xffff_fffeL * 0.5);
    }

    @ParameterizedTest
    @CsvSource({"60, RENEWING", "106, REBINDING"})
    void aRefusedRenewalLosesTheAddressAtOnce(int at, State state) {
        bind(120);
        run.until(at);
        assertThat(client.state()).isEqualTo(state);
        // The address has to go before the next message may leave.
        List<Integer> sentWhenTold = new ArrayList<>();
        int before = run.sent.size();
        run.whenTold = () -> sentWhenTold.add(run.sent.size());
        run.receive(ServerReply.of(MessageType.NAK, run.lastMessage()).server(SERVER).text(OptionCode.MESSAGE, "gone\nINFO all is well"));
        assertThat(run.told).last().isEqualTo(at + ".0 lost 10.1.2.50: 10.1.2.1 refused to renew it: gone?INFO all is well");
        assertThat(client.lease()).isEmpty();
        run.until(at + 0.1);
        assertThat(sentWhenTold).containsExactly(before);
        assertThat(run.last()).hasToString(DISCOVER);
    }

    /** Section 4.4.6; table 5: neither requested address nor parameter list nor message size. */
    @Test
    void aLeaseIsGivenBackToItsServer() {
        bind(120);
        client.release();
        assertThat(run.last()).hasToString("RELEASE server 10.1.2.1 ciaddr 10.1.2.50 to 10.1.2.1");
        assertThat(run.lastMessage().options().byNumber().keySet()).containsExactly(53, 61, 54, 56);
        assertThat(run.lastMessage().broadcast()).isFalse();
        assertThat(client.state()).isEqualTo(State.STOPPED);
        assertThat(client.lease()).isEmpty();
        run.until(1000);
        client.release();
        assertThat(run.sent).hasSize(3);
        assertThat(run.told).hasSize(1);
    }

    @Test
    void withoutALeaseNothingIsGivenBack() {
        client.release();
        client.start();
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        client.release();
        run.receive(lease(MessageType.ACK, SERVER, 120));
        run.until(100);
        assertThat(run.sent).extracting(ClientRun.Sent::toString).containsExactly(DISCOVER, SELECT);
        assertThat(run.told).isEmpty();
    }

    /** The listener is told last in a call: whatever it calls then finds the client in order. */
    @Test
    void theListenerMayCallBack() {
        run.whenTold = client::stop;
        client.start();
        run.until(100);
        assertThat(client.state()).isEqualTo(State.STOPPED);
        run.whenTold = client::release;
        bind(120);
        assertThat(run.last()).hasToString("RELEASE server 10.1.2.1 ciaddr 10.1.2.50 to 10.1.2.1");
        run.whenTold = () -> { };
        bind(120);
        run.whenTold = client::start;
        run.until(run.seconds() + 120);
        assertThat(run.told).last().asString().contains("lost");
        assertThat(run.last()).hasToString(DISCOVER);
    }

    @Test
    void aStartForgetsWhatWas() {
        bind(120);
        client.start();
        assertThat(client.lease()).isEmpty();
        run.until(run.seconds() + 10);
        assertThat(run.told).last().asString().endsWith("unanswered");
    }

    @Test
    void anExpiryBeforeItsTimeDoesNothing() {
        client.expire();
        client.start();
        client.expire();
        assertThat(run.sent).hasSize(1);
    }

    /** Section 4.4.1: what is not the answer to our question. Each is tried in each state that waits for one. */
    @Test
    void answersToOtherQuestionsArePassedOver() {
        client.start();
        assertPassedOver(MessageType.OFFER);
        assertIgnored(lease(MessageType.ACK, SERVER, 120).build());
        assertIgnored(ServerReply.of(MessageType.NAK, run.lastMessage()).server(SERVER).build());
        run.receive(lease(MessageType.OFFER, SERVER, 120));
        assertPassedOver(MessageType.ACK);
        run.receive(lease(MessageType.ACK, SERVER, 120));
        assertIgnored(lease(MessageType.ACK, SERVER, 120).build());
        assertIgnored(ServerReply.of(MessageType.NAK, run.lastMessage()).server(SERVER).build());
        run.until(60);
        assertThat(client.state()).isEqualTo(State.RENEWING);
        assertPassedOver(MessageType.ACK);
        assertThat(client.state()).isEqualTo(State.RENEWING);
    }

    private void assertPassedOver(MessageType type) {
        DhcpMessage good = lease(type, SERVER, 120).build();
        assertIgnored(with(good, DhcpMessage.BOOTREQUEST, good.xid(), "52540000000a"));
        assertIgnored(with(good, DhcpMessage.BOOTREPLY, good.xid() + 1, "52540000000a"));
        assertIgnored(with(good, DhcpMessage.BOOTREPLY, good.xid(), "52540000000b"));
        assertIgnored(with(good, DhcpMessage.BOOTREPLY, good.xid(), "52540000000a00"));
        assertIgnored(ServerReply.of(type, run.lastMessage()).server(SERVER).yiaddr(ADDRESS).build());
        assertIgnored(ServerReply.of(type, run.lastMessage()).server(SERVER).leaseTime(120).build());
        assertIgnored(ServerReply.of(type, run.lastMessage()).yiaddr(ADDRESS).leaseTime(120).build());
        assertIgnored(DhcpMessage.replyTo(run.lastMessage()).withYiaddr(Ipv4.parse(ADDRESS)));
        if (type == MessageType.ACK) {
            assertIgnored(ServerReply.lease(type, run.lastMessage(), SERVER, "10.1.2.51", 120).build());
            assertIgnored(lease(type, OTHER, 120).build());
            assertIgnored(lease(MessageType.OFFER, SERVER, 120).build());
            assertIgnored(ServerReply.of(MessageType.NAK, run.lastMessage()).server(OTHER).build());
            assertIgnored(ServerReply.of(MessageType.NAK, run.lastMessage()).build());
        }
    }

    private void assertIgnored(DhcpMessage message) {
        State before = client.state();
        int told = run.told.size();
        int sent = run.sent.size();
        client.receive(message);
        assertThat(client.state()).isEqualTo(before);
        assertThat(run.told).hasSize(told);
        assertThat(run.sent).hasSize(sent);
    }

    /** One line for each transaction: a flood of them says no more than the first. */
    @Test
    void anUnusableAnswerIsNamedOnce() {
        client.start();
        for (int i = 0; i < 100; i++) {
            run.receive(ServerReply.of(MessageType.OFFER, run.lastMessage()).server(SERVER).yiaddr(ADDRESS));
        }
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
            .containsExactly("The DHCPOFFER of 10.1.2.1 does not say how long the lease lasts (option 51). It is not used.");
    }

    /** If the owner sleeps through T1 and T2, or through everything, what is due then is done. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        80,  RENEWING,  REQUEST ciaddr 10.1.2.50 to 10.1.2.1
        110, REBINDING, REQUEST ciaddr 10.1.2.50 to 255.255.255.255
        500, INIT,      REQUEST wish 10.1.2.50 server 10.1.2.1 to 255.255.255.255
        """)
    void aLateOwnerFindsTheRightState(int seconds, State state, String sent) {
        bind(120);
        run.sleepUntil(seconds);
        client.expire();
        assertThat(client.state()).isEqualTo(state);
        assertThat(run.last()).hasToString(sent);
    }

    private void bind(long seconds) {
        client.start();
        run.receive(lease(MessageType.OFFER, SERVER, seconds));
        run.receive(lease(MessageType.ACK, SERVER, seconds));
    }

    private ServerReply lease(MessageType type, String server, long seconds) {
        return lease(type, run.lastMessage(), server, ADDRESS, seconds);
    }

    private static ServerReply lease(MessageType type, DhcpMessage request, String server, String address, long seconds) {
        return ServerReply.lease(type, request, server, address, seconds);
    }

    private static DhcpMessage with(DhcpMessage good, int op, int xid, String chaddr) {
        return new DhcpMessage(op, good.htype(), good.hops(), xid, good.secs(), good.flags(), good.ciaddr(), good.yiaddr(), good.siaddr(),
            good.giaddr(), Octets.hex(chaddr), good.sname(), good.file(), good.options());
    }
}
