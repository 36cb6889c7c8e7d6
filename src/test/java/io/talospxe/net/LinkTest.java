package io.talospxe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.ip.Ipv4;
import io.talospxe.net.Link.LinkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinkTest {

    /** Loopback is not offered: nobody boots from it. A path is no name, whatever stands there. */
    @ParameterizedTest
    @ValueSource(strings = {"eth99", "../net"})
    void aMissingInterfaceIsAnsweredWithThoseThereAre(String name) {
        assertThatThrownBy(() -> Link.named(name)).isInstanceOf(LinkException.class)
            .hasMessageMatching("There is no interface '" + name + "'[.] There are: (?!.*\\blo\\b).*[.] Name one with --if[.]");
    }

    @Test
    void anAddressReadsAsIproute2WritesIt() {
        assertThat(new Link.Address(Ipv4.parse("192.168.123.1"), 24)).hasToString("192.168.123.1/24");
    }
}
