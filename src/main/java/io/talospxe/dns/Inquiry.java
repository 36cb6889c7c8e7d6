package io.talospxe.dns;

import java.io.IOException;
import java.net.ConnectException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;

/**
 * One question on its way to the forwarders. After each turn, a second, without an answer the next of them is asked as well, the first
 * again after the last, and whoever answers first is believed: a slow forwarder gets its time, and a dead one costs a second. One that
 * cannot answer is left out. Safe for several threads.
 */
final class Inquiry {

    /** How long the next forwarder waits for its turn. */
    static final Duration TURN = Duration.ofSeconds(1);

    /** After so many turns it ends without an answer; clients give up after five seconds (resolv.conf(5)). */
    private static final int TURNS = 4;
    private static final Set<Integer> ANSWERS = Set.of(Rcode.NOERROR, Rcode.NXDOMAIN);
    private static final Set<Integer> MISUNDERSTANDINGS = Set.of(Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS);

    private final Query query;
    private final Duration turn;
    private final int last;
    private final List<Peer> onTrial;
    private final List<Peer> peers;
    private final List<Asked> asked = new ArrayList<>();
    private final CompletableFuture<Message> result = new CompletableFuture<>();
    private final Set<Peer> missed = new HashSet<>();
    private int turns;
    private Message unhelpful;

    private record Asked(Peer peer, CompletableFuture<Message> reply) { }

    /**
     * @param peers whom to ask, in this order; those that are dead are not waited for, but for one turn if all are
     * @param turn  how long the next waits for its turn
     */
    Inquiry(Query query, List<Peer> peers, Duration turn) {
        this.query = query;
        this.turn = turn;
        this.onTrial = peers.stream().filter(Peer::trialDue).toList();
        List<Peer> alive = peers.stream().filter(peer -> !peer.dead()).toList();
        this.peers = new ArrayList<>(alive.isEmpty() ? onTrial : alive);
        this.last = alive.isEmpty() ? 1 : TURNS;
    }

    /** Begins. Gives an answer of a forwarder, the first good one if there is one; fails if none has any. */
    CompletableFuture<Message> start() {
        if (peers.isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("no name server is alive"));
        }
        // Those out of favour may earn it back beside the others; if nobody else is left, it is their turn anyway.
        onTrial.stream().filter(peer -> !peer.equals(peers.get(0))).forEach(this::ask);
        turn();
        return result;
    }

    private void turn() {
        if (result.isDone()) {
            return;
        }
        unanswered().forEach(peer -> peer.missed("nothing comes from it"));
        if (turns++ == last) {
            end();
            return;
        }
        next().ifPresent(this::ask);
        CompletableFuture.delayedExecutor(turn.toMillis(), TimeUnit.MILLISECONDS).execute(this::turn);
    }

    /** Whose turn it is: who was asked goes to the end of the line. */
    private synchronized Optional<Peer> next() {
        if (peers.isEmpty()) {
            return Optional.empty();
        }
        Peer peer = peers.remove(0);
        peers.add(peer);
        return Optional.of(peer);
    }

    /** Those that let this question wait. One that does so several times is named once: it may be the question. */
    private synchronized List<Peer> unanswered() {
        return asked.stream().filter(one -> !one.reply.isDone()).map(Asked::peer).filter(missed::add).toList();
    }

    private void ask(Peer peer) {
        // One for each question, and its socket too: an id and a port drawn at random (RFC 5452). It asks over TCP what comes truncated.
        SimpleResolver resolver = new SimpleResolver(peer.address());
        resolver.setEDNS(-1);
        resolver.setTimeout(turn.multipliedBy(TURNS));
        CompletableFuture<Message> reply = resolver.sendAsync(question(peer.plain())).toCompletableFuture();
        synchronized (this) {
            asked.add(new Asked(peer, reply));
        }
        reply.whenComplete((message, failure) -> {
            if (failure == null) {
                answered(peer, message);
            } else {
                failed(peer, failure instanceof CompletionException ? failure.getCause() : failure);
            }
        });
    }

    private void answered(Peer peer, Message message) {
        peer.answered();
        if (ANSWERS.contains(message.getRcode())) {
            result.complete(message);
        } else if (MISUNDERSTANDINGS.contains(message.getRcode()) && !peer.plain()) {
            peer.simplify();
            ask(peer);
        } else {
            synchronized (this) {
                unhelpful = message;
            }
            leaveOut(peer);
        }
    }

    private void failed(Peer peer, Throwable failure) {
        if (failure instanceof SocketTimeoutException) {
            return;
        }
        // ConnectException: it does answer over UDP, but not over TCP.
        if (failure instanceof SocketException && !(failure instanceof ConnectException)) {
            peer.refused(failure instanceof PortUnreachableException ? "no name server runs there" : failure.getMessage());
        }
        leaveOut(peer);
    }

    private void leaveOut(Peer peer) {
        boolean more;
        synchronized (this) {
            peers.remove(peer);
            more = !peers.isEmpty();
        }
        if (!more) {
            end();
        } else if (!result.isDone()) {
            next().ifPresent(this::ask);
        }
    }

    private void end() {
        Message last;
        synchronized (this) {
            last = unhelpful;
        }
        if (last != null) {
            result.complete(last);
        } else {
            result.completeExceptionally(new IOException("no name server has answered"));
        }
    }

    private Message question(boolean plain) {
        Message message = Message.newQuery(Record.newRecord(query.name(), query.type(), DClass.IN));
        message.getHeader().setFlag(Flags.RD);
        // RFC 6840, section 5.7: so that we hear whether the answer was validated.
        message.getHeader().setFlag(Flags.AD);
        if (query.checkingDisabled()) {
            message.getHeader().setFlag(Flags.CD);
        }
        if (!plain) {
            message.addRecord(new OPTRecord(Query.PAYLOAD, 0, 0, query.dnssecOk() ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
        }
        return message;
    }
}
