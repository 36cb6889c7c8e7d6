package io.talospxe.dhcp;

import java.net.Inet4Address;
import java.time.Instant;
import java.util.Objects;

/**
 * An address and who has it. Immutable.
 *
 * @param address  the address
 * @param client   the client's key: option 61 in hexadecimal, else htype and chaddr (RFC 2131, section 4.2); nobody's for a declined one
 * @param mac      chaddr as {@code 52-54-00-12-34-56}
 * @param hostname option 12, or empty
 * @param state    whether it is promised, held, given back or found in use by somebody else
 * @param expires  until when the state holds
 */
public record Lease(Inet4Address address, String client, String mac, String hostname, State state, Instant expires) {

    /** What an address's record says. */
    public enum State {
        /** Offered, and kept for the client for a moment. */
        OFFERED,
        /** Acknowledged. */
        BOUND,
        /** Given back; remembered so that the same client gets it again. */
        RELEASED,
        /** Somebody without a lease answers to it. */
        DECLINED
    }

    /** Refuses null in any part. */
    public Lease {
        Objects.requireNonNull(address);
        Objects.requireNonNull(client);
        Objects.requireNonNull(mac);
        Objects.requireNonNull(hostname);
        Objects.requireNonNull(state);
        Objects.requireNonNull(expires);
    }

    /** Whether nobody else may be given the address at {@code now}. */
    public boolean holds(Instant now) {
        return state != State.RELEASED && expires.isAfter(now);
    }

    /** The same in that state until then. */
    public Lease in(State newState, Instant until) {
        return new Lease(address, client, mac, hostname, newState, until);
    }

    /** The address without its client, who may go on to another one while nobody is given this. */
    public Lease declined(Instant until) {
        return new Lease(address, "declined:" + address.getHostAddress(), mac, hostname, State.DECLINED, until);
    }
}
