package io.talospxe.dns;

import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** A site as the test wants it, changed while it is in use. */
public final class LabSite implements Site {

    private final List<Inet4Address> own = new CopyOnWriteArrayList<>();
    private final List<Host> hosts = new CopyOnWriteArrayList<>();
    private final List<Inet4Address> controlPlanes = new CopyOnWriteArrayList<>();
    private final List<Subnet> inside = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> forwarders = new CopyOnWriteArrayList<>();
    private volatile Optional<Subnet> leased = Optional.empty();

    /** A site with this address of ours, whose network is the inside. */
    public LabSite(String address, int prefix) {
        own.add(ip(address));
        inside.add(new Subnet(ip(address), prefix));
    }

    /** We lease addresses of that network. */
    public LabSite leasing(String address, int prefix) {
        leased = Optional.of(new Subnet(ip(address), prefix));
        return this;
    }

    /** A lease with a year to go. */
    public LabSite host(String hostname, String address) {
        return host(hostname, address, Instant.parse("2027-01-01T00:00:00Z"));
    }

    public LabSite host(String hostname, String address, Instant expires) {
        hosts.add(new Host(hostname, ip(address), expires));
        return this;
    }

    public LabSite controlPlane(String address) {
        controlPlanes.add(ip(address));
        return this;
    }

    public LabSite forwarder(String address, int port) {
        forwarders.add(new InetSocketAddress(ip(address), port));
        return this;
    }

    /** Nobody is inside any more, but for ourselves. */
    public LabSite closed() {
        inside.clear();
        return this;
    }

    public static Inet4Address ip(String text) {
        try {
            return (Inet4Address) InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public boolean inside(InetAddress asker) {
        return inside.stream().anyMatch(network -> network.contains(asker));
    }

    @Override
    public Collection<Inet4Address> own() {
        return own;
    }

    @Override
    public Collection<Host> hosts() {
        return hosts;
    }

    @Override
    public Collection<Inet4Address> controlPlanes() {
        return controlPlanes;
    }

    @Override
    public Optional<Subnet> leased() {
        return leased;
    }

    @Override
    public List<InetSocketAddress> forwarders() {
        return forwarders;
    }
}
