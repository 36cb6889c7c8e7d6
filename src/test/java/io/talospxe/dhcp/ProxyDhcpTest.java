package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.Captures;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** PXE specification 2.1, sections 2.2.3 to 2.2.5. */
class ProxyDhcpTest {

    private static final Inet4Address US = Ipv4.parse("192.168.123.1");
    private static final String MAC = "52-54-00-12-34-56";

    /** Columns: what the client says, which server it names, what we say on port 67 and on port 4011. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        DISCOVER, -,             OFFER,   ACK
        REQUEST,  192.168.123.1, ACK,     ACK
        REQUEST,  192.168.123.9, silence, ACK
        REQUEST,  -,             silence, ACK
        INFORM,   -,             silence, ACK
        RELEASE,  192.168.123.1, silence, silence
        DECLINE,  192.168.123.1, silence, silence
        OFFER,    -,             silence, silence
        """)
    void eachPortAnswersWhatItIsAskedFor(MessageType type, String server, String offer, String acknowledgement) {
        ClientMessage message = ClientMessage.of(type, MAC).vendorClass("PXEClient:Arch:00007:UNDI:003016").ciaddr("192.168.123.50");
        Optional.ofNullable(server).ifPresent(message::server);
        DhcpMessage request = message.build();
        assertThat(said(offer(request))).isEqualTo(offer);
        assertThat(said(acknowledge(request))).isEqualTo(acknowledgement);
    }

    /** Addresses are the other server's business: no lease, and the client's own address comes back. */
    @Test
    void anAnswerGivesNoAddress() {
        DhcpMessage reply = acknowledge(Captures.request("ovmf2022/pxe-proxy", MessageType.REQUEST, 4011)).orElseThrow();
        assertThat(reply.yiaddr()).isEqualTo(Ipv4.UNSPECIFIED);
        assertThat(reply.ciaddr()).isEqualTo(Captures.request("ovmf2022/pxe-proxy", MessageType.REQUEST, 4011).ciaddr());
        assertThat(reply.options().byNumber().keySet()).doesNotContain(1, 3, 6, 51, 58, 59);
    }

    @ParameterizedTest
    @EnumSource(MessageType.class)
    void plainClientsHearNothing(MessageType type) {
        DhcpMessage request = ClientMessage.of(type, MAC).vendorClass("MSFT 5.0").server("192.168.123.1").build();
        assertThat(offer(request)).isEmpty();
        assertThat(acknowledge(request)).isEmpty();
    }

    @Test
    void repliesAndBootpAreNotAnswered() {
        DhcpMessage discover = ClientMessage.of(MessageType.DISCOVER, MAC).vendorClass("PXEClient").build();
        DhcpMessage reply = DhcpMessage.replyTo(discover).withOptions(discover.options());
        DhcpMessage bootp = discover.withOptions(Options.builder().put(OptionCode.VENDOR_CLASS, "PXEClient").build());
        for (DhcpMessage message : new DhcpMessage[] {reply, bootp}) {
            assertThat(offer(message)).isEmpty();
            assertThat(acknowledge(message)).isEmpty();
        }
    }

    private static Optional<DhcpMessage> offer(DhcpMessage request) {
        return ProxyDhcp.offer(request, NetbootClient.of(request), "uefi-x64/ipxe.efi", US);
    }

    private static Optional<DhcpMessage> acknowledge(DhcpMessage request) {
        return ProxyDhcp.acknowledge(request, NetbootClient.of(request), "uefi-x64/ipxe.efi", US);
    }

    private static String said(Optional<DhcpMessage> reply) {
        return reply.flatMap(DhcpMessage::type).map(Object::toString).orElse("silence");
    }
}
