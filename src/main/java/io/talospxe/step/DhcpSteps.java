package io.talospxe.step;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.NetbootClient;
import io.talospxe.dhcp.ProxyDhcp;
import io.talospxe.dhcp.ReplyAddress;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import io.talospxe.machine.MacAddress;
import io.talospxe.net.Link;
import io.talospxe.role.Standing;
import java.net.Inet4Address;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;

/** The steps of the DHCP routes, bean {@code dhcp}. Safe for several threads. */
public final class DhcpSteps {

    private static final String REQUEST = "dhcpRequest";
    /** One message is answered in one role, whatever changes meanwhile. */
    private static final String STANDING = "standing";

    private final Supplier<Standing> standing;
    private final Optional<MacAddress> own;
    private final Clock clock;

    /**
     * @param standing our role and address at the moment
     * @param own      our interface's hardware address; empty if it has none
     * @param clock    tells the time
     */
    public DhcpSteps(Supplier<Standing> standing, Optional<MacAddress> own, Clock clock) {
        this.standing = standing;
        this.own = own;
        this.clock = clock;
    }

    /**
     * Reads a datagram: the body becomes a {@link DhcpMessage}; sets the variables {@code role} ({@code server} or {@code proxy}),
     * {@code localAddress} (ours), {@code mac}, {@code uuid} if the machine sent one, and for netboot clients {@code architecture} and, for
     * iPXE, {@code userClass}.
     *
     * @throws MalformedMessage if it is none, or comes from something that is not on Ethernet
     */
    public void decode(Exchange exchange) throws MalformedMessage {
        DhcpMessage request = DhcpCodec.decode(exchange.getMessage().getBody(byte[].class));
        if (request.chaddr().length() != MacAddress.LENGTH) {
            throw new MalformedMessage("a hardware address of " + request.chaddr().length() + " bytes is not Ethernet's");
        }
        NetbootClient client = NetbootClient.of(request);
        Standing now = standing.get();
        exchange.getMessage().setBody(request);
        exchange.setProperty(REQUEST, request);
        exchange.setProperty(STANDING, now);
        exchange.setVariable("role", now.role().label());
        now.address().ifPresent(address -> exchange.setVariable("localAddress", address.address().getHostAddress()));
        exchange.setVariable("mac", MacAddress.of(request.chaddr().toBytes()).dashed());
        client.uuid().ifPresent(uuid -> exchange.setVariable("uuid", uuid));
        client.architecture().ifPresent(architecture -> exchange.setVariable("architecture", architecture.label()));
        if (client.kind() == NetbootClient.Kind.IPXE) {
            exchange.setVariable("userClass", "iPXE");
        }
    }

    /** Whether the message is our own: we are a client too, and hear ourselves ask. */
    public boolean isOurOwn(Exchange exchange) {
        MacAddress asker = MacAddress.of(request(exchange).chaddr().toBytes());
        return own.filter(asker::equals).isPresent();
    }

    /** Whether a machine has an address of the time when we were the server, and is still to be served: for a while after we stepped down. */
    public boolean finishes(Exchange exchange) {
        Standing now = standing(exchange);
        return now.finished().isAfter(clock.instant()) && now.leases().filter(leases -> leases.holds(request(exchange))).isPresent();
    }

    /** Replaces a request by its answer as the network's DHCP server, or by null: OFFER, ACK, NAK or silence. Reads {@code bootFile}. */
    public void lease(Exchange exchange) {
        DhcpMessage request = request(exchange);
        DhcpServer lessor = standing(exchange).leases().orElseThrow(() -> new IllegalStateException("we are a proxy: there is no pool to lease from"));
        exchange.getMessage().setBody(lessor.answer(request, NetbootClient.of(request), bootFile(exchange)).orElse(null));
    }

    /** Replaces a request by the proxy offer that stands beside another server's, or by null. Reads {@code bootFile}. */
    public void proxyOffer(Exchange exchange) {
        DhcpMessage request = request(exchange);
        exchange.getMessage().setBody(bootFile(exchange)
            .flatMap(file -> server(exchange).flatMap(server -> ProxyDhcp.offer(request, NetbootClient.of(request), file, server))).orElse(null));
    }

    /** Replaces a request on port 4011 by the boot server's answer, or by null. Reads {@code bootFile}. */
    public void acknowledge(Exchange exchange) {
        DhcpMessage request = request(exchange);
        exchange.getMessage().setBody(bootFile(exchange)
            .flatMap(file -> server(exchange).flatMap(server -> ProxyDhcp.acknowledge(request, NetbootClient.of(request), file, server))).orElse(null));
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

    private static Standing standing(Exchange exchange) {
        return exchange.getProperty(STANDING, Standing.class);
    }

    private static Optional<Inet4Address> server(Exchange exchange) {
        return standing(exchange).address().map(Link.Address::address);
    }

    private static Optional<String> bootFile(Exchange exchange) {
        return Optional.ofNullable(exchange.getVariable("bootFile", String.class)).filter(file -> !file.isEmpty());
    }
}
