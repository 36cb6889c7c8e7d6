package io.talospxe.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A forwarder, and how it fares. One that leaves a question unanswered is asked after the others from then on; one that leaves several is
 * not waited for any more; in both cases it is tried again from time to time. Safe for several threads.
 */
final class Peer {

    /** So many different questions unanswered in a row, and it counts as dead: one that is only slow answers something in between. */
    static final int PATIENCE = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Peer.class);
    private static final Duration TRIAL = Duration.ofSeconds(2);
    private static final Duration SILENCE = Duration.ofMinutes(1);

    private final InetSocketAddress address;
    private final LongSupplier nanoTime;
    private int misses;
    private long nextTrial;
    private boolean plain;
    private boolean told;
    private long mayTell;

    Peer(InetSocketAddress address, LongSupplier nanoTime) {
        this.address = address;
        this.nanoTime = nanoTime;
        this.mayTell = nanoTime.getAsLong();
    }

    InetSocketAddress address() {
        return address;
    }

    /** Whether it has answered what it was asked last. */
    synchronized boolean trusted() {
        return misses == 0;
    }

    /** Whether there is no use in waiting for it. */
    synchronized boolean dead() {
        return misses >= PATIENCE;
    }

    /** Whether one that is not trusted shall be tried once more; true once in a few seconds. */
    synchronized boolean trialDue() {
        long now = nanoTime.getAsLong();
        if (misses == 0 || now - nextTrial < 0) {
            return false;
        }
        nextTrial = now + TRIAL.toNanos();
        return true;
    }

    /** Whether it understands no EDNS. */
    synchronized boolean plain() {
        return plain;
    }

    /** From now on it is asked without EDNS. */
    synchronized void simplify() {
        plain = true;
    }

    /** It has answered. */
    synchronized void answered() {
        misses = 0;
        if (told) {
            LOG.info("Name server {} answers again.", text());
            told = false;
        }
    }

    /** It has let a question wait. */
    synchronized void missed(String reason) {
        misses = Math.min(misses + 1, PATIENCE);
        nextTrial = nanoTime.getAsLong() + TRIAL.toNanos();
        if (misses == PATIENCE) {
            tell(reason);
        }
    }

    /** It cannot be reached, and the network says so. */
    synchronized void refused(String reason) {
        misses = PATIENCE;
        nextTrial = nanoTime.getAsLong() + TRIAL.toNanos();
        tell(reason);
    }

    /** At most once a minute. */
    private void tell(String reason) {
        long now = nanoTime.getAsLong();
        if (!told && now - mayTell >= 0) {
            LOG.warn("Name server {} does not answer ({}). It is tried again from time to time; if it is the wrong one, see --dns.",
                text(), reason);
            told = true;
            mayTell = now + SILENCE.toNanos();
        }
    }

    private String text() {
        return address.getAddress().getHostAddress() + (address.getPort() == 53 ? "" : " port " + address.getPort());
    }
}
