package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.ip.Ipv4;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class NetbootClientPropertiesTest {

    /** Options 43, 77, 93, 97 and 175 are the client's to fill: whatever stands there, an answer can be made and written. */
    @Property
    void anyValuesGetAnAnswerThatCanBeWritten(@ForAll byte[] vendor, @ForAll byte[] userClass, @ForAll byte[] architecture,
                                              @ForAll byte[] identifier, @ForAll byte[] features) {
        DhcpMessage request = ClientMessage.of(MessageType.REQUEST, "52-54-00-12-34-56").vendorClass("PXEClient")
            .with(OptionCode.VENDOR_SPECIFIC, Octets.of(vendor)).with(OptionCode.USER_CLASS, Octets.of(userClass))
            .with(OptionCode.CLIENT_ARCHITECTURE, Octets.of(architecture)).with(OptionCode.CLIENT_MACHINE_IDENTIFIER, Octets.of(identifier))
            .with(OptionCode.IPXE, Octets.of(features)).build();
        DhcpMessage reply = ProxyDhcp.acknowledge(request, NetbootClient.of(request), "ipxe.efi", Ipv4.parse("192.168.123.1"))
            .orElseThrow();
        assertThat(DhcpCodec.encode(reply)).hasSizeGreaterThanOrEqualTo(DhcpCodec.MINIMUM_SIZE);
    }
}
