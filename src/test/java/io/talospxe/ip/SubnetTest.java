package io.talospxe.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {

    @ParameterizedTest(name = "{0}/{1} holds {2}: {3}")
    @CsvSource({"10.1.255.7, 23, 10.1.254.0, true", "10.1.255.7, 23, 10.1.255.255, true", "10.1.255.7, 23, 10.1.253.255, false",
        "10.1.255.7, 23, 10.2.0.0, false", "10.1.255.7, 0, 192.0.2.1, true", "10.1.255.7, 32, 10.1.255.7, true",
        "10.1.255.7, 32, 10.1.255.6, false"})
    void aNetworkHoldsItsAddressesAndNoOthers(String address, int prefix, String other, boolean holds) {
        assertThat(new Subnet(Ipv4.parse(address), prefix).contains(Ipv4.parse(other))).isEqualTo(holds);
    }

    @Test
    void anIpv6AddressIsInNoIpv4Network() throws UnknownHostException {
        assertThat(new Subnet(Ipv4.UNSPECIFIED, 0).contains(InetAddress.getByName("::1"))).isFalse();
    }

    @Test
    void anyOfItsAddressesMakesTheSameNetwork() {
        assertThat(new Subnet(Ipv4.parse("192.168.123.9"), 24)).isEqualTo(new Subnet(Ipv4.parse("192.168.123.0"), 24))
            .hasToString("192.168.123.0/24");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 33})
    void aPrefixThatIsNoneIsRefused(int prefix) {
        assertThatThrownBy(() -> new Subnet(Ipv4.UNSPECIFIED, prefix)).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("there is no prefix of " + prefix + " bits; use 0 to 32");
    }

    /** RFC 1122, section 3.2.1.3. */
    @ParameterizedTest
    @CsvSource({"0.0.0.0, false", "0.1.2.3, false", "127.0.0.1, false", "224.0.0.1, false", "255.255.255.255, false", "10.0.0.1, true",
        "223.255.255.254, true"})
    void notEveryAddressIsAHosts(String address, boolean host) {
        assertThat(Ipv4.isHost(Ipv4.parse(address))).isEqualTo(host);
    }

    @ParameterizedTest
    @CsvSource({"192.168.123.1, true", "' 10.0.0.1 ', true", "10.0.0, false", "10.0.0.256, false", "10.0.0.1.2, false", "fe80::1, false", "'', false",
        "ten.0.0.1, false"})
    void onlyFourNumbersAreAnAddress(String text, boolean address) {
        assertThat(Ipv4.isAddress(text)).isEqualTo(address);
    }
}
