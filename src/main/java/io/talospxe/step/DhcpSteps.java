package io.talospxe.step;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.NetbootClient;
import io.talospxe.dhcp.ProxyDhcp;
import io.talospxe.dhcp.ReplyAddress;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import io.talospxe.machine.MacAddress;
import java.net.Inet4Address;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;

/** The steps of the DHCP routes, bean {@code dhcp}. Safe for several threads. */
public final class DhcpSteps {

    private static final String REQUEST = "dhcpRequest";

    private final Inet4Address server;
    private final Optional<DhcpServer> leases;

    /**
     * @param server our address on the machines' link
     * @param leases the lease server; empty in proxy role
     */
    public DhcpSteps(Inet4Address server, Optional<DhcpServer> leases) {
        this.server = server;
        this.leases = leases;
    }

    /**
     * Reads a datagram: the body becomes a {@link DhcpMessage}; sets the variables {@code mac}, {@code uuid} if the machine sent one, and
     * for netboot clients {@code architecture} and, for iPXE, {@code userClass}.
     *
     * @throws MalformedMessage if it is none, or comes from something that is not on Ethernet
     */
    public void decode(Exchange exchange) throws MalformedMessage {
        DhcpMessage request = DhcpCodec.decode(exchange.getMessage().getBody(byte[].class));
        if (request.chaddr().length() != MacAddress.LENGTH) {
            throw new MalformedMessage("a hardware address of " + request.chaddr().length() + " bytes is not Ethernet's");
        }
        NetbootClient client = NetbootClient.of(request);
        exchange.getMessage().setBody(request);
        exchange.setProperty(REQUEST, request);
        exchange.setVariable("mac", MacAddress.of(request.chaddr().toBytes()).dashed());
        client.uuid().ifPresent(uuid -> exchange.setVariable("uuid", uuid));
        client.architecture().ifPresent(architecture -> exchange.setVariable("architecture", architecture.label()));
        if (client.kind() == NetbootClient.Kind.IPXE) {
            exchange.setVariable("userClass", "iPXE");
        }
    }

    /** Replaces a request by its answer as the network's DHCP server, or by null: OFFER, ACK, NAK or silence. Reads {@code bootFile}. */
    public void lease(Exchange exchange) {
        DhcpMessage request = request(exchange);
        DhcpServer lessor = leases.orElseThrow(() -> new IllegalStateException("pxe.role is proxy: there is no pool to lease from"));
        exchange.getMessage().setBody(lessor.answer(request, NetbootClient.of(request), bootFile(exchange)).orElse(null));
    }

    /** Replaces a request by the proxy offer that stands beside another server's, or by null. Reads {@code bootFile}. */
    public void proxyOffer(Exchange exchange) {
        DhcpMessage request = request(exchange);
        exchange.getMessage().setBody(bootFile(exchange)
            .flatMap(file -> ProxyDhcp.offer(request, NetbootClient.of(request), file, server)).orElse(null));
    }

    /** Replaces a request on port 4011 by the boot server's answer, or by null. Reads {@code bootFile}. */
    public void acknowledge(Exchange exchange) {
        DhcpMessage request = request(exchange);
        exchange.getMessage().setBody(bootFile(exchange)
            .flatMap(file -> ProxyDhcp.acknowledge(request, NetbootClient.of(request), file, server)).orElse(null));
    }

    /** Chooses where an answer of port 67 goes: relay, client or everyone (RFC 2131, section 4.1). Without it, it goes to the sender. */
    public void address(Exchange exchange) {
        DhcpMessage reply = exchange.getMessage().getBody(DhcpMessage.class);
        exchange.setProperty(NettyConstants.NETTY_REMOTE_ADDRESS, ReplyAddress.of(request(exchange), reply));
    }

    /** Turns the answer into bytes. */
    public byte[] encode(Exchange exchange) {
        return DhcpCodec.encode(exchange.getMessage().getBody(DhcpMessage.class));
    }

    private static DhcpMessage request(Exchange exchange) {
        return exchange.getProperty(REQUEST, DhcpMessage.class);
    }

    private static Optional<String> bootFile(Exchange exchange) {
        return Optional.ofNullable(exchange.getVariable("bootFile", String.class)).filter(file -> !file.isEmpty());
    }
}
