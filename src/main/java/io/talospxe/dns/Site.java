package io.talospxe.dns;

import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What DNS must know of the rest of the program, as it is at the moment of the call: addresses, leases and our role change while we run.
 * Called often and from several threads: implementations must not block.
 */
public interface Site {

    /** Whether the asker is in a network of our interface. Nobody else is told anything; this host itself always is. */
    boolean inside(InetAddress asker);

    /** Our own addresses. */
    Collection<Inet4Address> own();

    /** Machines whose lease holds now. */
    Collection<Host> hosts();

    /** Addresses of all machines that were given a control plane's configuration. */
    Collection<Inet4Address> controlPlanes();

    /** The network whose reverse names we answer for, which is the one we lease addresses of; empty in proxy role. */
    Optional<Subnet> leased();

    /** Name servers that are asked about names that are not ours, the best first. One that is ourselves is left out by the caller. */
    List<InetSocketAddress> forwarders();
}
