package io.talospxe.dhcp;

import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** Chooses addresses that nobody holds (RFC 2131, section 4.3.1). Not thread-safe: its server asks one question at a time. */
final class AddressPool {

    private final Network network;
    private final LeaseStore leases;
    /** Every address below this one was handed out at some time: finding a fresh one does not search the pool again for each client. */
    private long untouched;

    AddressPool(Network network, LeaseStore leases) {
        this.network = network;
        this.leases = leases;
        this.untouched = unsigned(network.first());
    }

    /** Whether {@code client} may have {@code address} now. */
    boolean free(Inet4Address address, String client, Instant now) {
        return network.leases(address)
            && leases.byAddress(address).filter(lease -> lease.holds(now)).filter(lease -> !lease.client().equals(client)).isEmpty();
    }

    /** The client's last address, else the one it asks for, else one never used, else the one unused for longest; empty if all are held. */
    Optional<Inet4Address> choose(String client, Optional<Inet4Address> wish, Instant now) {
        return leases.byClient(client).map(Lease::address).filter(address -> free(address, client, now))
            .or(() -> wish.filter(address -> free(address, client, now)))
            .or(this::fresh)
            .or(() -> leases.all().stream().filter(lease -> !lease.holds(now)).filter(lease -> network.leases(lease.address()))
                .min(Comparator.comparing(Lease::expires)).map(Lease::address))
            .or(() -> {
                // A client that moved to another address left one behind that has no record any more.
                untouched = unsigned(network.first());
                return fresh();
            });
    }

    private Optional<Inet4Address> fresh() {
        for (; untouched <= unsigned(network.last()); untouched++) {
            Inet4Address candidate = Ipv4.of((int) untouched);
            if (network.leases(candidate) && leases.byAddress(candidate).isEmpty()) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static long unsigned(Inet4Address address) {
        return Integer.toUnsignedLong(Ipv4.bits(address));
    }
}
