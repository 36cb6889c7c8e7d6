package io.talospxe.dhcp.client;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Waits between tries: each twice the one before up to a longest, and none exactly so long that clients which were switched on together
 * march in step (RFC 2131, section 4.1). For one thread at a time.
 */
final class Backoff {

    /** Waits are longer or shorter than the rule by up to this part of them: the RFC's second of its first four. */
    static final double FUZZ = 0.25;

    private final long longest;
    private final RandomGenerator random;
    private long wait;

    /**
     * @param first   the first wait
     * @param longest what doubling ends at
     * @param random  chooses the fuzz
     */
    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.wait = first.toNanos();
        this.longest = longest.toNanos();
        this.random = random;
    }

    /** Nanoseconds to wait before the next try. */
    long next() {
        long now = wait;
        wait = Math.min(2 * wait, longest);
        return fuzzed(now, random);
    }

    /** The nanoseconds, more or less. */
    static long fuzzed(long nanos, RandomGenerator random) {
        return (long) (nanos * (1 - FUZZ + 2 * FUZZ * random.nextDouble()));
    }
}
