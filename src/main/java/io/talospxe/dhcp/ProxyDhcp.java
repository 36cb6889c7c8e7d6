package io.talospxe.dhcp;

import io.talospxe.dhcp.BootInstructions.Channel;
import io.talospxe.dhcp.NetbootClient.Kind;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import java.net.Inet4Address;
import java.util.Optional;

/**
 * Boot instructions without addresses: the proxy offer beside another server's offer, and the boot server on port 4011 that UEFI firmware
 * asks afterwards in either role (PXE specification 2.1, sections 2.2.3 to 2.2.5). Stateless, for any number of threads.
 */
public final class ProxyDhcp {

    private ProxyDhcp() {
    }

    /**
     * Answers on port 67: a DISCOVER gets an OFFER, a REQUEST that names us gets an ACK, everything else and every plain client nothing.
     *
     * @param bootFile a TFTP name, or a URL for HTTP and iPXE
     * @param server   our address on the client's link
     */
    public static Optional<DhcpMessage> offer(DhcpMessage request, NetbootClient client, String bootFile, Inet4Address server) {
        MessageType type = request.type().orElse(null);
        if (type == MessageType.DISCOVER) {
            return reply(MessageType.OFFER, request, client, bootFile, server, Channel.PROXY);
        }
        boolean meant = request.options().address(OptionCode.SERVER_IDENTIFIER).filter(server::equals).isPresent();
        return type == MessageType.REQUEST && meant
            ? reply(MessageType.ACK, request, client, bootFile, server, Channel.PROXY) : Optional.empty();
    }

    /**
     * Answers on port 4011: REQUEST, DISCOVER and INFORM get an ACK, since firmware uses all three there.
     *
     * @param bootFile a TFTP name, or a URL for HTTP and iPXE
     * @param server   our address on the client's link
     */
    public static Optional<DhcpMessage> acknowledge(DhcpMessage request, NetbootClient client, String bootFile, Inet4Address server) {
        return switch (request.type().orElse(MessageType.RELEASE)) {
            case REQUEST, DISCOVER, INFORM -> reply(MessageType.ACK, request, client, bootFile, server, Channel.BOOT_SERVER);
            default -> Optional.empty();
        };
    }

    private static Optional<DhcpMessage> reply(MessageType type, DhcpMessage request, NetbootClient client, String bootFile,
                                               Inet4Address server, Channel channel) {
        if (client.kind() == Kind.PLAIN || request.op() != DhcpMessage.BOOTREQUEST) {
            return Optional.empty();
        }
        DhcpMessage reply = DhcpMessage.replyTo(request).withCiaddr(request.ciaddr()).withOptions(Options.builder()
            .putByte(OptionCode.MESSAGE_TYPE, type.value())
            .put(OptionCode.SERVER_IDENTIFIER, server)
            .build());
        return Optional.of(RelayAgent.echo(request, BootInstructions.add(reply, request, client, bootFile, server, channel)));
    }
}
