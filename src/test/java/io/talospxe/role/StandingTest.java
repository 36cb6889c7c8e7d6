package io.talospxe.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.MemoryLeaseStore;
import io.talospxe.dhcp.Network;
import io.talospxe.ip.Ipv4;
import io.talospxe.net.Link;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {

    private static final Link.Address FORMER = new Link.Address(Ipv4.parse("192.168.123.1"), 24);
    private static final Link.Address PRESENT = new Link.Address(Ipv4.parse("10.77.0.9"), 24);
    private static final Standing SERVER = Standing.server(FORMER, new DhcpServer(Network.whole(FORMER.address(), 24, List.of(), List.of()),
        new MemoryLeaseStore(), Duration.ofHours(1), true, Clock.systemUTC()));

    /** A host of several networks is reached by each at another address. */
    @Test
    void aMachineIsToldToComeBackTheWayItCame() {
        assertThat(SERVER.tell("192.168.123.1")).isEqualTo("192.168.123.1");
        assertThat(SERVER.tell("10.99.0.1")).isEqualTo("10.99.0.1");
        assertThat(Standing.proxy(PRESENT).tell("10.99.0.1")).isEqualTo("10.99.0.1");
    }

    @Test
    void afterSteppingDownTheFormerAddressLeadsToThePresentOne() {
        Standing proxy = SERVER.steppedDown(Optional.of(PRESENT), Optional.empty(), Instant.MAX);
        assertThat(proxy.role()).isEqualTo(Role.PROXY);
        assertThat(proxy.tell("192.168.123.1")).isEqualTo("10.77.0.9");
        assertThat(proxy.tell("10.77.0.9")).isEqualTo("10.77.0.9");
        assertThat(proxy.leases()).isEqualTo(SERVER.leases());
        assertThat(proxy.finished()).isEqualTo(Instant.MAX);
    }

    @Test
    void whoKeepsHisAddressLeadsNobodyElsewhere() {
        Standing proxy = SERVER.steppedDown(Optional.of(FORMER), Optional.empty(), Instant.MAX);
        assertThat(proxy.former()).isEmpty();
        assertThat(proxy.tell("192.168.123.1")).isEqualTo("192.168.123.1");
    }

    @Test
    void withoutAnAddressThereIsNoOtherWay() {
        Standing lost = SERVER.steppedDown(Optional.of(PRESENT), Optional.empty(), Instant.MAX).at(Optional.empty(), Optional.empty());
        assertThat(lost.tell("192.168.123.1")).isEqualTo("192.168.123.1");
    }
}
