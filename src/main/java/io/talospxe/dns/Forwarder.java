package io.talospxe.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;

/**
 * Answers questions about other people's names by asking the site's name servers. Keeps answers for as long as they live (RFC 1035; RFC
 * 2308 for names that are not there), and asks once for all who want to know the same at the same time. No thread waits for an answer. Safe
 * for several threads.
 */
public final class Forwarder {

    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final Duration LONGEST_LIFE = Duration.ofDays(1);
    // RFC 2308, section 5, allows hours; a name that somebody has just made shall not be missing for longer than people wait.
    private static final Duration LONGEST_NEGATIVE_LIFE = Duration.ofMinutes(5);
    private static final int ASKERS = 1000;

    private final Site site;
    private final int port;
    private final LongSupplier nanoTime;
    private final Duration turn;
    private final AnswerCache cache = new AnswerCache();
    private final Map<AnswerCache.Key, CompletableFuture<Answer>> inFlight = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, Peer> peers = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    /**
     * @param site     says which name servers to ask, and which addresses are our own and not to be asked
     * @param port     the port that we serve DNS on
     * @param nanoTime the program's nanosecond clock
     */
    public Forwarder(Site site, int port, LongSupplier nanoTime) {
        this(site, port, nanoTime, Inquiry.TURN);
    }

    /** The same with another time until the next name server is asked too. */
    Forwarder(Site site, int port, LongSupplier nanoTime, Duration turn) {
        this.site = site;
        this.port = port;
        this.nanoTime = nanoTime;
        this.turn = turn;
    }

    /**
     * Finds the answer. Never fails: an answer that cannot be had within some four seconds is SERVFAIL. If the asker wants nobody to be
     * asked (RD is not set), it is what is known already, or REFUSED.
     */
    public CompletionStage<Answer> answer(Query query) {
        AnswerCache.Key key = AnswerCache.Key.of(query);
        Optional<Answer> known = cache.get(key, nanoTime.getAsLong());
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        if (!query.recursionDesired()) {
            return CompletableFuture.completedFuture(Answer.of(query, Rcode.REFUSED, nanoTime.getAsLong()));
        }
        if (waiting.get() >= ASKERS) {
            LOG.debug("{} askers wait already: {} is not forwarded", ASKERS, query.name());
            return CompletableFuture.completedFuture(failure(query));
        }
        waiting.incrementAndGet();
        CompletableFuture<Answer> mine = new CompletableFuture<>();
        CompletableFuture<Answer> others = inFlight.putIfAbsent(key, mine);
        if (others == null) {
            inquire(query, key, mine);
        }
        return (others == null ? mine : others).whenComplete((answer, never) -> waiting.decrementAndGet());
    }

    private void inquire(Query query, AnswerCache.Key key, CompletableFuture<Answer> result) {
        // What asks us back, because it knows us as its own name server, waits here with the first and ends with it.
        CompletableFuture.completedFuture(query).thenCompose(asked -> new Inquiry(asked, peers(), turn).start())
            .thenApply(message -> answer(query, message))
            .exceptionally(failed -> {
                LOG.debug("No answer for {}: {}", query.name(), failed.toString());
                return failure(query);
            })
            .thenAccept(answer -> {
                cache.put(key, answer, nanoTime.getAsLong());
                inFlight.remove(key);
                result.complete(answer);
            });
    }

    private Answer failure(Query query) {
        return Answer.of(query, Rcode.SERVFAIL, nanoTime.getAsLong());
    }

    /** The forwarders in the order in which to ask: those that answer first. Our own address would have us ask ourselves without end. */
    private List<Peer> peers() {
        List<InetSocketAddress> addresses = site.forwarders().stream().distinct()
            .filter(address -> !address.isUnresolved() && !ourselves(address)).toList();
        peers.keySet().retainAll(addresses);
        List<Peer> all = addresses.stream().map(address -> peers.computeIfAbsent(address, key -> new Peer(key, nanoTime))).toList();
        return Stream.concat(all.stream().filter(Peer::trusted), all.stream().filter(peer -> !peer.trusted())).toList();
    }

    private boolean ourselves(InetSocketAddress address) {
        return address.getPort() == port && site.own().contains(address.getAddress());
    }

    /** What the forwarder says, less what is between it and us: the id, the OPT record, and additional records, which nobody needs. */
    private Answer answer(Query query, Message received) {
        Message message = Answer.answering(query.name(), query.type());
        message.getHeader().setRcode(received.getRcode());
        if (received.getHeader().getFlag(Flags.AD)) {
            message.getHeader().setFlag(Flags.AD);
        }
        for (int section : List.of(Section.ANSWER, Section.AUTHORITY)) {
            received.getSection(section).forEach(record -> message.addRecord(record, section));
        }
        return Answer.of(message, nanoTime.getAsLong(), life(message, query.type()));
    }

    private static Duration life(Message message, int type) {
        List<Record> answers = message.getSection(Section.ANSWER);
        boolean found = answers.stream().anyMatch(record -> record.getType() == type);
        if (message.getRcode() != Rcode.NXDOMAIN && message.getRcode() != Rcode.NOERROR) {
            return Duration.ZERO;
        }
        long shortest = Stream.concat(answers.stream(), message.getSection(Section.AUTHORITY).stream()).mapToLong(Record::getTTL).min()
            .orElse(0);
        if (found) {
            return Duration.ofSeconds(Math.min(shortest, LONGEST_LIFE.toSeconds()));
        }
        // RFC 2308, section 5: no SOA, no keeping.
        long negative = message.getSection(Section.AUTHORITY).stream().filter(SOARecord.class::isInstance).map(SOARecord.class::cast)
            .mapToLong(SOARecord::getMinimum).min().orElse(0);
        return Duration.ofSeconds(Math.min(Math.min(shortest, negative), LONGEST_NEGATIVE_LIFE.toSeconds()));
    }

    /** How many answers are kept. */
    int cached() {
        return cache.size();
    }
}
