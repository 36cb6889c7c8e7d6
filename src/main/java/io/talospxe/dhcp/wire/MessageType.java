package io.talospxe.dhcp.wire;

import java.util.Optional;

/** What a DHCP message says: the value of option 53 (RFC 2132, section 9.6). */
public enum MessageType {
    /** Client to all: which servers are there? */
    DISCOVER,
    /** Server to client: this could be yours. */
    OFFER,
    /** Client to server: I take it, I have it, or I want to keep it. */
    REQUEST,
    /** Client to server: somebody else already uses that address. */
    DECLINE,
    /** Server to client: it is yours. */
    ACK,
    /** Server to client: not any more, or never. */
    NAK,
    /** Client to server: I no longer need it. */
    RELEASE,
    /** Client to server: I have an address; tell me the rest. */
    INFORM;

    /** The number on the wire, 1 to 8. */
    public int value() {
        return ordinal() + 1;
    }

    /** The type of that number; empty for those that concern no boot server (leasequery and the like). */
    public static Optional<MessageType> of(int value) {
        return value >= 1 && value <= values().length ? Optional.of(values()[value - 1]) : Optional.empty();
    }
}
