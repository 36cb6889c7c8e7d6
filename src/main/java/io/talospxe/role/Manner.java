package io.talospxe.role;

import io.talospxe.net.Link;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * How we are to come by a role, as the settings say. Immutable.
 *
 * @param role       the role that was asked for; empty to find out
 * @param address    the address that was asked for; empty for the one that the interface has, or is given by DHCP, or the usual one
 * @param untouched  whether the interface is to be left as it is
 * @param patience   how long we ask for a DHCP server at the start before we take it that there is none
 * @param pace       time between two questions who else is there, once we serve
 * @param unanswered so many of them in a row without an answer mean that nobody is, at least 1
 * @param grace      how long we serve on those that hold a lease of ours after we have stepped down
 */
public record Manner(Optional<Role> role, Optional<Link.Address> address, boolean untouched, Duration patience, Duration pace, int unanswered,
                     Duration grace) {

    /** Refuses null in any part. */
    public Manner {
        Objects.requireNonNull(role);
        Objects.requireNonNull(address);
        Objects.requireNonNull(patience);
        Objects.requireNonNull(pace);
        Objects.requireNonNull(grace);
    }
}
