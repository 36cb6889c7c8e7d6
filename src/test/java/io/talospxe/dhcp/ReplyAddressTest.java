package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReplyAddressTest {

    /** RFC 2131, section 4.1: the relay, else the client's own address, else everybody; a NAK never to an address that may be wrong. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        0.0.0.0,   0.0.0.0,        OFFER, 255.255.255.255:68
        0.0.0.0,   192.168.123.50, ACK,   192.168.123.50:68
        0.0.0.0,   192.168.123.50, NAK,   255.255.255.255:68
        10.0.0.1,  0.0.0.0,        OFFER, 10.0.0.1:67
        10.0.0.1,  192.168.123.50, ACK,   10.0.0.1:67
        10.0.0.1,  192.168.123.50, NAK,   10.0.0.1:67
        """)
    void aReplyGoesWhereItsClientCanHearIt(String giaddr, String ciaddr, MessageType type, String destination) {
        DhcpMessage request = ClientMessage.of(MessageType.REQUEST, "52-54-00-12-34-56").giaddr(giaddr).ciaddr(ciaddr).build();
        DhcpMessage reply = DhcpMessage.replyTo(request)
            .withOptions(Options.builder().putByte(OptionCode.MESSAGE_TYPE, type.value()).build());
        assertThat(ReplyAddress.of(request, reply)).hasToString("/" + destination);
    }
}
