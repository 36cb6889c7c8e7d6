package io.talospxe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.dhcp.wire.Ipv4;
import io.talospxe.net.Link.LinkException;
import org.junit.jupiter.api.Test;

class LinkTest {

    @Test
    void aMissingInterfaceIsAnsweredWithThoseThereAre() {
        assertThatThrownBy(() -> Link.named("eth99")).isInstanceOf(LinkException.class)
            .hasMessageMatching("There is no interface 'eth99'[.] There are: .*[.] Name one with --if[.]");
    }

    @Test
    void anAddressReadsAsIproute2WritesIt() {
        assertThat(new Link.Address(Ipv4.parse("192.168.123.1"), 24)).hasToString("192.168.123.1/24");
    }
}
