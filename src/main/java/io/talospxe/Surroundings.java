package io.talospxe;

import io.talospxe.cluster.ControlPlanes;
import io.talospxe.dhcp.Lease;
import io.talospxe.dhcp.LeaseStore;
import io.talospxe.dns.Host;
import io.talospxe.dns.Site;
import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import io.talospxe.net.Link;
import io.talospxe.role.Role;
import io.talospxe.role.Standing;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What DNS wants to know of the rest of the program. The interface's addresses and the host's name servers are looked up at most once a
 * second, for every question asks for them. Safe for several threads.
 */
final class Surroundings implements Site {

    private static final int DNS_PORT = 53;
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Plan plan;
    private final Link link;
    private final Supplier<Standing> standing;
    private final LeaseStore leases;
    private final ControlPlanes planes;
    private final Clock clock;
    private volatile Known known = new Known(Instant.MIN, List.of(), List.of());

    /** What was looked up, and when. */
    private record Known(Instant since, List<Link.Address> own, List<InetSocketAddress> forwarders) {
    }

    /**
     * @param link     the interface
     * @param standing our role and address at the moment
     * @param leases   who has which address of us
     * @param planes   the machines that hold the cluster
     */
    Surroundings(Plan plan, Link link, Supplier<Standing> standing, LeaseStore leases, ControlPlanes planes, Clock clock) {
        this.plan = plan;
        this.link = link;
        this.standing = standing;
        this.leases = leases;
        this.planes = planes;
        this.clock = clock;
    }

    @Override
    public boolean inside(InetAddress asker) {
        return asker instanceof Inet4Address address && known().own().stream().anyMatch(own -> own.reaches(address));
    }

    @Override
    public Collection<Inet4Address> own() {
        return known().own().stream().map(Link.Address::address).toList();
    }

    @Override
    public Collection<Host> hosts() {
        Instant now = clock.instant();
        return leases.all().stream().filter(lease -> lease.state() == Lease.State.BOUND && lease.holds(now))
            .map(lease -> new Host(lease.hostname(), lease.address(), lease.expires())).toList();
    }

    @Override
    public Collection<Inet4Address> controlPlanes() {
        return planes.all().stream().map(Ipv4::parse).toList();
    }

    @Override
    public Optional<Subnet> leased() {
        Standing now = standing.get();
        return now.role() == Role.PROXY ? Optional.empty() : now.address().map(address -> new Subnet(address.address(), address.prefix()));
    }

    @Override
    public List<InetSocketAddress> forwarders() {
        return known().forwarders();
    }

    private Known known() {
        Instant now = clock.instant();
        Known last = known;
        if (last.since().isBefore(now.minus(FRESH))) {
            last = new Known(now, link.addresses(),
                plan.forwarders(standing.get().lease()).stream().map(address -> new InetSocketAddress(address, DNS_PORT)).toList());
            known = last;
        }
        return last;
    }
}
