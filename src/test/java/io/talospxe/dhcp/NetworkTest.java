package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkTest {

    @Test
    void thePoolSaysWhetherOurOwnAddressLiesInIt() {
        Inet4Address server = Ipv4.parse("192.168.123.1");
        assertThat(Network.whole(server, 24, List.of(), List.of()).pool()).isEqualTo("192.168.123.1-192.168.123.254 less our own address");
        assertThat(new Network(server, 24, Ipv4.parse("192.168.123.100"), Ipv4.parse("192.168.123.199"), List.of(), List.of()).pool())
            .isEqualTo("192.168.123.100-192.168.123.199");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        192.168.123.1, 24, 192.168.123.1, 192.168.123.254, 255.255.255.0,   192.168.123.255
        10.1.2.3,      8,  10.0.0.1,      10.255.255.254,  255.0.0.0,       10.255.255.255
        200.0.0.6,     30, 200.0.0.5,     200.0.0.6,       255.255.255.252, 200.0.0.7
        """)
    void aWholeNetworkIsAllItsHosts(String server, int prefix, String first, String last, String mask, String broadcast) {
        Network network = Network.whole(Ipv4.parse(server), prefix, List.of(), List.of());
        assertThat(network.first()).isEqualTo(Ipv4.parse(first));
        assertThat(network.last()).isEqualTo(Ipv4.parse(last));
        assertThat(network.mask()).isEqualTo(Ipv4.parse(mask));
        assertThat(network.broadcast()).isEqualTo(Ipv4.parse(broadcast));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        31, 192.168.123.2,  192.168.123.3, a /31 network has no room for a pool; use a prefix from /1 to /30
        0,  192.168.123.2,  192.168.123.3, a /0 network has no room for a pool; use a prefix from /1 to /30
        24, 192.168.124.2,  192.168.123.3, the pool 192.168.124.2-192.168.123.3 is not a range within 192.168.123.1/24
        24, 192.168.123.2,  192.168.124.3, the pool 192.168.123.2-192.168.124.3 is not a range within 192.168.123.1/24
        24, 192.168.123.9,  192.168.123.3, the pool 192.168.123.9-192.168.123.3 is not a range within 192.168.123.1/24
        """)
    void aPoolThatIsNoRangeOfTheNetworkIsRefusedInASentence(int prefix, String first, String last, String sentence) {
        assertThatThrownBy(() -> new Network(Ipv4.parse("192.168.123.1"), prefix, Ipv4.parse(first),
            Ipv4.parse(last), List.of(), List.of()))
            .isInstanceOf(IllegalArgumentException.class).hasMessage(sentence);
    }

    @ParameterizedTest
    @CsvSource({"1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.", "a.b.c.d", "''", "1.2.3.0004"})
    void whatIsNoAddressIsRefusedInASentence(String text) {
        assertThatThrownBy(() -> Ipv4.parse(text)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("'" + text + "' is not an IPv4 address; write it as 192.168.123.1");
    }
}
