package io.talospxe.role;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.client.ClientLease;
import io.talospxe.net.Link;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How we stand in the network at one moment. Immutable.
 *
 * @param role        which part we play
 * @param address     our address that machines are told; empty while a lease of ours has run out and no server gives another
 * @param leases      what leases addresses: in server role always, in proxy role for the machines of the time before, until {@code finished}
 * @param finished    when machines of the time before are left to the other server; the past in server role
 * @param former      our address before we stepped down, if it was another one; machines of that time still know us by it
 * @param lease       what the network's DHCP server has leased to us, if it has
 */
public record Standing(Role role, Optional<Link.Address> address, Optional<DhcpServer> leases, Instant finished, Optional<Link.Address> former,
                       Optional<ClientLease> lease) {

    /** Refuses null in any part. */
    public Standing {
        Objects.requireNonNull(role);
        Objects.requireNonNull(address);
        Objects.requireNonNull(leases);
        Objects.requireNonNull(finished);
        Objects.requireNonNull(former);
        Objects.requireNonNull(lease);
    }

    /** As the network's DHCP server at that address. */
    public static Standing server(Link.Address address, DhcpServer leases) {
        return new Standing(Role.SERVER, Optional.of(address), Optional.of(leases), Instant.MIN, Optional.empty(), Optional.empty());
    }

    /** Beside another DHCP server, at an address that is ours anyway. */
    public static Standing proxy(Link.Address address) {
        return new Standing(Role.PROXY, Optional.of(address), Optional.empty(), Instant.MIN, Optional.empty(), Optional.empty());
    }

    /**
     * The address that a machine is told to come back to when it has asked us at {@code asked}: that one, but for our former address the
     * present one. With a lease of ours it reaches both through us; the other server's lease, which its kernel may take, leads to this only.
     */
    public String tell(String asked) {
        return address.filter(present -> former.filter(old -> old.address().getHostAddress().equals(asked)).isPresent())
            .map(present -> present.address().getHostAddress()).orElse(asked);
    }

    /** The same at another address, or at none. */
    Standing at(Optional<Link.Address> other, Optional<ClientLease> leased) {
        return new Standing(role, other, leases, finished, former, leased);
    }

    /** Beside another DHCP server from now on, at that address, finishing until then what was begun as a server. */
    Standing steppedDown(Optional<Link.Address> other, Optional<ClientLease> leased, Instant until) {
        return new Standing(Role.PROXY, other, leases, until, address.filter(old -> !other.equals(address)), leased);
    }
}
