package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.machine.MacAddress;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/** A client in virtual time, what it sent and what its listener was told. Every message passes the codec, as on a wire. */
final class ClientRun implements LeaseClient.Listener {

    static final MacAddress MAC = MacAddress.parse("52-54-00-00-00-0a");

    private static final double SECOND = 1e9;

    final LeaseClient client;
    final List<Sent> sent = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    Runnable whenTold = () -> { };
    // As after a long uptime, and so that deadlines pass the point where a long runs over.
    private final long origin = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();
    private long now = origin;

    /** A message and when it went out, in seconds. */
    record Sent(double at, Outgoing outgoing) {
        DhcpMessage message() {
            return outgoing.message();
        }

        /** {@code DISCOVER to 255.255.255.255}, with {@code wish}, {@code server} and {@code ciaddr} where it has them. */
        @Override
        public String toString() {
            DhcpMessage message = message();
            return message.type().orElseThrow()
                + message.options().address(OptionCode.REQUESTED_ADDRESS).map(wish -> " wish " + wish.getHostAddress()).orElse("")
                + message.options().address(OptionCode.SERVER_IDENTIFIER).map(server -> " server " + server.getHostAddress()).orElse("")
                + (message.ciaddr().isAnyLocalAddress() ? "" : " ciaddr " + message.ciaddr().getHostAddress())
                + " to " + outgoing.to().getAddress().getHostAddress();
        }
    }

    ClientRun(Duration patience, Duration pace, long seed) {
        client = new LeaseClient(MAC, new Random(seed), () -> now, patience, pace, this::send, this);
    }

    /** Lets time pass until so many seconds after the beginning. */
    void until(double seconds) {
        long target = origin + (long) (seconds * SECOND);
        while (client.deadline() != Long.MAX_VALUE && client.deadline() - target <= 0) {
            now = client.deadline() - now > 0 ? client.deadline() : now;
            client.expire();
        }
        now = target;
    }

    /** Lets time pass without the client being told. */
    void sleepUntil(double seconds) {
        now = origin + (long) (seconds * SECOND);
    }

    double seconds() {
        return (now - origin) / SECOND;
    }

    void receive(ServerReply reply) {
        client.receive(reply.build());
    }

    Sent last() {
        return sent.get(sent.size() - 1);
    }

    DhcpMessage lastMessage() {
        return last().message();
    }

    @Override
    public void bound(ClientLease lease, Optional<ClientLease> before) {
        tell((before.isEmpty() ? "bound " : before.get().sameSetup(lease) ? "renewed " : "changed ") + lease);
    }

    @Override
    public void lost(ClientLease lease, String reason) {
        tell("lost " + lease.address().getHostAddress() + ": " + reason);
    }

    @Override
    public void unanswered(Optional<Inet4Address> offered) {
        tell("unanswered" + offered.map(server -> ", but " + server.getHostAddress() + " offered").orElse(""));
    }

    private void tell(String what) {
        told.add(String.format(Locale.ROOT, "%.1f %s", seconds(), what));
        whenTold.run();
    }

    private void send(Outgoing outgoing) {
        try {
            assertThat(DhcpCodec.decode(DhcpCodec.encode(outgoing.message()))).isEqualTo(outgoing.message());
        } catch (MalformedMessage ours) {
            throw new AssertionError("we sent what cannot be read", ours);
        }
        assertThat(outgoing.to().getPort()).isEqualTo(67);
        sent.add(new Sent(seconds(), outgoing));
    }
}
