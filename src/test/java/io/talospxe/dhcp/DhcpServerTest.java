package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MovableClock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** RFC 2131, section by section, on a pool of three addresses: 192.168.123.100 to .102. */
class DhcpServerTest {

    private static final String US = "192.168.123.1";
    private static final String OTHER_SERVER = "192.168.123.2";
    private static final String ANNA = "52-54-00-00-00-0a";
    private static final String BERT = "52-54-00-00-00-0b";
    private static final String CARL = "52-54-00-00-00-0c";
    private static final String DORA = "52-54-00-00-00-0d";
    private static final Duration LEASE_TIME = Duration.ofHours(1);

    private final MovableClock clock = new MovableClock();
    private final LeaseStore leases = new MemoryLeaseStore();
    private final DhcpServer server = server(leases, true);
    private final DhcpServer guest = server(leases, false);
    private final Logger logger = (Logger) LoggerFactory.getLogger(DhcpServer.class);
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

    /** Section 3.1, steps 1 to 4; section 4.4.5 for T1 and T2. */
    @Test
    void aDiscoverIsOfferedAnAddressAndTheRequestForItIsAcknowledged() {
        DhcpMessage offer = answer(discover(ANNA)).orElseThrow();
        assertThat(said(offer)).isEqualTo("OFFER 192.168.123.100");
        DhcpMessage ack = answer(select(ANNA, "192.168.123.100")).orElseThrow();
        assertThat(said(ack)).isEqualTo("ACK 192.168.123.100");
        for (DhcpMessage reply : List.of(offer, ack)) {
            assertThat(reply.op()).isEqualTo(DhcpMessage.BOOTREPLY);
            assertThat(reply.xid()).isEqualTo(0x2a);
            Options options = reply.options();
            assertThat(options.address(OptionCode.SERVER_IDENTIFIER)).contains(Ipv4.parse(US));
            assertThat(options.number(OptionCode.LEASE_TIME)).hasValue(3600);
            assertThat(options.number(OptionCode.RENEWAL_TIME)).hasValue(1800);
            assertThat(options.number(OptionCode.REBINDING_TIME)).hasValue(3150);
            assertThat(options.address(OptionCode.SUBNET_MASK)).contains(Ipv4.parse("255.255.255.0"));
            assertThat(options.address(OptionCode.BROADCAST_ADDRESS)).contains(Ipv4.parse("192.168.123.255"));
            assertThat(options.address(OptionCode.ROUTERS)).contains(Ipv4.parse(US));
            assertThat(options.address(OptionCode.DOMAIN_NAME_SERVERS)).contains(Ipv4.parse("9.9.9.9"));
            assertThat(options.has(OptionCode.BOOT_FILE_NAME)).isFalse();
        }
        assertThat(leases.byAddress(Ipv4.parse("192.168.123.100")).orElseThrow().state()).isEqualTo(Lease.State.BOUND);
    }

    /** Section 4.3.1: the previous address, then the one asked for, then a fresh one. */
    @Test
    void aClientIsOfferedTheAddressItAsksForIfItIsFree() {
        assertThat(said(answer(discover(ANNA).wish("192.168.123.102")))).isEqualTo("OFFER 192.168.123.102");
        assertThat(said(answer(discover(BERT).wish("192.168.123.102")))).isEqualTo("OFFER 192.168.123.100");
        assertThat(said(answer(discover(CARL).wish("10.0.0.7")))).isEqualTo("OFFER 192.168.123.101");
        assertThat(said(answer(discover(ANNA)))).isEqualTo("OFFER 192.168.123.102");
    }

    /** Section 4.3.1: a client that has forgotten its lease is offered it again, and keeps it if it then stays silent. */
    @Test
    void aDiscoverDoesNotShortenALeaseThatIsHeld() {
        bind(ANNA, "192.168.123.100");
        assertThat(said(answer(discover(ANNA)))).isEqualTo("OFFER 192.168.123.100");
        clock.advance(Duration.ofMinutes(30));
        assertThat(said(answer(discover(BERT).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.101");
    }

    /** Section 4.3.2, SELECTING: a REQUEST that names another server declines our offer. */
    @Test
    void aClientThatSelectsAnotherServerGivesOurOfferBack() {
        answer(discover(ANNA));
        assertThat(said(answer(request(ANNA).server(OTHER_SERVER).wish("192.168.123.50")))).isEqualTo("silence");
        assertThat(said(answer(discover(BERT).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.100");
    }

    /** Section 4.3.2, SELECTING, by who asks for what when Anna holds .100. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        192.168.123.101, ACK 192.168.123.101,  free although never offered
        192.168.123.100, NAK address not available, somebody else's
        192.168.123.1,   NAK address not available, our own
        192.168.123.200, NAK address not available, outside the pool
        10.0.0.7,        NAK wrong network,    another network
        0.0.0.0,         NAK wrong network,    none at all
        """)
    void aRequestToUsIsAlwaysAnswered(String address, String said, String because) {
        bind(ANNA, "192.168.123.100");
        assertThat(said(answer(select(BERT, address)))).as(because).isEqualTo(said);
        assertThat(said(guest.answer(select(BERT, address).build(), plain(), Optional.empty()))).as(because).isEqualTo(said);
    }

    /** Section 4.3.2, INIT-REBOOT: no server identifier, a requested address, no ciaddr. Anna holds .100. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        52-54-00-00-00-0a, 192.168.123.100, ACK 192.168.123.100,       ACK 192.168.123.100, its own
        52-54-00-00-00-0b, 192.168.123.101, ACK 192.168.123.101,       silence,             unknown and free
        52-54-00-00-00-0b, 192.168.123.100, NAK address not available, silence,             somebody else's
        52-54-00-00-00-0b, 192.168.123.1,   NAK address not available, silence,             ours
        52-54-00-00-00-0b, 10.0.0.7,        NAK wrong network,         NAK wrong network,   the client has moved
        """)
    void aRebootingClientIsToldWhetherItsAddressIsRight(String mac, String address, String authoritative, String otherwise,
        String because) {
        bind(ANNA, "192.168.123.100");
        assertThat(said(guest.answer(request(mac).wish(address).build(), plain(), Optional.empty()))).as(because).isEqualTo(otherwise);
        assertThat(said(answer(request(mac).wish(address)))).as(because).isEqualTo(authoritative);
    }

    /** Section 4.3.2, RENEWING (unicast) and REBINDING (broadcast): neither server identifier nor requested address, only ciaddr. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        52-54-00-00-00-0a, 192.168.123.100, ACK 192.168.123.100,       ACK 192.168.123.100
        52-54-00-00-00-0b, 192.168.123.101, ACK 192.168.123.101,       silence
        52-54-00-00-00-0b, 192.168.123.100, NAK address not available, silence
        52-54-00-00-00-0b, 10.0.0.7,        NAK wrong network,         silence
        """)
    void aRenewingClientKeepsWhatIsIts(String mac, String ciaddr, String authoritative, String otherwise) {
        bind(ANNA, "192.168.123.100");
        assertThat(said(guest.answer(request(mac).ciaddr(ciaddr).build(), plain(), Optional.empty()))).isEqualTo(otherwise);
        Optional<DhcpMessage> reply = answer(request(mac).ciaddr(ciaddr));
        assertThat(said(reply)).isEqualTo(authoritative);
        // Table 3: an ACK repeats ciaddr, a NAK has none.
        assertThat(reply.orElseThrow().ciaddr().getHostAddress()).isEqualTo(authoritative.startsWith("ACK") ? ciaddr : "0.0.0.0");
    }

    /** Section 4.4.5: each renewal starts the lease anew. */
    @Test
    void aRenewedLeaseLastsAnotherTerm() {
        bind(ANNA, "192.168.123.100");
        clock.advance(Duration.ofMinutes(50));
        answer(request(ANNA).ciaddr("192.168.123.100"));
        clock.advance(Duration.ofMinutes(50));
        assertThat(said(answer(discover(BERT).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.101");
    }

    /** Section 4.3.4: the address is free, and remembered for its client. */
    @Test
    void aReleasedAddressIsFreeAndGoesToTheSameClientAgain() {
        bind(ANNA, "192.168.123.101");
        assertThat(said(answer(ClientMessage.of(MessageType.RELEASE, ANNA).server(US).ciaddr("192.168.123.101")))).isEqualTo("silence");
        assertThat(said(answer(discover(ANNA)))).isEqualTo("OFFER 192.168.123.101");
        assertThat(said(answer(ClientMessage.of(MessageType.RELEASE, ANNA).server(US).ciaddr("192.168.123.101")))).isEqualTo("silence");
        clock.advance(Duration.ofMinutes(2));
        assertThat(said(answer(select(BERT, "192.168.123.101")))).isEqualTo("ACK 192.168.123.101");
    }

    @Test
    void nobodyReleasesSomebodyElsesAddress() {
        bind(ANNA, "192.168.123.100");
        answer(ClientMessage.of(MessageType.RELEASE, BERT).server(US).ciaddr("192.168.123.100"));
        assertThat(said(answer(select(BERT, "192.168.123.100")))).isEqualTo("NAK address not available");
    }

    /** Section 4.3.3: a declined address is nobody's for ten minutes, not even its finder's, and comes back afterwards. */
    @Test
    void aDeclinedAddressIsLeftAlone() {
        bind(ANNA, "192.168.123.100");
        answer(decline(ANNA, "192.168.123.100"));
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
            .containsExactly("192.168.123.100 is in use by a machine that has no lease of ours; it is left alone for 10 minutes");
        assertThat(said(answer(discover(ANNA).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.101");
        assertThat(said(answer(select(ANNA, "192.168.123.101")))).isEqualTo("ACK 192.168.123.101");
        assertThat(said(answer(request(ANNA).wish("192.168.123.100")))).isEqualTo("NAK address not available");
        assertThat(said(answer(discover(BERT).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.102");
        clock.advance(Duration.ofMinutes(11));
        assertThat(said(answer(discover(CARL).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.100");
    }

    /** A machine that declines one address after the other must not use the pool up for good. */
    @Test
    void declinedAddressesReturnToThePool() {
        for (int last = 100; last <= 102; last++) {
            bind(ANNA, "192.168.123." + last);
            answer(decline(ANNA, "192.168.123." + last));
        }
        assertThat(said(answer(discover(BERT)))).isEqualTo("silence");
        clock.advance(Duration.ofMinutes(11));
        assertThat(List.of(said(answer(discover(ANNA))), said(answer(discover(BERT))), said(answer(discover(CARL)))))
            .containsExactlyInAnyOrder("OFFER 192.168.123.100", "OFFER 192.168.123.101", "OFFER 192.168.123.102");
    }

    @Test
    void nobodyDeclinesSomebodyElsesAddress() {
        bind(ANNA, "192.168.123.100");
        answer(decline(BERT, "192.168.123.100"));
        assertThat(said(answer(request(ANNA).ciaddr("192.168.123.100")))).isEqualTo("ACK 192.168.123.100");
    }

    /** An offer that is not taken up waits a minute, a lease its whole term (section 4.3.1). */
    @Test
    void whatIsNotTakenUpOrRenewedIsFreeAgain() {
        answer(discover(ANNA));
        clock.advance(Duration.ofSeconds(59));
        assertThat(said(answer(discover(BERT).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.101");
        clock.advance(Duration.ofSeconds(2));
        assertThat(said(answer(discover(CARL).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.100");
        bind(CARL, "192.168.123.100");
        clock.advance(LEASE_TIME);
        assertThat(said(answer(discover(DORA).wish("192.168.123.100")))).isEqualTo("OFFER 192.168.123.100");
    }

    /** Section 2.2: a machine that comes back late should still find its old address. */
    @Test
    void theAddressThatWasUnusedForLongestIsGivenToSomebodyElseFirst() {
        bind(BERT, "192.168.123.101");
        clock.advance(Duration.ofMinutes(1));
        bind(ANNA, "192.168.123.100");
        clock.advance(Duration.ofMinutes(1));
        bind(CARL, "192.168.123.102");
        clock.advance(LEASE_TIME);
        assertThat(said(answer(discover(DORA)))).isEqualTo("OFFER 192.168.123.101");
        assertThat(said(answer(discover(ANNA)))).isEqualTo("OFFER 192.168.123.100");
    }

    /** The store has one record for each client, so the address that it left has none and is behind the search for fresh ones. */
    @Test
    void anAddressThatAClientMovedAwayFromIsUsedAgain() {
        assertThat(said(answer(discover(ANNA)))).isEqualTo("OFFER 192.168.123.100");
        assertThat(said(answer(discover(BERT)))).isEqualTo("OFFER 192.168.123.101");
        bind(ANNA, "192.168.123.102");
        assertThat(said(answer(discover(CARL)))).isEqualTo("OFFER 192.168.123.100");
    }

    /** Section 4.3.1: with no address to give there is nothing to say to the client, and once a minute something to the operator. */
    @Test
    void aFullPoolIsSilentAndComplainsOnceAMinute() {
        bind(ANNA, "192.168.123.100");
        bind(BERT, "192.168.123.101");
        bind(CARL, "192.168.123.102");
        for (int i = 0; i < 5; i++) {
            assertThat(said(answer(discover(DORA)))).isEqualTo("silence");
            clock.advance(Duration.ofSeconds(10));
        }
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
            .containsExactly("The pool 192.168.123.100-192.168.123.102 is full: "
            + "52:54:00:00:00:0d gets no address. Widen pxe.dhcp.pool or shorten pxe.dhcp.lease-time.");
        clock.advance(Duration.ofSeconds(11));
        answer(discover(DORA));
        assertThat(log.list).hasSize(2);
    }

    /** Section 4.3.5: parameters, but no address and no lease time. */
    @Test
    void anInformIsAcknowledgedWithoutALease() {
        DhcpMessage ack = answer(ClientMessage.of(MessageType.INFORM, ANNA).ciaddr("192.168.123.50")).orElseThrow();
        assertThat(said(ack)).isEqualTo("ACK 0.0.0.0");
        assertThat(ack.ciaddr()).isEqualTo(Ipv4.parse("192.168.123.50"));
        assertThat(ack.options().byNumber().keySet()).containsExactly(53, 54, 1, 28, 3, 6);
        assertThat(leases.all()).isEmpty();
    }

    /** Section 4.2: the client identifier is the client, whatever card it uses; RFC 6842: it comes back. */
    @Test
    void aClientIdentifierCountsForMoreThanTheHardwareAddress() {
        Octets identifier = Octets.hex("00112233");
        DhcpMessage offer = answer(discover(ANNA).with(OptionCode.CLIENT_IDENTIFIER, identifier)).orElseThrow();
        assertThat(offer.options().get(OptionCode.CLIENT_IDENTIFIER)).contains(identifier);
        assertThat(said(answer(discover(BERT).with(OptionCode.CLIENT_IDENTIFIER, identifier)))).isEqualTo("OFFER 192.168.123.100");
        assertThat(said(answer(discover(ANNA)))).isEqualTo("OFFER 192.168.123.101");
        assertThat(said(answer(request(CARL).with(OptionCode.CLIENT_IDENTIFIER, identifier).wish("10.0.0.7"))))
            .isEqualTo("NAK wrong network");
    }

    /** RFC 2132, section 9.14: an identifier has at least two bytes; a shorter one is none. */
    @Test
    void aClientIdentifierThatIsTooShortIsNoKey() {
        Octets tooShort = Octets.hex("01");
        assertThat(said(answer(discover(ANNA).with(OptionCode.CLIENT_IDENTIFIER, tooShort)))).isEqualTo("OFFER 192.168.123.100");
        assertThat(said(answer(discover(BERT).with(OptionCode.CLIENT_IDENTIFIER, tooShort)))).isEqualTo("OFFER 192.168.123.101");
    }

    /** Section 4.1 and RFC 3046, section 2.2: giaddr and option 82 go back to the relay, the option behind all others. */
    @ParameterizedTest
    @EnumSource(names = {"DISCOVER", "REQUEST"})
    void aRelayOnOurNetworkGetsItsInformationBack(MessageType type) {
        Octets information = Octets.hex("0104aabbccdd");
        DhcpMessage reply = answer(ClientMessage.of(type, ANNA).giaddr("192.168.123.254").wish("192.168.123.100")
            .with(OptionCode.RELAY_AGENT_INFORMATION, information)).orElseThrow();
        assertThat(reply.giaddr()).isEqualTo(Ipv4.parse("192.168.123.254"));
        assertThat(lastOption(reply)).isEqualTo(82);
        assertThat(reply.options().get(OptionCode.RELAY_AGENT_INFORMATION)).contains(information);
    }

    /** Section 4.3.1: the pool belongs to the network of giaddr; we have one network. */
    @Test
    void aRelayOfAnotherNetworkIsNotAnswered() {
        assertThat(said(answer(discover(ANNA).giaddr("10.0.0.1")))).isEqualTo("silence");
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
            .containsExactly("No pool for the network of relay 10.0.0.1: DHCPDISCOVER from 52:54:00:00:00:0a is not answered");
    }

    /** Section 4.3.2: behind a relay a NAK reaches the client only as a broadcast. Table 3: it has no addresses and no boot file. */
    @Test
    void aNakIsBroadcastAndSaysNothingElse() {
        DhcpMessage nak = server.answer(request(ANNA).wish("10.0.0.7").vendorClass("PXEClient").giaddr("192.168.123.254").build(),
            NetbootClient.of(discover(ANNA).vendorClass("PXEClient").build()), Optional.of("bios/undionly.kpxe")).orElseThrow();
        assertThat(said(nak)).isEqualTo("NAK wrong network");
        assertThat(nak.broadcast()).isTrue();
        assertThat(nak.yiaddr()).isEqualTo(Ipv4.UNSPECIFIED);
        assertThat(nak.siaddr()).isEqualTo(Ipv4.UNSPECIFIED);
        assertThat(nak.options().byNumber().keySet()).containsExactly(53, 54, 56);
    }

    /** A pool that spans our own address leaves it out; so does one of a single network without a given pool. */
    @Test
    void ourOwnAddressIsNeverLeased() {
        Network network = Network.whole(Ipv4.parse("10.0.0.2"), 30, List.of(), List.of());
        DhcpServer small = new DhcpServer(network, new MemoryLeaseStore(), LEASE_TIME, true, clock);
        assertThat(said(small.answer(discover(ANNA).build(), plain(), Optional.empty()))).isEqualTo("OFFER 10.0.0.1");
        assertThat(said(small.answer(discover(BERT).wish("10.0.0.2").build(), plain(), Optional.empty()))).isEqualTo("silence");
        assertThat(said(small.answer(request(BERT).server("10.0.0.2").wish("10.0.0.2").build(), plain(), Optional.empty())))
            .isEqualTo("NAK address not available");
    }

    @ParameterizedTest
    @EnumSource(names = {"OFFER", "ACK", "NAK"})
    void whatOnlyServersSayIsNotAnswered(MessageType type) {
        assertThat(said(answer(ClientMessage.of(type, ANNA)))).isEqualTo("silence");
    }

    @Test
    void repliesAndBootpAreNotAnswered() {
        DhcpMessage discover = discover(ANNA).build();
        assertThat(server.answer(DhcpMessage.replyTo(discover).withOptions(discover.options()), plain(), Optional.empty())).isEmpty();
        assertThat(server.answer(discover.withOptions(Options.NONE), plain(), Optional.empty())).isEmpty();
    }

    /** A machine that boots elsewhere still gets its lease: no boot file is no reason for silence. */
    @Test
    void aNetbootClientWithoutABootFileGetsAPlainLease() {
        DhcpMessage request = discover(ANNA).vendorClass("PXEClient:Arch:00007:UNDI:003016").build();
        DhcpMessage offer = server.answer(request, NetbootClient.of(request), Optional.empty()).orElseThrow();
        assertThat(offer.siaddr()).isEqualTo(Ipv4.UNSPECIFIED);
        assertThat(offer.options().byNumber().keySet()).doesNotContain(60, 66, 67);
    }

    private DhcpServer server(LeaseStore store, boolean authoritative) {
        Network network = new Network(Ipv4.parse(US), 24, Ipv4.parse("192.168.123.100"), Ipv4.parse("192.168.123.102"),
            List.of(Ipv4.parse(US)), List.of(Ipv4.parse("9.9.9.9")));
        return new DhcpServer(network, store, LEASE_TIME, authoritative, clock);
    }

    private void bind(String mac, String address) {
        assertThat(said(answer(select(mac, address)))).isEqualTo("ACK " + address);
    }

    private Optional<DhcpMessage> answer(ClientMessage message) {
        return server.answer(message.build(), plain(), Optional.empty());
    }

    private static NetbootClient plain() {
        return new NetbootClient(NetbootClient.Kind.PLAIN, Optional.empty(), Optional.empty());
    }

    private static ClientMessage discover(String mac) {
        return ClientMessage.of(MessageType.DISCOVER, mac);
    }

    private static ClientMessage request(String mac) {
        return ClientMessage.of(MessageType.REQUEST, mac);
    }

    private static ClientMessage select(String mac, String address) {
        return request(mac).server(US).wish(address);
    }

    private static ClientMessage decline(String mac, String address) {
        return ClientMessage.of(MessageType.DECLINE, mac).server(US).wish(address);
    }

    private static String said(Optional<DhcpMessage> reply) {
        return reply.map(DhcpServerTest::said).orElse("silence");
    }

    private static String said(DhcpMessage reply) {
        return reply.type().orElseThrow() + " " + reply.options().text(OptionCode.MESSAGE).orElse(reply.yiaddr().getHostAddress());
    }

    private static int lastOption(DhcpMessage reply) {
        return List.copyOf(reply.options().byNumber().keySet()).get(reply.options().byNumber().size() - 1);
    }
}
