package io.talospxe.tftp;

import java.time.Duration;
import java.util.Optional;

/** How long to wait for an answer, and how often to ask again. For one thread at a time. */
final class Retry {

    /** How often the same is sent before the peer is given up. */
    static final int TRIES = 6;
    /** Far more than a round trip on a link, yet a lost packet hardly slows a transfer. */
    static final Duration FIRST_WAIT = Duration.ofMillis(250);

    private final long firstWait;
    private final int factor;
    private int tries;
    private long wait;

    /** @param agreed what the peer wants every wait to be; empty for {@link #FIRST_WAIT} and then twice as long each time */
    Retry(Optional<Duration> agreed) {
        firstWait = agreed.orElse(FIRST_WAIT).toNanos();
        factor = agreed.isPresent() ? 1 : 2;
        restart();
    }

    /** Something new is sent: patience begins afresh. */
    void restart() {
        tries = 1;
        wait = firstWait;
    }

    /** Counts one more try after a wait was in vain; false if there have been enough. */
    boolean again() {
        tries++;
        wait *= factor;
        return tries <= TRIES;
    }

    /** Nanoseconds to wait now. */
    long nanos() {
        return wait;
    }
}
