package io.talospxe.role;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.client.ClientLease;
import io.talospxe.dhcp.client.LeaseClient;
import io.talospxe.dhcp.client.OtherServers;
import io.talospxe.dhcp.client.Outgoing;
import io.talospxe.dhcp.client.Probe;
import io.talospxe.dhcp.client.Route;
import io.talospxe.dhcp.client.Seen;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MacAddress;
import io.talospxe.net.Link;
import io.talospxe.net.Link.LinkException;
import io.talospxe.net.LinkChanges;
import io.talospxe.role.NetworkChange.Kind;
import java.net.Inet4Address;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds our place in the network and keeps it: asks for a DHCP server, stands beside it with a lease that it renews, or becomes it; then goes
 * on looking who else is there. What it hears and what it decides is passed on; whether the role changes, others decide
 * ({@link #stepDown}, {@link #takeOver}). Works on the one thread of its event loop; every public method may be called from any thread.
 */
public final class Presence implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

    /** Where a server stands that nobody gave an address; the one that this program has always had. */
    private static final Link.Address USUAL = new Link.Address(Ipv4.parse("192.168.123.1"), 24);
    /** When we ask, after the first time at once, if the interface has an address and we only want to know who is there. */
    private static final List<Duration> LOOKS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(7));

    private final Manner manner;
    private final LinkChanges changes;
    private final Link link;
    private final Lessor lessor;
    private final ScheduledExecutorService loop;
    private final Consumer<Outgoing> out;
    private final Clock clock;
    private final CompletableFuture<Standing> decided = new CompletableFuture<>();
    private final LeaseClient client;
    private final OtherServers others;
    private final Probe probe;
    private final Set<Link.Address> added = new HashSet<>();
    private volatile Optional<Standing> standing = Optional.empty();
    private final List<Runnable> undecided = new ArrayList<>();
    private Listener listener = new Record();
    private ScheduledFuture<?> clientTimer;
    private boolean looking;
    private boolean steppingDown;

    /** Makes the DHCP server for a network that is ours. */
    public interface Lessor {
        /**
         * @param address our address on it
         * @param routers what clients are to route through if the settings do not say; empty for us
         */
        DhcpServer serve(Link.Address address, List<Inet4Address> routers);
    }

    /** Is told what happens, on the event loop: must not block. */
    public interface Listener {
        /** Something changed; what follows is decided elsewhere. */
        void changed(NetworkChange change);

        /** Machines may reach us at this address from now on. */
        void gained(Link.Address address);

        /** The address is not ours any more. */
        void lost(Link.Address address);
    }

    /** Keeps what happens before somebody listens. */
    private static final class Record implements Listener {

        private final List<NetworkChange> changes = new ArrayList<>();

        @Override
        public void changed(NetworkChange change) {
            changes.add(change);
        }

        @Override
        public void gained(Link.Address address) {
            LOG.debug("{} is ours", address);
        }

        @Override
        public void lost(Link.Address address) {
            LOG.debug("{} is no longer ours", address);
        }
    }

    /**
     * @param manner  how to come by a role
     * @param changes of the interface, which is up
     * @param mac     the interface's hardware address
     * @param lessor  makes the DHCP server
     * @param loop    one thread
     * @param out     sends a client's message from port 68 of the interface
     * @param clock   tells the time
     */
    public Presence(Manner manner, LinkChanges changes, MacAddress mac, Lessor lessor, ScheduledExecutorService loop, Consumer<Outgoing> out,
                    Clock clock) {
        this.manner = manner;
        this.changes = changes;
        this.link = changes.link();
        this.lessor = lessor;
        this.loop = loop;
        this.out = out;
        this.clock = clock;
        RandomGenerator random = new SecureRandom();
        this.probe = new Probe(mac, random);
        this.client = new LeaseClient(mac, random, System::nanoTime, manner.patience(), manner.pace(), out, new LeaseEvents());
        this.others = new OtherServers(this::ours, manner.unanswered(), System::nanoTime, new OthersEvents());
    }

    /** Begins; completes as soon as role and address are known, which in proxy role may take until a DHCP server answers. */
    public CompletableFuture<Standing> start() {
        run(this::begin);
        return decided;
    }

    /** Passes everything that happens to {@code to}: the address that is ours already first, then what has happened so far. */
    public void listen(Listener to) {
        run(() -> {
            Listener before = listener;
            listener = to;
            standing.flatMap(Standing::address).ifPresent(to::gained);
            if (before instanceof Record record) {
                record.changes.forEach(to::changed);
            }
        });
    }

    /**
     * How we stand at the moment.
     *
     * @throws IllegalStateException before {@link #start} has completed
     */
    public Standing now() {
        return standing.orElseThrow(() -> new IllegalStateException("our role is not known yet"));
    }

    /** A server's message came to port 68. */
    public void heard(DhcpMessage reply) {
        run(() -> {
            others.heard(reply);
            client.receive(reply);
            watchClient();
        });
    }

    /** A client's message came to port 67: it may name another server. */
    public void overheard(DhcpMessage request) {
        if (request.options().has(OptionCode.SERVER_IDENTIFIER)) {
            run(() -> others.overheard(request));
        }
    }

    /** Becomes a proxy beside the DHCP server that has appeared; with an address of its network, if we may ask for one and have none. */
    public void stepDown() {
        run(() -> {
            if (now().role() != Role.SERVER || steppingDown) {
                return;
            }
            boolean inside = others.seen().stream().filter(Seen::leases).flatMap(seen -> seen.network().stream())
                .anyMatch(network -> network.contains(now().address().orElseThrow().address()));
            if (inside || manner.untouched()) {
                standBesideAt(now().address(), Optional.empty());
            } else {
                steppingDown = true;
                client.start();
                watchClient();
            }
        });
    }

    /** Becomes the network's DHCP server, where the one beside which we stood is gone. Keeps the address that it has. */
    public void takeOver() {
        run(() -> {
            if (now().role() != Role.PROXY) {
                return;
            }
            List<Inet4Address> routers = now().lease().map(ClientLease::routers).orElse(List.of());
            client.stop();
            watchClient();
            serve(now().address().or(manner::address).orElse(USUAL), routers);
        });
    }

    /** Gives back what a DHCP server has leased to us, and takes back every change of the interface. Waits until that is done. */
    @Override
    public void close() {
        try {
            loop.submit(() -> {
                client.release();
                loop.shutdown();
            }).get(1, TimeUnit.SECONDS);
        } catch (Exception late) {
            LOG.debug("No orderly end of the DHCP client: {}", late.toString());
        }
        changes.close();
    }

    private void begin() throws LinkException {
        Optional<Link.Address> present = link.firstAddress();
        Optional<Link.Address> own = manner.address().or(() -> present);
        if (own.isEmpty() && manner.untouched()) {
            throw new LinkException("Interface " + link.name() + " has no IPv4 address: give it one, or start without --skip-ifup.");
        }
        Role wish = manner.role().orElse(null);
        if (wish == Role.SERVER) {
            serve(own.orElse(USUAL), List.of());
        } else if (wish == Role.PROXY && own.isPresent()) {
            add(own.get());
            decide(Standing.proxy(own.get()));
        } else if (wish == null && present.isPresent()) {
            look(present.get());
        } else {
            LOG.info("Asking for a DHCP server on {} for {} s", link.name(), manner.patience().toSeconds());
            client.start();
            watchClient();
        }
    }

    /** Whoever set the address may have it by DHCP: a second client for the same hardware address would take that lease from it. */
    private void look(Link.Address present) {
        LOG.info("{} has {}; looking for a DHCP server there for {} s", link.name(), present, manner.patience().toSeconds());
        looking = true;
        probe();
        LOOKS.stream().filter(after -> after.compareTo(manner.patience()) < 0)
            .forEach(after -> loop.schedule(() -> run(() -> {
                if (looking) {
                    probe();
                }
            }), after.toMillis(), TimeUnit.MILLISECONDS));
        loop.schedule(() -> run(() -> {
            if (looking) {
                looking = false;
                serve(manner.address().orElse(present), List.of());
            }
        }), manner.patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void serve(Link.Address address, List<Inet4Address> routers) throws LinkException {
        add(address);
        decide(Standing.server(address, lessor.serve(address, routers)));
    }

    private void standBesideAt(Optional<Link.Address> address, Optional<ClientLease> lease) {
        steppingDown = false;
        decide(now().steppedDown(address, lease, clock.instant().plus(manner.grace())));
    }

    /** Takes a standing into force: the first one ends the start, a later one is a change. */
    private void decide(Standing next) {
        Optional<Standing> before = standing;
        standing = Optional.of(next);
        if (before.isEmpty()) {
            decided.complete(next);
            undecided.forEach(Runnable::run);
            loop.scheduleWithFixedDelay(() -> run(this::probe), 0, manner.pace().toMillis(), TimeUnit.MILLISECONDS);
            return;
        }
        if (!before.get().address().equals(next.address())) {
            next.address().ifPresent(address -> {
                listener.gained(address);
                tell(Kind.ADDRESS_GAINED, "Our address on " + link.name() + " is " + address + " now");
            });
        }
        if (before.get().role() != next.role()) {
            tell(Kind.ROLE_CHANGED, next.role() == Role.SERVER ? "We are the DHCP server on " + link.name() + " now"
                : "We stand beside the DHCP server on " + link.name() + " now, as a proxy; machines that hold a lease of ours are served for another "
                    + manner.grace().toSeconds() + " s");
        }
    }

    private void add(Link.Address address) throws LinkException {
        if (!manner.untouched() && !link.addresses().contains(address)) {
            changes.add(address);
            added.add(address);
        }
    }

    private List<Inet4Address> ours() {
        return link.addresses().stream().map(Link.Address::address).toList();
    }

    private void probe() {
        out.accept(probe.next());
        others.probed();
    }

    /** One timer for the client, set anew after whatever happened to it. */
    private void watchClient() {
        if (clientTimer != null) {
            clientTimer.cancel(false);
        }
        long deadline = client.deadline();
        if (deadline != Long.MAX_VALUE) {
            clientTimer = loop.schedule(() -> run(() -> {
                client.expire();
                watchClient();
            }), Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }
    }

    private void tell(Kind kind, String line) {
        listener.changed(new NetworkChange(kind, now().role(), line));
    }

    /** What somebody else's server means depends on our role: while that is not known, it waits. */
    private void whenDecided(Consumer<Standing> deed) {
        standing.ifPresentOrElse(deed, () -> undecided.add(() -> deed.accept(now())));
    }

    /** Something done on the loop. */
    private interface Deed {
        void done() throws LinkException;
    }

    /** An interface that refuses a change ends a start with its sentence, and later leaves things as they are. */
    private void run(Deed deed) {
        loop.execute(() -> {
            try {
                deed.done();
            } catch (LinkException | RuntimeException refused) {
                if (!decided.completeExceptionally(refused)) {
                    LOG.warn("{}", refused.getMessage());
                }
            }
        });
    }

    /** What becomes of our own lease. */
    private final class LeaseEvents implements LeaseClient.Listener {

        @Override
        public void bound(ClientLease lease, Optional<ClientLease> before) {
            run(() -> take(lease, before.or(() -> standing.flatMap(Standing::lease))));
        }

        @Override
        public void lost(ClientLease lease, String reason) {
            run(() -> {
                Link.Address address = new Link.Address(lease.address(), lease.prefix());
                standing.ifPresent(now -> {
                    standing = Optional.of(now.at(Optional.empty(), Optional.empty()));
                    tell(Kind.ADDRESS_LOST, "Our address " + address + " is lost: " + reason + ". Asking for another");
                    listener.lost(address);
                });
                giveUp(lease);
            });
        }

        @Override
        public void unanswered(Optional<Inet4Address> offered) {
            run(() -> {
                if (standing.isPresent()) {
                    steppingDown = false;
                    return;
                }
                if (manner.role().isEmpty() && offered.isPresent()) {
                    LOG.warn("DHCP server {} offers us an address on {} and then does not confirm it. Where there is a server we do not become one; "
                        + "asking on.", offered.get().getHostAddress(), link.name());
                } else if (manner.role().isEmpty()) {
                    client.stop();
                    serve(manner.address().orElse(USUAL), List.of());
                } else {
                    LOG.warn("No DHCP server answers on {}. A proxy needs one for its own address and for the machines': start one, give --addr, or let us "
                        + "be it with --role server. Asking on.", link.name());
                }
            });
        }

        private void take(ClientLease lease, Optional<ClientLease> former) throws LinkException {
            Link.Address address = new Link.Address(lease.address(), lease.prefix());
            add(address);
            for (Route route : lease.routes()) {
                if (!manner.untouched() && (former.isEmpty() || !former.get().routes().contains(route))) {
                    changes.addRoute(route.destination().toString(), route.gateway());
                }
            }
            former.filter(old -> !old.address().equals(lease.address())).ifPresent(this::withdraw);
            if (standing.isEmpty()) {
                decide(Standing.proxy(address).at(Optional.of(address), Optional.of(lease)));
            } else if (now().role() == Role.SERVER) {
                standBesideAt(Optional.of(address), Optional.of(lease));
            } else {
                decide(now().at(Optional.of(address), Optional.of(lease)));
            }
        }

        private void withdraw(ClientLease old) {
            listener.lost(new Link.Address(old.address(), old.prefix()));
            giveUp(old);
        }

        private void giveUp(ClientLease lease) {
            lease.routes().forEach(route -> changes.removeRoute(route.destination().toString(), route.gateway()));
            Link.Address address = new Link.Address(lease.address(), lease.prefix());
            if (added.remove(address)) {
                changes.remove(address);
            }
        }
    }

    /** What becomes of other servers. */
    private final class OthersEvents implements OtherServers.Listener {

        @Override
        public void leaseServerAppeared(Seen server) {
            if (looking) {
                looking = false;
                decide(Standing.proxy(link.firstAddress().orElseThrow()));
            }
            String who = "DHCP server " + server.server().getHostAddress();
            whenDecided(now -> tell(Kind.LEASE_SERVER_APPEARED, now.role() == Role.PROXY ? who + " answers on " + link.name()
                : "ANOTHER " + who + " answers on " + link.name() + ". Two on one wire give machines addresses at random: switch one off"));
        }

        @Override
        public void leaseServersGone(Duration unseen) {
            if (standing.isPresent() && now().role() == Role.PROXY) {
                tell(Kind.LEASE_SERVERS_GONE, "NO DHCP SERVER has answered on " + link.name() + " for " + unseen.toSeconds()
                    + " s: machines get no address, so none can boot. Start it again, or let us be it with --role server");
            }
        }

        @Override
        public void leaseServerBack(Seen server) {
            LOG.debug("{} is back, and was told as new", server);
        }

        @Override
        public void bootServerAppeared(Seen server) {
            whenDecided(now -> tell(Kind.BOOT_SERVER_APPEARED, server.server().getHostAddress() + " tells machines to boot "
                + server.bootFile().orElse("something") + ": they may obey it instead of us. "
                + (server.leases() ? "Take next-server and filename out of that DHCP server" : "Stop that proxyDHCP server")));
        }
    }
}
