package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.Arrays;

/** What a server says, right or wrong, put together for a test. Not immutable: each call changes the message. */
final class ServerReply {

    private final DhcpMessage request;
    private final Options.Builder options = Options.builder();
    private Inet4Address yiaddr = Ipv4.UNSPECIFIED;
    private String file = "";

    private ServerReply(MessageType type, DhcpMessage request) {
        this.request = request;
        options.putByte(OptionCode.MESSAGE_TYPE, type.value());
    }

    /** The bare reply. */
    static ServerReply of(MessageType type, DhcpMessage request) {
        return new ServerReply(type, request);
    }

    /** An OFFER or ACK with all that a lease needs. */
    static ServerReply lease(MessageType type, DhcpMessage request, String server, String address, long seconds) {
        return of(type, request).server(server).yiaddr(address).leaseTime(seconds).addresses(OptionCode.SUBNET_MASK, "255.255.255.0");
    }

    ServerReply server(String address) {
        return addresses(OptionCode.SERVER_IDENTIFIER, address);
    }

    ServerReply yiaddr(String address) {
        yiaddr = Ipv4.parse(address);
        return this;
    }

    ServerReply leaseTime(long seconds) {
        return seconds(OptionCode.LEASE_TIME, seconds);
    }

    ServerReply seconds(OptionCode code, long seconds) {
        options.putInt(code, seconds);
        return this;
    }

    ServerReply addresses(OptionCode code, String... addresses) {
        options.put(code, Arrays.stream(addresses).map(Ipv4::parse).toArray(Inet4Address[]::new));
        return this;
    }

    ServerReply text(OptionCode code, String text) {
        options.put(code, text);
        return this;
    }

    ServerReply with(OptionCode code, String hex) {
        options.put(code, Octets.hex(hex));
        return this;
    }

    ServerReply file(String name) {
        file = name;
        return this;
    }

    DhcpMessage build() {
        return DhcpMessage.replyTo(request).withYiaddr(yiaddr).withBootServer(Ipv4.UNSPECIFIED, "", file).withOptions(options.build());
    }
}
