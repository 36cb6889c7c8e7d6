package io.talospxe.dhcp;

import io.talospxe.dhcp.BootInstructions.Channel;
import io.talospxe.dhcp.NetbootClient.Kind;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.machine.MacAddress;
import java.net.Inet4Address;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The network's own DHCP server (RFC 2131, section 4.3): leases addresses of one {@link Network} and tells netboot clients what to fetch.
 * Answers one message at a time; safe for several threads.
 */
public final class DhcpServer {

    private static final Logger LOG = LoggerFactory.getLogger(DhcpServer.class);
    /** How long an offered address waits for its REQUEST: longer than any client's own patience with us. */
    private static final Duration OFFER_TIME = Duration.ofSeconds(60);
    /** How long an address that somebody else was seen using is left alone. */
    private static final Duration QUARANTINE = Duration.ofMinutes(10);

    private final Network network;
    private final LeaseStore leases;
    private final AddressPool pool;
    private final Duration leaseTime;
    private final boolean authoritative;
    private final Clock clock;
    private Instant fullSince = Instant.MIN;

    /**
     * @param network       what to lease
     * @param leases        where leases are kept
     * @param leaseTime     how long a lease lasts, at least a second
     * @param authoritative whether this is the only DHCP server here: then clients with an address that we do not know are refused, or
     *                      adopted if it is free, instead of left to time out
     * @param clock         tells the time
     */
    public DhcpServer(Network network, LeaseStore leases, Duration leaseTime, boolean authoritative, Clock clock) {
        this.network = network;
        this.leases = leases;
        this.pool = new AddressPool(network, leases);
        this.leaseTime = leaseTime;
        this.authoritative = authoritative;
        this.clock = clock;
    }

    /**
     * Answers a client's message as RFC 2131, section 4.3, says.
     *
     * @param request  a message with a type and a hardware address of six bytes
     * @param client   who asked
     * @param bootFile what a netboot client is to fetch; empty gives it a plain lease
     * @return the reply, or nothing where silence is the answer
     */
    public synchronized Optional<DhcpMessage> answer(DhcpMessage request, NetbootClient client, Optional<String> bootFile) {
        if (request.op() != DhcpMessage.BOOTREQUEST || request.type().isEmpty()) {
            return Optional.empty();
        }
        if (request.relayed() && !network.contains(request.giaddr())) {
            LOG.warn("No pool for the network of relay {}: {} from {} is not answered", request.giaddr().getHostAddress(), request.name(),
                MacAddress.of(request.chaddr().toBytes()));
            return Optional.empty();
        }
        Instant now = clock.instant();
        Optional<DhcpMessage> reply = switch (request.type().get()) {
            case DISCOVER -> discover(request, now);
            case REQUEST -> request(request, now);
            case INFORM -> Optional.of(reply(MessageType.ACK, request, Options.builder()).withCiaddr(request.ciaddr()));
            case DECLINE -> {
                decline(request, now);
                yield Optional.empty();
            }
            case RELEASE -> {
                release(request, now);
                yield Optional.empty();
            }
            case OFFER, ACK, NAK -> Optional.empty();
        };
        return reply.map(answer -> isNak(answer) || client.kind() == Kind.PLAIN || bootFile.isEmpty()
                ? answer : BootInstructions.add(answer, request, client, bootFile.get(), network.server(), Channel.LEASE))
            .map(answer -> RelayAgent.echo(request, answer));
    }

    /** What is leased, for people. */
    public String pool() {
        return network.pool();
    }

    /** Whether the asker holds a lease of ours at the moment. */
    public synchronized boolean holds(DhcpMessage request) {
        return leases.byClient(key(request)).filter(lease -> lease.state() == Lease.State.BOUND && lease.holds(clock.instant())).isPresent();
    }

    private Optional<DhcpMessage> discover(DhcpMessage request, Instant now) {
        Optional<Inet4Address> address = pool.choose(key(request), request.options().address(OptionCode.REQUESTED_ADDRESS), now);
        if (address.isEmpty()) {
            if (fullSince.isBefore(now.minusSeconds(60))) {
                fullSince = now;
                LOG.warn("The pool {} is full: {} gets no address. Widen pxe.dhcp.pool or shorten pxe.dhcp.lease-time.",
                    network.pool(), MacAddress.of(request.chaddr().toBytes()));
            }
            return Optional.empty();
        }
        boolean alreadyBound = leases.byClient(key(request))
            .filter(lease -> lease.state() == Lease.State.BOUND && lease.holds(now) && lease.address().equals(address.get())).isPresent();
        if (!alreadyBound) {
            leases.save(lease(request, address.get(), Lease.State.OFFERED, now.plus(OFFER_TIME)));
        }
        return Optional.of(reply(MessageType.OFFER, request, leaseOptions()).withYiaddr(address.get()));
    }

    private Optional<DhcpMessage> request(DhcpMessage request, Instant now) {
        Optional<Inet4Address> chosen = request.options().address(OptionCode.SERVER_IDENTIFIER);
        Optional<Inet4Address> wish = request.options().address(OptionCode.REQUESTED_ADDRESS);
        if (chosen.isPresent() && !chosen.get().equals(network.server())) {
            forgetOffer(request, now);
            return Optional.empty();
        }
        Inet4Address address = wish.orElse(request.ciaddr());
        Optional<Lease> known = leases.byClient(key(request)).filter(lease -> lease.holds(now))
            .filter(lease -> lease.address().equals(address));
        if (known.isPresent() || (chosen.isPresent() || authoritative) && pool.free(address, key(request), now)) {
            leases.save(lease(request, address, Lease.State.BOUND, now.plus(leaseTime)));
            return Optional.of(reply(MessageType.ACK, request, leaseOptions()).withYiaddr(address).withCiaddr(request.ciaddr()));
        }
        boolean wrongNetwork = !network.contains(address);
        // Without authority only a client that asked us, or that moved here with an address of elsewhere, may be told no (section 4.3.2).
        return chosen.isPresent() || authoritative || wrongNetwork && wish.isPresent()
            ? Optional.of(nak(request, wrongNetwork ? "wrong network" : "address not available")) : Optional.empty();
    }

    private void forgetOffer(DhcpMessage request, Instant now) {
        leases.byClient(key(request)).filter(lease -> lease.state() == Lease.State.OFFERED)
            .ifPresent(lease -> leases.save(lease.in(Lease.State.RELEASED, now)));
    }

    private void decline(DhcpMessage request, Instant now) {
        request.options().address(OptionCode.REQUESTED_ADDRESS).flatMap(leases::byAddress)
            .filter(lease -> lease.client().equals(key(request)))
            .ifPresent(lease -> {
                leases.save(lease.declined(now.plus(QUARANTINE)));
                LOG.warn("{} is in use by a machine that has no lease of ours; it is left alone for {} minutes",
                    lease.address().getHostAddress(),
                    QUARANTINE.toMinutes());
            });
    }

    private void release(DhcpMessage request, Instant now) {
        leases.byAddress(request.ciaddr()).filter(lease -> lease.client().equals(key(request)))
            .filter(lease -> lease.state() == Lease.State.BOUND)
            .ifPresent(lease -> leases.save(lease.in(Lease.State.RELEASED, now)));
    }

    private DhcpMessage reply(MessageType type, DhcpMessage request, Options.Builder leaseOptions) {
        Options.Builder options = Options.builder()
            .putByte(OptionCode.MESSAGE_TYPE, type.value())
            .put(OptionCode.SERVER_IDENTIFIER, network.server());
        leaseOptions.build().byNumber().forEach((number, value) -> options.put(OptionCode.of(number), value));
        options.put(OptionCode.SUBNET_MASK, network.mask()).put(OptionCode.BROADCAST_ADDRESS, network.broadcast());
        if (!network.routers().isEmpty()) {
            options.put(OptionCode.ROUTERS, network.routers().toArray(Inet4Address[]::new));
        }
        if (!network.resolvers().isEmpty()) {
            options.put(OptionCode.DOMAIN_NAME_SERVERS, network.resolvers().toArray(Inet4Address[]::new));
        }
        return DhcpMessage.replyTo(request).withOptions(echoClientIdentifier(request, options).build());
    }

    /** Lease time, and T1 and T2 at one half and seven eighths of it (RFC 2131, section 4.4.5). */
    private Options.Builder leaseOptions() {
        long seconds = leaseTime.toSeconds();
        return Options.builder().putInt(OptionCode.LEASE_TIME, seconds)
            .putInt(OptionCode.RENEWAL_TIME, seconds / 2)
            .putInt(OptionCode.REBINDING_TIME, seconds * 7 / 8);
    }

    private DhcpMessage nak(DhcpMessage request, String reason) {
        Options.Builder options = Options.builder()
            .putByte(OptionCode.MESSAGE_TYPE, MessageType.NAK.value())
            .put(OptionCode.SERVER_IDENTIFIER, network.server())
            .put(OptionCode.MESSAGE, reason);
        // Behind a relay only a broadcast reaches a client whose address is wrong (section 4.3.2).
        return DhcpMessage.replyTo(request).withBroadcast().withOptions(echoClientIdentifier(request, options).build());
    }

    /** RFC 6842, section 3: a client identifier comes back unchanged. */
    private static Options.Builder echoClientIdentifier(DhcpMessage request, Options.Builder options) {
        request.options().get(OptionCode.CLIENT_IDENTIFIER).ifPresent(id -> options.put(OptionCode.CLIENT_IDENTIFIER, id));
        return options;
    }

    private static boolean isNak(DhcpMessage reply) {
        return reply.type().filter(type -> type == MessageType.NAK).isPresent();
    }

    private static Lease lease(DhcpMessage request, Inet4Address address, Lease.State state, Instant expires) {
        return new Lease(address, key(request), MacAddress.of(request.chaddr().toBytes()).dashed(),
            request.options().text(OptionCode.HOST_NAME).orElse(""), state, expires);
    }

    /**
     * Option 61, else what most clients put there: htype and chaddr (RFC 2132, section 9.14). So a machine keeps its address although its
     * firmware sends no identifier and iPXE sends that one.
     */
    private static String key(DhcpMessage request) {
        return request.options().get(OptionCode.CLIENT_IDENTIFIER).filter(id -> id.length() >= 2).map(Object::toString)
            .orElseGet(() -> HexFormat.of().toHexDigits((byte) request.htype()) + request.chaddr());
    }
}
