package io.talospxe.role;

import java.util.Objects;

/**
 * Something changed in the network around us, or in how we stand in it; {@code network.yaml} decides what follows. Immutable.
 *
 * @param kind what
 * @param role our role when it happened
 * @param line the sentence for people
 */
public record NetworkChange(Kind kind, Role role, String line) {

    /** What can change. */
    public enum Kind {
        /** A DHCP server that is not ours leases addresses here. */
        LEASE_SERVER_APPEARED,
        /** No DHCP server but perhaps ours has answered for some time. */
        LEASE_SERVERS_GONE,
        /** Somebody else tells machines what to boot. */
        BOOT_SERVER_APPEARED,
        /** We have an address, or another one than before. */
        ADDRESS_GAINED,
        /** Our address has been taken from us. */
        ADDRESS_LOST,
        /** Our role is another one now. */
        ROLE_CHANGED
    }

    /** Refuses null in any part. */
    public NetworkChange {
        Objects.requireNonNull(kind);
        Objects.requireNonNull(role);
        Objects.requireNonNull(line);
    }

    /** The line, so that a route can log the change as its body. */
    @Override
    public String toString() {
        return line;
    }
}
