package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who else serves on this network. Fed with what comes to port 68, the REQUESTs that come to port 67, and each {@link Probe} as it is sent;
 * tells its listener of changes, once each. A server is forgotten when it has left some probes in a row unanswered. Knows no socket and no
 * clock but the one it is given; for one thread at a time.
 */
public final class OtherServers {

    /** Is told what changes. */
    public interface Listener {
        /** A server that leases addresses, and that we did not know. */
        void leaseServerAppeared(Seen server);

        /** A server that tells machines what to boot: a proxy, or, if {@link Seen#leases}, a lease server that does that too. */
        void bootServerAppeared(Seen server);

        /**
         * Nobody leases addresses any more, or nobody ever did. Whoever comes now is told as new, and then as back.
         *
         * @param unseen since when: the last sign of a lease server, else the beginning
         */
        void leaseServersGone(Duration unseen);

        /** Somebody leases addresses again. */
        void leaseServerBack(Seen server);
    }

    /** Servers that are kept in mind: far more than a network has, far fewer than a flood of forged ones would fill our memory with. */
    static final int MOST = 64;

    private static final Logger LOG = LoggerFactory.getLogger(OtherServers.class);

    private final Supplier<? extends Collection<Inet4Address>> ours;
    private final int patience;
    private final LongSupplier clock;
    private final Listener listener;
    private final Map<Inet4Address, Known> known = new LinkedHashMap<>();

    private boolean full;
    private int unansweredProbes;
    private long lastHeard;
    private boolean gone;

    /** A server and how many probes were sent since it was heard. */
    private static final class Known {
        private Seen seen;
        private int probes;

        Known(Seen seen) {
            this.seen = seen;
        }
    }

    /**
     * Begins to watch.
     *
     * @param ours     our own addresses as they are now: what comes from there is no other server
     * @param patience how many probes in a row may stay unanswered, at least 1
     * @param clock    nanoseconds, as of {@link System#nanoTime}
     * @param listener is told what changes, last in a call
     */
    public OtherServers(Supplier<? extends Collection<Inet4Address>> ours, int patience, LongSupplier clock, Listener listener) {
        this.ours = ours;
        this.patience = patience;
        this.clock = clock;
        this.listener = listener;
        this.lastHeard = clock.getAsLong();
    }

    /**
     * A probe goes out. An answer to one has until the next: so servers are forgotten, and {@link Listener#leaseServersGone} is told, with
     * the probe that follows as many unanswered ones as patience has.
     */
    public void probed() {
        known.values().removeIf(server -> ++server.probes > patience);
        full = full && known.size() == MOST;
        unansweredProbes++;
        if (unansweredProbes > patience && !gone) {
            gone = true;
            listener.leaseServersGone(Duration.ofNanos(clock.getAsLong() - lastHeard));
        }
    }

    /** Takes a message that came to port 68, whether it is for us or for another client. */
    public void heard(DhcpMessage reply) {
        Seen.in(reply).ifPresent(this::note);
    }

    /** Takes a message that came to port 67: a client of this link that selects another server's offer tells us of that server. */
    public void overheard(DhcpMessage request) {
        // RFC 2131, section 4.3.2: in SELECTING both options are there. Without 50 it may be firmware that asks a proxy.
        if (request.type().filter(type -> type == MessageType.REQUEST).isPresent() && !request.relayed()
            && request.options().has(OptionCode.REQUESTED_ADDRESS)) {
            request.options().address(OptionCode.SERVER_IDENTIFIER)
                .map(server -> new Seen(server, !isProxy(server), false, Optional.empty(), Optional.empty())).ifPresent(this::note);
        }
    }

    /** The servers known now, the longest known first. */
    public List<Seen> seen() {
        return known.values().stream().map(server -> server.seen).toList();
    }

    private boolean isProxy(Inet4Address server) {
        return known.containsKey(server) && !known.get(server).seen.leases();
    }

    private void note(Seen latest) {
        if (!Ipv4.isHost(latest.server()) || ours.get().contains(latest.server())) {
            return;
        }
        boolean back = gone && latest.leases();
        if (latest.leases()) {
            unansweredProbes = 0;
            lastHeard = clock.getAsLong();
            gone = false;
        }
        Known server = known.get(latest.server());
        if (server == null && known.size() == MOST) {
            if (!full) {
                full = true;
                LOG.warn("More than {} DHCP servers seem to answer here, the last is {}: somebody forges them. No more are reported for now.",
                    MOST, latest.server().getHostAddress());
            }
        } else {
            remember(latest, server);
        }
        if (back) {
            listener.leaseServerBack(latest);
        }
    }

    private void remember(Seen latest, Known server) {
        Seen now = server == null ? latest : server.seen.and(latest);
        boolean newLease = now.leases() && (server == null || !server.seen.leases());
        boolean newBoot = now.boots() && (server == null || !server.seen.boots());
        if (server == null) {
            known.put(now.server(), new Known(now));
        } else {
            server.seen = now;
            server.probes = 0;
        }
        if (newLease) {
            listener.leaseServerAppeared(now);
        }
        if (newBoot) {
            listener.bootServerAppeared(now);
        }
    }
}
