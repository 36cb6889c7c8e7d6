package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.dhcp.client.ClientLease.UnusableLease;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an ACK leases (RFC 2131, section 4.3.1, table 3; RFC 2132; RFC 3442). */
class ClientLeaseTest {

    private static final DhcpMessage REQUEST = new Probe(ClientRun.MAC, new Random(1)).next().message();

    @Test
    void anAckTellsHowToSetUpTheHost() throws UnusableLease {
        ClientLease lease = ClientLease.of(ack().addresses(OptionCode.ROUTERS, "10.1.2.1", "10.1.2.2")
            .addresses(OptionCode.DOMAIN_NAME_SERVERS, "10.1.2.3", "9.9.9.9").text(OptionCode.DOMAIN_NAME, "site.example").build());
        assertThat(lease.address()).isEqualTo(Ipv4.parse("10.1.2.50"));
        assertThat(lease.subnet()).hasToString("10.1.2.0/24");
        assertThat(lease.server()).isEqualTo(Ipv4.parse("10.1.2.1"));
        assertThat(lease.routes()).extracting(Route::toString).containsExactly("0.0.0.0/0 via 10.1.2.1");
        assertThat(lease.routers()).containsExactly(Ipv4.parse("10.1.2.1"), Ipv4.parse("10.1.2.2"));
        assertThat(lease.resolvers()).containsExactly(Ipv4.parse("10.1.2.3"), Ipv4.parse("9.9.9.9"));
        assertThat(lease.domain()).contains("site.example");
        assertThat(lease).hasToString("10.1.2.50/24 from 10.1.2.1 for 3600 s");
    }

    @Test
    void anAckMayHaveNoMoreThanItMust() throws UnusableLease {
        ClientLease lease = ClientLease.of(ServerReply.of(MessageType.ACK, REQUEST).server("10.1.2.1").yiaddr("10.1.2.50").leaseTime(60)
            .build());
        assertThat(lease).isEqualTo(new ClientLease(Ipv4.parse("10.1.2.50"), 8, Ipv4.parse("10.1.2.1"), List.of(), List.of(), List.of(),
            Optional.empty(), Duration.ofSeconds(60), Duration.ofSeconds(30), Duration.ofMillis(52_500)));
    }

    @Test
    void whatCannotBeALeaseIsNamedInASentence() {
        assertUnusable(ServerReply.of(MessageType.ACK, REQUEST).yiaddr("10.1.2.50").leaseTime(60),
            "A DHCPACK does not say which server it comes from (option 54).");
        assertUnusable(ServerReply.of(MessageType.ACK, REQUEST).server("0.0.0.0").yiaddr("10.1.2.50").leaseTime(60),
            "A DHCPACK does not say which server it comes from (option 54).");
        assertUnusable(ServerReply.of(MessageType.OFFER, REQUEST).server("10.1.2.1").yiaddr("10.1.2.50"),
            "The DHCPOFFER of 10.1.2.1 does not say how long the lease lasts (option 51).");
        assertUnusable(ack().with(OptionCode.LEASE_TIME, "00 00 0e"),
            "The DHCPACK of 10.1.2.1 does not say how long the lease lasts (option 51).");
    }

    /** RFC 1122, section 3.2.1.3. */
    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"})
    void anAddressThatNoHostCanHaveIsNoLease(String address) {
        assertUnusable(ack().yiaddr(address), "The DHCPACK of 10.1.2.1 gives us " + address + ", which is no host's address.");
    }

    /** RFC 2132, section 3.3; without a mask, or with one that has gaps, RFC 791, section 3.2. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        10.1.2.50,     ffffff00, 24
        10.1.2.50,     ffffffff, 32
        10.1.2.50,     ffffffe0, 27
        10.1.2.50,     80000000, 1
        192.168.2.50,  ff00ff00, 24
        10.1.2.50,     00000000, 8
        10.1.2.50,     ffff,     8
        172.16.2.50,   '',       16
        192.168.2.50,  '',       24
        """)
    void thePrefixIsTheMasksElseTheClasss(String address, String mask, int prefix) throws UnusableLease {
        assertThat(ClientLease.of(ack().yiaddr(address).with(OptionCode.SUBNET_MASK, mask).build()).prefix()).isEqualTo(prefix);
    }

    /** RFC 2131, sections 3.3 and 4.4.5. Row: lease time, T1, T2 as sent (- for not), then as they hold. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        3600,       -,    -,          3600,       1800,       3150
        3600,       1000, 2000,       3600,       1000,       2000
        3600,       1000, -,          3600,       1000,       3150
        3600,       -,    3000,       3600,       1800,       3000
        3600,       2000, 1000,       3600,       1800,       3150
        3600,       1000, 1000,       3600,       1800,       3150
        3600,       1000, 3600,       3600,       1800,       3150
        3600,       7200, 8000,       3600,       1800,       3150
        3600,       0,    0,          3600,       1800,       3150
        3600,       1,    2,          3600,       1800,       3150
        3600,       -,    1000,       3600,       1800,       3150
        120,        60,   105,        120,        60,         105
        0,          -,    -,          10,         5,          8
        1,          0,    0,          10,         5,          8
        4294967294, -,    -,          4294967294, 2147483647, 3758096382
        4294967295, -,    -,          4294967295, 4294967295, 4294967295
        4294967295, 60,   120,        4294967295, 4294967295, 4294967295
        """)
    void timesThatMakeNoSenseAreReplaced(long lease, Long t1, Long t2, long duration, long renewal, long rebinding) throws UnusableLease {
        ServerReply ack = ack().leaseTime(lease);
        if (t1 != null) {
            ack.seconds(OptionCode.RENEWAL_TIME, t1);
        }
        if (t2 != null) {
            ack.seconds(OptionCode.REBINDING_TIME, t2);
        }
        ClientLease read = ClientLease.of(ack.build());
        assertThat(List.of(read.duration(), read.renewal(), read.rebinding())).extracting(Duration::toSeconds)
            .containsExactly(duration, renewal, rebinding);
        assertThat(read.forever()).isEqualTo(lease == 0xffff_ffffL);
    }

    @Test
    void aLeaseWithoutEndSaysSo() throws UnusableLease {
        assertThat(ClientLease.of(ack().leaseTime(0xffff_ffffL).build())).hasToString("10.1.2.50/24 from 10.1.2.1 for ever");
    }

    /** RFC 3442, "DHCP Client Behavior": a client that reads 121 ignores 3; the octets of its examples. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        00 0a010201,                                    0.0.0.0/0 via 10.1.2.1
        08 0a 0a010201,                                 10.0.0.0/8 via 10.1.2.1
        10 0a11 0a010201,                               10.17.0.0/16 via 10.1.2.1
        18 0a1b81 0a010201,                             10.27.129.0/24 via 10.1.2.1
        19 0a198100 0a010201,                           10.25.129.0/25 via 10.1.2.1
        20 0a198101 0a010201,                           10.25.129.1/32 via 10.1.2.1
        18 c0a807 00000000,                             192.168.7.0/24 on this link
        0a 0aff 0a010201,                               10.192.0.0/10 via 10.1.2.1
        08 0a 0a010201 00 0a010202,                     10.0.0.0/8 via 10.1.2.1;0.0.0.0/0 via 10.1.2.2
        08 0a 0a010201 08 0a 0a010202,                  10.0.0.0/8 via 10.1.2.1
        08 0a 0a010201 00 7f000001,                     10.0.0.0/8 via 10.1.2.1
        """)
    void classlessRoutesTakeThePlaceOfRouters(String option, String routes) throws UnusableLease {
        ClientLease lease = ClientLease.of(ack().addresses(OptionCode.ROUTERS, "10.1.2.9")
            .with(OptionCode.CLASSLESS_STATIC_ROUTE, option).build());
        assertThat(lease.routes()).extracting(Route::toString).containsExactly(routes.split(";"));
        assertThat(lease.routers()).isEmpty();
    }

    /** A prefix of more than 32 bits, an end within a route, nothing at all, nothing that can be used. */
    @ParameterizedTest
    @ValueSource(strings = {"21 0a000000 00 0a010201", "08 0a 0a0102", "08 0a 0a010201 18 0a", "08 0a 0a010201 18", "", "00 e0000001"})
    void aBrokenListOfRoutesLeavesTheRouterInForce(String option) throws UnusableLease {
        assertThat(ClientLease.of(ack().addresses(OptionCode.ROUTERS, "10.1.2.9").with(OptionCode.CLASSLESS_STATIC_ROUTE, option).build())
            .routes()).extracting(Route::toString).containsExactly("0.0.0.0/0 via 10.1.2.9");
    }

    /** A resolver of 127.0.0.1 would be ourselves, and we would ask ourselves for ever. */
    @Test
    void addressesThatNoHostCanHaveAreLeftOut() throws UnusableLease {
        ClientLease lease = ClientLease.of(ack().addresses(OptionCode.ROUTERS, "0.0.0.0", "10.1.2.1")
            .addresses(OptionCode.DOMAIN_NAME_SERVERS, "127.0.0.1", "10.1.2.3", "255.255.255.255", "10.1.2.3").build());
        assertThat(lease.routes()).extracting(Route::toString).containsExactly("0.0.0.0/0 via 10.1.2.1");
        assertThat(lease.resolvers()).containsExactly(Ipv4.parse("10.1.2.3"));
        assertThat(ClientLease.of(ack().with(OptionCode.DOMAIN_NAME_SERVERS, "0a010203 0a").build()).resolvers()).isEmpty();
    }

    /** Clients that passed option 15 on as it came have run it as a command. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        site.example      | true
        x                 | true
        a_b.example.      | true
        ''                | false
        .example          | false
        a b               | false
        () { :;}; reboot  | false
        $(reboot).example | false
        """)
    void whatIsNoDomainNameIsNoDomain(String domain, boolean taken) throws UnusableLease {
        assertThat(ClientLease.of(ack().text(OptionCode.DOMAIN_NAME, domain).build()).domain().isPresent()).isEqualTo(taken);
    }

    @Test
    void aRenewalThatOnlyLastsLongerChangesNoSetup() throws UnusableLease {
        ClientLease lease = ClientLease.of(ack().build());
        assertThat(lease.sameSetup(ClientLease.of(ack().leaseTime(7200).server("10.1.2.2").build()))).isTrue();
        assertThat(lease.sameSetup(ClientLease.of(ack().addresses(OptionCode.ROUTERS, "10.1.2.1").build()))).isFalse();
        assertThat(lease.sameSetup(ClientLease.of(ack().addresses(OptionCode.DOMAIN_NAME_SERVERS, "10.1.2.1").build()))).isFalse();
        assertThat(lease.sameSetup(ClientLease.of(ack().text(OptionCode.DOMAIN_NAME, "example").build()))).isFalse();
        assertThat(lease.sameSetup(ClientLease.of(ack().addresses(OptionCode.SUBNET_MASK, "255.255.0.0").build()))).isFalse();
        assertThat(lease.sameSetup(ClientLease.of(ack().yiaddr("10.1.2.51").build()))).isFalse();
    }

    @Test
    void timesOutOfOrderAreRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatThrownBy(() -> new ClientLease(Ipv4.parse("10.1.2.50"), 24, Ipv4.parse("10.1.2.1"), List.of(), List.of(), List.of(),
            Optional.empty(), second, second, second)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("T1 PT1S, T2 PT1S and the end PT1S are out of order");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        10.1.2.0, 24, 10.1.2.255, true
        10.1.2.0, 24, 10.1.3.0,   false
        10.1.2.7, 32, 10.1.2.7,   true
        10.1.2.7, 32, 10.1.2.6,   false
        0.0.0.0,  0,  255.1.2.3,  true
        """)
    void aSubnetContainsWhatSharesItsPrefix(String address, int prefix, String other, boolean contains) {
        assertThat(new Subnet(Ipv4.parse(address), prefix).contains(Ipv4.parse(other))).isEqualTo(contains);
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 33})
    void thereAreNoOtherPrefixes(int prefix) {
        assertThatThrownBy(() -> new Subnet(Ipv4.UNSPECIFIED, prefix)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("there is no prefix of " + prefix + " bits; use 0 to 32");
    }

    private static ServerReply ack() {
        return ServerReply.lease(MessageType.ACK, REQUEST, "10.1.2.1", "10.1.2.50", 3600);
    }

    private static void assertUnusable(ServerReply reply, String sentence) {
        assertThatThrownBy(() -> ClientLease.of(reply.build())).isInstanceOf(UnusableLease.class).hasMessage(sentence);
    }
}
