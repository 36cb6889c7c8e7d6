package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.MemoryLeaseStore;
import io.talospxe.dhcp.NetbootClient;
import io.talospxe.dhcp.Network;
import io.talospxe.dhcp.ProxyDhcp;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import io.talospxe.machine.MovableClock;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Other servers as they come and go; those of this project stand for others' where they can. */
class OtherServersTest implements OtherServers.Listener {

    private static final int PATIENCE = 3;
    private static final Duration PACE = Duration.ofSeconds(30);

    private final List<String> told = new ArrayList<>();
    private final Set<Inet4Address> ours = new HashSet<>(Set.of(Ipv4.parse("10.1.2.9")));
    private final Probe probe = new Probe(ClientRun.MAC, new Random(1));
    private final Logger logger = (Logger) LoggerFactory.getLogger(OtherServers.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    // Near the end of what a long holds: differences still count.
    private long now = Long.MAX_VALUE - 1;
    private final OtherServers others = new OtherServers(() -> ours, PATIENCE, () -> now, this);

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

    @Test
    void aLeaseServerIsToldOnceAndNotForEachOffer() {
        for (int i = 0; i < 5; i++) {
            others.heard(dhcpServer("10.1.2.1").answer(probe(), plain(), Optional.empty()).orElseThrow());
        }
        assertThat(told).containsExactly("lease server 10.1.2.1 of 10.1.2.0/24");
        assertThat(others.seen()).containsExactly(new Seen(Ipv4.parse("10.1.2.1"), true, false, Optional.empty(),
            Optional.of(new Subnet(Ipv4.parse("10.1.2.0"), 24))));
    }

    @Test
    void aProxyIsToldWithItsBootFile() {
        DhcpMessage request = probe();
        others.heard(ProxyDhcp.offer(request, NetbootClient.of(request), "ipxe.efi", Ipv4.parse("10.1.2.3")).orElseThrow());
        assertThat(told).containsExactly("proxy 10.1.2.3 boots ipxe.efi");
    }

    @Test
    void aLeaseServerWithABootFileIsBoth() {
        DhcpMessage request = probe();
        others.heard(dhcpServer("10.1.2.1").answer(request, NetbootClient.of(request), Optional.of("ipxe.efi")).orElseThrow());
        assertThat(told).containsExactly("lease server 10.1.2.1 of 10.1.2.0/24", "lease server 10.1.2.1 boots ipxe.efi");
    }

    /** To a plain client it names no boot file, to the probe it does. */
    @Test
    void aKnownLeaseServerThatNamesABootFileLaterIsToldThen() {
        others.heard(ServerReply.lease(MessageType.ACK, probe(), "10.1.2.1", "10.1.2.50", 60).build());
        others.heard(ServerReply.lease(MessageType.OFFER, probe(), "10.1.2.1", "10.1.2.50", 60).file("pxelinux.0").build());
        others.heard(ServerReply.lease(MessageType.OFFER, probe(), "10.1.2.1", "10.1.2.50", 60).build());
        assertThat(told).containsExactly("lease server 10.1.2.1 of 10.1.2.0/24", "lease server 10.1.2.1 boots pxelinux.0");
        assertThat(others.seen()).extracting(Seen::bootFile).containsExactly(Optional.of("pxelinux.0"));
    }

    /** A PXE server may name no file but a menu (PXE specification 2.1, section 2.2.3). */
    @Test
    void aProxyThatOffersAMenuIsABootServerToo() {
        others.heard(ServerReply.of(MessageType.OFFER, probe()).server("10.1.2.3").text(OptionCode.VENDOR_CLASS, "PXEClient").build());
        assertThat(told).containsExactly("proxy 10.1.2.3 boots a menu");
    }

    /** RFC 2132, section 9.5. */
    @Test
    void aBootFileInOption67CountsAndCannotForgeALogLine() {
        others.heard(ServerReply.of(MessageType.OFFER, probe()).server("10.1.2.3").text(OptionCode.BOOT_FILE_NAME, "a\r\nINFO b").build());
        assertThat(told).containsExactly("proxy 10.1.2.3 boots a??INFO b");
    }

    /** Only who leases addresses refuses them. */
    @Test
    void aRefusalIsALeaseServers() {
        others.heard(ServerReply.of(MessageType.NAK, probe()).server("10.1.2.1").build());
        assertThat(told).containsExactly("lease server 10.1.2.1");
    }

    @Test
    void whatTellsNothingOfAnotherServerIsPassedOver() {
        others.heard(ServerReply.lease(MessageType.OFFER, probe(), "10.1.2.9", "10.1.2.50", 60).file("ours").build());
        others.heard(ServerReply.lease(MessageType.OFFER, probe(), "255.255.255.255", "10.1.2.50", 60).build());
        others.heard(ServerReply.of(MessageType.OFFER, probe()).yiaddr("10.1.2.50").leaseTime(60).build());
        others.heard(ServerReply.of(MessageType.ACK, probe()).server("10.1.2.1").build());
        others.heard(DhcpMessage.replyTo(probe()).withYiaddr(Ipv4.parse("10.1.2.50")));
        others.heard(probe());
        assertThat(told).isEmpty();
        assertThat(others.seen()).isEmpty();
    }

    /** RFC 2131, section 4.3.2: a client that selects a server names it, and what it wants of it. */
    @Test
    void aClientThatSelectsAnotherServerTellsOfIt() {
        others.overheard(request("10.1.2.1", "10.1.2.50"));
        others.overheard(request("10.1.2.1", "10.1.2.50"));
        assertThat(told).containsExactly("lease server 10.1.2.1");
    }

    @Test
    void whatAClientSaysToUsOrToProxiesTellsOfNoLeaseServer() {
        others.heard(ServerReply.of(MessageType.OFFER, probe()).server("10.1.2.3").file("x").build());
        told.clear();
        others.overheard(request("10.1.2.9", "10.1.2.50"));
        others.overheard(request("10.1.2.3", "10.1.2.50"));
        others.overheard(request("10.1.2.1", null));
        others.overheard(request(null, "10.1.2.50"));
        others.overheard(probe());
        DhcpMessage direct = request("10.1.2.1", "10.1.2.50");
        others.overheard(new DhcpMessage(direct.op(), 1, 1, 1, 0, 0, direct.ciaddr(), direct.yiaddr(), direct.siaddr(),
            Ipv4.parse("10.9.9.1"), direct.chaddr(), "", "", direct.options()));
        assertThat(told).isEmpty();
    }

    /** A proxy that stands alone is the usual reason why a network boot does nothing. */
    @Test
    void whoNeverHeardALeaseServerIsToldSoOnce() {
        probes(PATIENCE);
        assertThat(told).isEmpty();
        probes(1);
        assertThat(told).containsExactly("gone for 90 s");
        probes(100);
        assertThat(told).hasSize(1);
    }

    @Test
    void aLeaseServerThatAnswersNowAndThenStays() {
        for (int round = 0; round < 20; round++) {
            probes(PATIENCE);
            others.heard(offer("10.1.2.1"));
        }
        assertThat(told).containsExactly("lease server 10.1.2.1 of 10.1.2.0/24");
    }

    @Test
    void aLeaseServerThatFallsSilentIsGoneAndComesBack() {
        probes(1);
        others.heard(offer("10.1.2.1"));
        now += Duration.ofSeconds(20).toNanos();
        probes(PATIENCE + 1);
        assertThat(others.seen()).isEmpty();
        others.heard(offer("10.1.2.1"));
        others.heard(offer("10.1.2.1"));
        probes(PATIENCE + 1);
        assertThat(told).containsExactly("lease server 10.1.2.1 of 10.1.2.0/24", "gone for 110 s",
            "lease server 10.1.2.1 of 10.1.2.0/24", "back 10.1.2.1", "gone for 90 s");
    }

    /** Of two servers one goes: nobody is without addresses. When it returns, it is new. */
    @Test
    void oneOfTwoServersIsForgottenQuietly() {
        others.heard(offer("10.1.2.1"));
        for (int round = 0; round < 10; round++) {
            others.heard(offer("10.1.2.2"));
            probes(1);
        }
        assertThat(others.seen()).extracting(Seen::server).containsExactly(Ipv4.parse("10.1.2.2"));
        others.heard(offer("10.1.2.1"));
        assertThat(told).containsExactly("lease server 10.1.2.1 of 10.1.2.0/24", "lease server 10.1.2.2 of 10.1.2.0/24",
            "lease server 10.1.2.1 of 10.1.2.0/24");
    }

    @Test
    void aProxyDoesNotKeepUsFromMissingALeaseServer() {
        for (int round = 0; round < PATIENCE + 2; round++) {
            others.heard(ServerReply.of(MessageType.OFFER, probe()).server("10.1.2.3").file("x").build());
            probes(1);
        }
        assertThat(told).containsExactly("proxy 10.1.2.3 boots x", "gone for 90 s");
        assertThat(others.seen()).hasSize(1);
    }

    @Test
    void anOverheardClientIsASignOfLifeAsGoodAsAnOffer() {
        for (int round = 0; round < 10; round++) {
            probes(2);
            others.overheard(request("10.1.2.1", "10.1.2.50"));
        }
        assertThat(told).containsExactly("lease server 10.1.2.1");
    }

    /** An address that we take later, as at a change of role, is ours from then on. */
    @ParameterizedTest
    @CsvSource({"10.1.2.1, 0", "10.1.2.2, 1"})
    void whichAddressesAreOursIsAskedEachTime(String address, int told) {
        ours.add(Ipv4.parse("10.1.2.1"));
        others.heard(offer(address));
        assertThat(this.told).hasSize(told);
    }

    /** Forged servers: bounded memory, one line, and after a while place for others again. */
    @Test
    void aFloodOfServersIsCutOff() {
        for (int i = 0; i < 10_000; i++) {
            others.heard(offer("10.1." + (i >> 8) + "." + (i & 0xff)));
        }
        assertThat(others.seen()).hasSize(OtherServers.MOST);
        assertThat(told).hasSize(OtherServers.MOST);
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).singleElement().asString()
            .startsWith("More than 64 DHCP servers seem to answer here, the last is 10.1.0.");
        probes(PATIENCE);
        others.heard(offer("10.9.9.9"));
        assertThat(others.seen()).extracting(Seen::server).doesNotContain(Ipv4.parse("10.9.9.9"));
        probes(1);
        others.heard(offer("10.9.9.9"));
        assertThat(told).last().isEqualTo("lease server 10.9.9.9 of 10.1.2.0/24");
        for (int i = 0; i < 100; i++) {
            others.heard(offer("10.1.1." + i));
        }
        assertThat(log.list).hasSize(2);
    }

    @Override
    public void leaseServerAppeared(Seen server) {
        told.add("lease server " + server.server().getHostAddress() + server.network().map(network -> " of " + network).orElse(""));
    }

    @Override
    public void bootServerAppeared(Seen server) {
        told.add((server.leases() ? "lease server " : "proxy ") + server.server().getHostAddress() + " boots "
            + server.bootFile().orElse("a menu"));
    }

    @Override
    public void leaseServersGone(Duration unseen) {
        told.add("gone for " + unseen.toSeconds() + " s");
    }

    @Override
    public void leaseServerBack(Seen server) {
        told.add("back " + server.server().getHostAddress());
    }

    /** Sends so many, one pace apart; nothing answers. */
    private void probes(int count) {
        for (int i = 0; i < count; i++) {
            others.probed();
            now += PACE.toNanos();
        }
    }

    private DhcpMessage probe() {
        return probe.next().message();
    }

    private DhcpMessage offer(String server) {
        return ServerReply.lease(MessageType.OFFER, probe(), server, "10.1.2.50", 60).build();
    }

    /** A REQUEST of some client, with options 54 and 50 where they are not null. */
    private static DhcpMessage request(String server, String address) {
        Options.Builder options = Options.builder().putByte(OptionCode.MESSAGE_TYPE, MessageType.REQUEST.value());
        if (server != null) {
            options.put(OptionCode.SERVER_IDENTIFIER, Ipv4.parse(server));
        }
        if (address != null) {
            options.put(OptionCode.REQUESTED_ADDRESS, Ipv4.parse(address));
        }
        return new DhcpMessage(DhcpMessage.BOOTREQUEST, DhcpMessage.ETHERNET, 0, 1, 0, 0, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED,
            Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED, Octets.hex("52540000000b"), "", "", options.build());
    }

    private static DhcpServer dhcpServer(String address) {
        return new DhcpServer(Network.whole(Ipv4.parse(address), 24, List.of(), List.of()), new MemoryLeaseStore(), Duration.ofHours(1),
            true, new MovableClock());
    }

    private static NetbootClient plain() {
        return new NetbootClient(NetbootClient.Kind.PLAIN, Optional.empty(), Optional.empty());
    }
}
