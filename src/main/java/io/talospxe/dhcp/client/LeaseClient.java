package io.talospxe.dhcp.client;

import io.talospxe.dhcp.client.ClientLease.UnusableLease;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.machine.MacAddress;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One interface's DHCP client (RFC 2131, section 4.4): obtains a lease, keeps it, gives it back. Whoever owns the socket on port 68 calls
 * {@link #start}, then {@link #receive} for each message that comes and {@link #expire} when {@link #deadline} has passed, and looks at
 * the deadline again after each call. Knows no socket, no thread, no clock but the one it is given; for one thread at a time. The listener
 * is told last in a call, so that it may call back.
 */
public final class LeaseClient {

    /** The states of RFC 2131, figure 5. */
    public enum State {
        /** Not started, stopped, or given up. */
        STOPPED,
        /** About to ask, after a while. */
        INIT,
        /** Asked whether a former address is still ours. */
        REBOOTING,
        /** Asked which servers are there. */
        SELECTING,
        /** Took an offer; it is not confirmed yet. */
        REQUESTING,
        /** Has a lease. */
        BOUND,
        /** Has a lease and asks its server for more. */
        RENEWING,
        /** Has a lease and asks every server for more. */
        REBINDING
    }

    /** Is told what becomes of the lease. */
    public interface Listener {
        /**
         * We have a lease: a new one, or the old one for longer.
         *
         * @param lease  what holds from now on
         * @param before what held until now; {@link ClientLease#sameSetup} tells whether anything is to be done. Empty for a new lease
         */
        void bound(ClientLease lease, Optional<ClientLease> before);

        /**
         * The address must not be used any more. The client goes on and asks for another.
         *
         * @param lease  what we had
         * @param reason why, as half a sentence
         */
        void lost(ClientLease lease, String reason);

        /**
         * Patience is at an end and there is no lease. Told once after each start and each loss; afterwards the client asks at its slow
         * pace.
         *
         * @param offered the server that offered an address and then did not confirm it; empty if nobody offered any
         */
        void unanswered(Optional<Inet4Address> offered);
    }

    /** How often a REQUEST is repeated before its offer is forgotten (section 3.1, step 5). */
    static final int REPETITIONS = 4;
    /** How often a former address is asked for: a server that does not know us stays silent (section 4.3.2), and time passes. */
    static final int REBOOT_TRIES = 2;
    /** How long an offer that is not what we had waits for the one that is. */
    static final Duration COLLECTION = Duration.ofMillis(300);

    private static final Logger LOG = LoggerFactory.getLogger(LeaseClient.class);
    /** The RFC begins with 4 s (section 4.1); a person waits for us, and one link is a millisecond long. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(64);
    private static final Duration LONGEST_REQUEST_WAIT = Duration.ofSeconds(4);
    /** Between two tries at renewal (section 4.4.5), for leases long enough. */
    private static final long RENEWAL_WAIT = Duration.ofSeconds(60).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    /** T1 and T2 come earlier by up to this part of them (section 4.4.5: "some random fuzz"). */
    private static final double RENEWAL_FUZZ = 0.05;
    private static final long NEVER = Long.MAX_VALUE;

    private final Requests requests;
    private final RandomGenerator random;
    private final LongSupplier clock;
    private final Duration patience;
    private final Duration pace;
    private final Consumer<Outgoing> out;
    private final Listener listener;

    private State state = State.STOPPED;
    private Optional<ClientLease> lease = Optional.empty();
    // While there is no lease: what we had, the offer taken or best so far, and whose offer came to nothing.
    private Optional<Inet4Address> wish = Optional.empty();
    private Optional<ClientLease> offer = Optional.empty();
    private Optional<Inet4Address> shunned = Optional.empty();
    private int xid;
    private int secs;
    // The first REQUEST of this xid: a lease counts from there (section 4.4.1).
    private long asked;
    private int tries;
    private Backoff discoverWaits;
    private Backoff requestWaits;
    private boolean complained;
    private boolean gaveUp;
    // The clock's nanoseconds: when this acquisition or renewal began, when to say that it is in vain, when to do something.
    private long began;
    private long patienceEnds = NEVER;
    private long next = NEVER;
    private long renewAt = NEVER;
    private long rebindAt = NEVER;
    private long expiresAt = NEVER;

    /**
     * @param mac      the interface's hardware address
     * @param random   chooses transactions and fuzz; not predictable to others on the network
     * @param clock    nanoseconds, as of {@link System#nanoTime}
     * @param patience how long to ask before the listener hears that it is in vain, counted from the first DISCOVER
     * @param pace     how long to wait between DISCOVERs after that; zero stops the client then
     * @param out      is given the messages to send, in order
     * @param listener is told what becomes of the lease
     */
    public LeaseClient(MacAddress mac, RandomGenerator random, LongSupplier clock, Duration patience, Duration pace,
                       Consumer<Outgoing> out, Listener listener) {
        this.requests = new Requests(mac);
        this.random = random;
        this.clock = clock;
        this.patience = patience;
        this.pace = pace;
        this.out = out;
        this.listener = listener;
    }

    /** Asks for a lease, from the beginning. A lease that is held is forgotten without a word: the caller knows of it. */
    public void start() {
        acquire(Optional.empty());
        discover();
    }

    /**
     * The same, but asks first whether a former address is still ours (section 4.4.2), as after a link that was down. If nobody says yes
     * or no, goes on as without it, and would still like that address.
     */
    public void start(Inet4Address former) {
        acquire(Optional.of(former));
        state = State.REBOOTING;
        request();
    }

    /** Takes a message that came to port 68. What is not for us, or not an answer to what we asked last, is passed over. */
    public void receive(DhcpMessage message) {
        if (message.xid() != xid || !requests.answeredBy(message)) {
            return;
        }
        MessageType type = message.type().orElse(MessageType.DISCOVER);
        if (type == MessageType.OFFER && state == State.SELECTING) {
            read(message).ifPresent(this::consider);
        } else if (type == MessageType.ACK && asking()) {
            read(message).filter(ack -> ack.address().equals(wanted()) && mayAnswer(ack.server())).ifPresent(this::bind);
        } else if (type == MessageType.NAK && asking()) {
            message.options().address(OptionCode.SERVER_IDENTIFIER).filter(this::mayAnswer)
                .ifPresent(server -> refused(server, message.options().text(OptionCode.MESSAGE).map(Printable::of)));
        }
    }

    /** When to call {@link #expire}, in the clock's nanoseconds; {@link Long#MAX_VALUE} if there is nothing to wait for. */
    public long deadline() {
        boolean losingPatience = (state == State.INIT || state == State.SELECTING) && patienceEnds != NEVER;
        return losingPatience && patienceEnds - next < 0 ? patienceEnds : next;
    }

    /** The deadline has passed: asks again, gives up, renews, or loses the lease. Does nothing if it has not. */
    public void expire() {
        if (!reached(deadline())) {
            return;
        }
        switch (state) {
            case STOPPED -> { }
            case INIT -> askAgain();
            case SELECTING -> offer.ifPresentOrElse(this::select, this::askAgain);
            case REBOOTING -> {
                if (tries < REBOOT_TRIES) {
                    request();
                } else {
                    discover();
                }
            }
            case REQUESTING -> {
                if (tries <= REPETITIONS) {
                    request();
                } else {
                    offerCameToNothing();
                }
            }
            case BOUND, RENEWING, REBINDING -> keep();
        }
    }

    /** Gives the lease back, if there is one, and stops (section 4.4.6). To be called while the address can still be sent from. */
    public void release() {
        lease.ifPresent(held -> out.accept(Outgoing.to(held.server(), requests.release(random.nextInt(), held))));
        stop();
    }

    /** Stops without a word: a lease stays ours on the server until it ends. */
    public void stop() {
        state = State.STOPPED;
        lease = Optional.empty();
        offer = Optional.empty();
        next = NEVER;
    }

    /** How far it has come. */
    public State state() {
        return state;
    }

    /** The lease that is held. */
    public Optional<ClientLease> lease() {
        return lease;
    }

    private void acquire(Optional<Inet4Address> former) {
        state = State.INIT;
        lease = Optional.empty();
        wish = former;
        offer = Optional.empty();
        shunned = Optional.empty();
        discoverWaits = new Backoff(FIRST_WAIT, LONGEST_WAIT, random);
        gaveUp = false;
        patienceEnds = NEVER;
        began = now();
        next = began;
        newTransaction();
    }

    private void newTransaction() {
        xid = random.nextInt();
        tries = 0;
        complained = false;
        requestWaits = new Backoff(FIRST_WAIT, LONGEST_REQUEST_WAIT, random);
    }

    private void askAgain() {
        if (reached(patienceEnds)) {
            patienceEnds = NEVER;
            gaveUp = true;
            Optional<Inet4Address> offered = shunned;
            if (pace.isZero()) {
                stop();
            } else {
                next = now() + slowly();
            }
            listener.unanswered(offered);
        } else {
            discover();
        }
    }

    private void discover() {
        if (state != State.SELECTING) {
            newTransaction();
            state = State.SELECTING;
        }
        if (patienceEnds == NEVER && !gaveUp) {
            patienceEnds = now() + patience.toNanos();
        }
        secs = elapsed();
        next = now() + (gaveUp ? slowly() : discoverWaits.next());
        out.accept(Outgoing.toEveryone(requests.discover(xid, secs, wish)));
    }

    /** The first offer is taken at once, unless we had another address or its server has just failed us: then others get a moment. */
    private void consider(ClientLease offered) {
        if (offer.isEmpty()) {
            next = now() + COLLECTION.toNanos();
        }
        if (offer.isEmpty() || rank(offered) < rank(offer.get())) {
            offer = Optional.of(offered);
        }
        if (rank(offered) == 0) {
            select(offered);
        }
    }

    private int rank(ClientLease offered) {
        if (shunned.filter(offered.server()::equals).isPresent()) {
            return 2;
        }
        return wish.filter(address -> !address.equals(offered.address())).isPresent() ? 1 : 0;
    }

    private void select(ClientLease chosen) {
        offer = Optional.of(chosen);
        state = State.REQUESTING;
        request();
    }

    /** REBOOTING and REQUESTING. */
    private void request() {
        if (tries == 0) {
            asked = now();
        }
        tries++;
        next = now() + requestWaits.next();
        // With an offer, secs is that of the DISCOVER which brought it (section 3.1, step 3).
        out.accept(Outgoing.toEveryone(state == State.REBOOTING ? requests.reboot(xid, elapsed(), wish.orElseThrow())
            : requests.select(xid, secs, offer.orElseThrow())));
    }

    private void offerCameToNothing() {
        shunned = offer.map(ClientLease::server);
        offer = Optional.empty();
        state = State.INIT;
        next = now() + (gaveUp ? slowly() : discoverWaits.next());
    }

    private void refused(Inet4Address server, Optional<String> why) {
        wish = Optional.empty();
        switch (state) {
            case REQUESTING -> offerCameToNothing();
            case REBOOTING -> discover();
            default -> lose(server.getHostAddress() + " refused to renew it" + why.map(text -> ": " + text).orElse(""), Optional.empty());
        }
    }

    private void bind(ClientLease fresh) {
        Optional<ClientLease> before = lease;
        lease = Optional.of(fresh);
        offer = Optional.empty();
        state = State.BOUND;
        double early = 1 - RENEWAL_FUZZ * random.nextDouble();
        renewAt = fresh.forever() ? NEVER : asked + (long) (fresh.renewal().toNanos() * early);
        rebindAt = fresh.forever() ? NEVER : asked + (long) (fresh.rebinding().toNanos() * early);
        expiresAt = fresh.forever() ? NEVER : asked + fresh.duration().toNanos();
        next = renewAt;
        listener.bound(fresh, before);
    }

    private void keep() {
        if (reached(expiresAt)) {
            ClientLease held = lease.orElseThrow();
            lose("its time is over, and neither " + held.server().getHostAddress() + " nor another server renewed it",
                Optional.of(held.address()));
        } else if (reached(rebindAt)) {
            renew(State.REBINDING, expiresAt);
        } else {
            renew(State.RENEWING, rebindAt);
        }
    }

    private void renew(State asWhat, long until) {
        if (state == State.BOUND) {
            began = now();
        }
        state = asWhat;
        // Each try is a transaction of its own (section 4.1 lets us choose): then an answer tells from which REQUEST its lease counts.
        newTransaction();
        asked = now();
        ClientLease held = lease.orElseThrow();
        long shortest = Math.min(RENEWAL_WAIT, Math.max(SECOND, held.duration().toNanos() / 20));
        next = now() + Math.min(Math.max((until - now()) / 2, shortest), until - now());
        DhcpMessage request = requests.renew(xid, elapsed(), held.address());
        out.accept(asWhat == State.RENEWING ? Outgoing.to(held.server(), request) : Outgoing.toEveryone(request));
    }

    /** The DISCOVER follows with the next {@link #expire}: the listener shall have taken the address away by then. */
    private void lose(String reason, Optional<Inet4Address> former) {
        ClientLease gone = lease.orElseThrow();
        acquire(former);
        listener.lost(gone, reason);
    }

    /** What can be used of an OFFER or ACK. One of each transaction's unusable ones is logged. */
    private Optional<ClientLease> read(DhcpMessage reply) {
        try {
            return Optional.of(ClientLease.of(reply));
        } catch (UnusableLease unusable) {
            if (!complained) {
                complained = true;
                LOG.warn("{} It is not used.", unusable.getMessage());
            }
            return Optional.empty();
        }
    }

    private boolean asking() {
        return state == State.REBOOTING || state == State.REQUESTING || state == State.RENEWING || state == State.REBINDING;
    }

    private Inet4Address wanted() {
        return state == State.REBOOTING ? wish.orElseThrow() : lease.or(() -> offer).map(ClientLease::address).orElseThrow();
    }

    /** Whom we asked: the server of the offer or lease; in REBOOTING and REBINDING everyone. */
    private boolean mayAnswer(Inet4Address server) {
        return switch (state) {
            case REQUESTING -> server.equals(offer.orElseThrow().server());
            case RENEWING -> server.equals(lease.orElseThrow().server());
            default -> true;
        };
    }

    private long slowly() {
        return Backoff.fuzzed(pace.toNanos(), random);
    }

    /** Seconds since it began, as they fit into {@code secs}. */
    private int elapsed() {
        return (int) Math.min(0xffff, (now() - began) / SECOND);
    }

    private boolean reached(long time) {
        return time != NEVER && now() - time >= 0;
    }

    private long now() {
        return clock.getAsLong();
    }
}
