package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.Lease;
import io.talospxe.dhcp.LeaseStore;
import io.talospxe.dhcp.MemoryLeaseStore;
import io.talospxe.dhcp.NetbootClient;
import io.talospxe.dhcp.Network;
import io.talospxe.dhcp.ReplyAddress;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MacAddress;
import io.talospxe.machine.MovableClock;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A client and this project's own server on a link that loses, doubles and reorders messages, in virtual time. At every step the server
 * must agree that the client has what it thinks it has.
 */
final class ServerLink implements LeaseClient.Listener {

    static final MacAddress MAC = ClientRun.MAC;

    private static final long MILLISECOND = 1_000_000;
    private static final Network NETWORK = new Network(Ipv4.parse("10.1.2.1"), 24, Ipv4.parse("10.1.2.100"), Ipv4.parse("10.1.2.102"),
        List.of(Ipv4.parse("10.1.2.1")), List.of(Ipv4.parse("10.1.2.1")));

    final LeaseClient client;
    final List<String> told = new ArrayList<>();
    private final Duration leaseTime;
    private final Random random;
    private final MovableClock serverClock = new MovableClock();
    private final PriorityQueue<Delivery> onTheWay = new PriorityQueue<>(Comparator.comparingLong(Delivery::at));
    private LeaseStore leases;
    private DhcpServer server;
    private double loss;
    private long now;
    private long bound;

    private record Delivery(long at, Runnable arrival) {
    }

    /** Loss is a fraction of 1. */
    ServerLink(Duration leaseTime, double loss, long seed) {
        this.leaseTime = leaseTime;
        this.loss = loss;
        this.random = new Random(seed);
        client = new LeaseClient(MAC, new Random(seed + 1), () -> now, Duration.ofSeconds(10), Duration.ofSeconds(20), this::send, this);
        restart();
    }

    /** The server forgets every lease. */
    void restart() {
        leases = new MemoryLeaseStore();
        server = new DhcpServer(NETWORK, leases, leaseTime, true, serverClock);
    }

    void loss(double fraction) {
        loss = fraction;
    }

    /** A client of that address's own takes it, as far as the server goes. */
    void give(Inet4Address address) {
        leases.save(new Lease(address, "client of " + address, "52-54-00-00-00-0b", "", Lease.State.BOUND,
            serverClock.instant().plus(leaseTime)));
    }

    Optional<Lease> onServer(Inet4Address address) {
        return leases.byAddress(address);
    }

    /** How much of the time the client has had a lease. */
    double share() {
        return (double) bound / now;
    }

    void run(Duration time) {
        long end = now + time.toNanos();
        while (true) {
            long delivery = onTheWay.isEmpty() ? Long.MAX_VALUE : onTheWay.peek().at;
            long next = Math.min(Math.min(delivery, client.deadline()), end);
            moveTo(Math.max(next, now));
            if (next == end) {
                return;
            }
            if (next == delivery) {
                onTheWay.remove().arrival.run();
            } else {
                client.expire();
            }
        }
    }

    private void moveTo(long time) {
        if (client.lease().isPresent()) {
            bound += time - now;
            Lease held = leases.byAddress(client.lease().get().address()).orElseThrow();
            assertThat(held.state()).isEqualTo(Lease.State.BOUND);
            assertThat(held.mac()).isEqualTo(MAC.dashed());
            assertThat(held.expires()).isAfter(serverClock.instant());
        }
        serverClock.advance(Duration.ofNanos(time - now));
        now = time;
    }

    private void send(Outgoing outgoing) {
        byte[] datagram = DhcpCodec.encode(outgoing.message());
        Inet4Address to = (Inet4Address) outgoing.to().getAddress();
        assertThat(to).isIn(Ipv4.BROADCAST, NETWORK.server());
        carry(() -> serve(datagram));
    }

    private void serve(byte[] datagram) {
        DhcpMessage request = read(datagram);
        server.answer(request, NetbootClient.of(request), Optional.empty()).ifPresent(reply -> {
            InetSocketAddress to = ReplyAddress.of(request, reply);
            byte[] answer = DhcpCodec.encode(reply);
            carry(() -> {
                // A socket hears unicast only to an address that its host has.
                if (to.getAddress().equals(Ipv4.BROADCAST) || client.lease().map(ClientLease::address).filter(to.getAddress()::equals)
                    .isPresent()) {
                    client.receive(read(answer));
                }
            });
        });
    }

    private void carry(Runnable arrival) {
        do {
            if (random.nextDouble() >= loss) {
                onTheWay.add(new Delivery(now + (1 + random.nextInt(20)) * MILLISECOND, arrival));
            }
        } while (random.nextDouble() < 0.05);
    }

    private static DhcpMessage read(byte[] datagram) {
        try {
            return DhcpCodec.decode(datagram);
        } catch (MalformedMessage ours) {
            throw new AssertionError("we wrote what cannot be read", ours);
        }
    }

    @Override
    public void bound(ClientLease lease, Optional<ClientLease> before) {
        told.add((before.isEmpty() ? "bound " : "renewed ") + lease.address().getHostAddress());
    }

    @Override
    public void lost(ClientLease lease, String reason) {
        told.add("lost " + lease.address().getHostAddress());
    }

    @Override
    public void unanswered(Optional<Inet4Address> offered) {
        told.add("unanswered");
    }
}
