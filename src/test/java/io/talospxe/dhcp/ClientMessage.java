package io.talospxe.dhcp;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;

/** What a client says, put together for a test. Not immutable: each call adds to the message. */
final class ClientMessage {

    private final Octets chaddr;
    private final Options.Builder options = Options.builder();
    private Inet4Address ciaddr = Ipv4.UNSPECIFIED;
    private Inet4Address giaddr = Ipv4.UNSPECIFIED;

    private ClientMessage(MessageType type, String mac) {
        chaddr = Octets.hex(mac.replace("-", ""));
        options.putByte(OptionCode.MESSAGE_TYPE, type.value());
    }

    static ClientMessage of(MessageType type, String mac) {
        return new ClientMessage(type, mac);
    }

    ClientMessage with(OptionCode code, Octets value) {
        options.put(code, value);
        return this;
    }

    ClientMessage wish(String address) {
        options.put(OptionCode.REQUESTED_ADDRESS, Ipv4.parse(address));
        return this;
    }

    ClientMessage server(String address) {
        options.put(OptionCode.SERVER_IDENTIFIER, Ipv4.parse(address));
        return this;
    }

    ClientMessage vendorClass(String name) {
        options.put(OptionCode.VENDOR_CLASS, name);
        return this;
    }

    ClientMessage ciaddr(String address) {
        ciaddr = Ipv4.parse(address);
        return this;
    }

    ClientMessage giaddr(String address) {
        giaddr = Ipv4.parse(address);
        return this;
    }

    DhcpMessage build() {
        return new DhcpMessage(DhcpMessage.BOOTREQUEST, DhcpMessage.ETHERNET, 0, 0x2a, 0, 0, ciaddr, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED,
            giaddr, chaddr, "", "", options.build());
    }
}
