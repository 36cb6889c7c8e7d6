package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.Lease;
import io.talospxe.dhcp.client.LeaseClient.State;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against this project's own server: {@link ServerLink} checks at each step that both agree on who has which address. */
class LeaseClientAndServerTest {

    private static final Duration TWO_MINUTES = Duration.ofMinutes(2);
    private static final Inet4Address FIRST = Ipv4.parse("10.1.2.100");

    @Test
    void aLeaseOfTwoMinutesIsRenewedAllDayAndGivenBack() {
        ServerLink link = new ServerLink(TWO_MINUTES, 0, 1);
        link.client.start();
        link.run(Duration.ofSeconds(1));
        assertThat(link.told).containsExactly("bound 10.1.2.100");
        assertThat(link.client.lease()).get().satisfies(lease -> {
            assertThat(lease.prefix()).isEqualTo(24);
            assertThat(lease.routes()).extracting(Route::toString).containsExactly("0.0.0.0/0 via 10.1.2.1");
            assertThat(lease.renewal()).isEqualTo(Duration.ofSeconds(60));
            assertThat(lease.rebinding()).isEqualTo(Duration.ofSeconds(105));
        });
        link.run(Duration.ofDays(1));
        assertThat(link.told.subList(1, link.told.size())).hasSizeBetween(1440, 1520).containsOnly("renewed 10.1.2.100");
        link.client.release();
        link.run(Duration.ofSeconds(1));
        assertThat(link.onServer(FIRST)).map(Lease::state).contains(Lease.State.RELEASED);
    }

    /** Of three messages one is lost: then more than half of all questions have no answer, and still the lease nearly always holds. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aLossyLinkDelaysTheClientButNeverMisleadsIt(long seed) {
        ServerLink link = new ServerLink(TWO_MINUTES, 0.33, seed);
        link.client.start();
        link.run(Duration.ofHours(4));
        assertThat(link.share()).isGreaterThan(0.97);
        assertThat(link.told).contains("renewed 10.1.2.100");
        link.loss(0);
        link.run(TWO_MINUTES);
        assertThat(link.client.state()).isEqualTo(State.BOUND);
    }

    @Test
    void aServerThatComesLateIsFound() {
        ServerLink link = new ServerLink(TWO_MINUTES, 1, 1);
        link.client.start();
        link.run(Duration.ofMinutes(5));
        assertThat(link.told).containsExactly("unanswered");
        link.loss(0);
        link.run(Duration.ofSeconds(26));
        assertThat(link.told).containsExactly("unanswered", "bound 10.1.2.100");
    }

    @Test
    void aServerThatGoesForGoodTakesTheLeaseWithIt() {
        ServerLink link = new ServerLink(TWO_MINUTES, 0, 1);
        link.client.start();
        link.run(Duration.ofSeconds(90));
        link.loss(1);
        link.run(Duration.ofSeconds(92));
        assertThat(link.told).containsExactly("bound 10.1.2.100", "renewed 10.1.2.100", "lost 10.1.2.100");
        link.run(Duration.ofMinutes(1));
        assertThat(link.told).endsWith("lost 10.1.2.100", "unanswered");
        link.loss(0);
        link.run(Duration.ofMinutes(1));
        assertThat(link.told).endsWith("unanswered", "bound 10.1.2.100");
    }

    /** The server was away for less than the lease: nobody notices. */
    @Test
    void aServerThatIsAwayForAMomentIsNotMissed() {
        ServerLink link = new ServerLink(TWO_MINUTES, 0, 1);
        link.client.start();
        link.run(Duration.ofSeconds(55));
        link.loss(1);
        link.run(Duration.ofSeconds(50));
        link.loss(0);
        link.run(Duration.ofSeconds(14));
        assertThat(link.told).containsExactly("bound 10.1.2.100", "renewed 10.1.2.100");
    }

    @Test
    void anAddressThatTheServerHasGivenToAnotherIsLostAndReplaced() {
        ServerLink link = new ServerLink(TWO_MINUTES, 0, 1);
        link.client.start();
        link.run(Duration.ofSeconds(1));
        link.client.stop();
        link.restart();
        link.give(FIRST);
        link.client.start(FIRST);
        link.run(Duration.ofSeconds(1));
        assertThat(link.told).containsExactly("bound 10.1.2.100", "bound 10.1.2.101");
    }

    @Test
    void aFormerAddressIsHadAgainAtOnce() {
        ServerLink link = new ServerLink(TWO_MINUTES, 0, 1);
        link.client.start();
        link.run(Duration.ofSeconds(1));
        for (int flap = 0; flap < 3; flap++) {
            link.client.start(FIRST);
            link.run(Duration.ofSeconds(1));
        }
        assertThat(link.told).isEqualTo(Collections.nCopies(4, "bound 10.1.2.100"));
    }

    @Test
    void aFullPoolLeavesTheClientUnanswered() {
        ServerLink link = new ServerLink(Duration.ofMinutes(3), 0, 1);
        List.of("10.1.2.100", "10.1.2.101", "10.1.2.102").forEach(address -> link.give(Ipv4.parse(address)));
        link.client.start();
        link.run(Duration.ofMinutes(2));
        assertThat(link.told).containsExactly("unanswered");
        link.run(Duration.ofMinutes(2));
        assertThat(link.told).hasSize(2).last().asString().startsWith("bound");
    }
}
