package io.talospxe.step;

import io.talospxe.dns.Answer;
import io.talospxe.dns.AnswerMemory;
import io.talospxe.dns.DnsNames;
import io.talospxe.dns.Forwarder;
import io.talospxe.dns.Query;
import io.talospxe.dns.Reply;
import io.talospxe.dns.Site;
import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * The steps of the DNS routes, bean {@code dns}. A step that answers replaces the body by the answer's bytes; a body of null is silence.
 * Safe for several threads; no step waits.
 */
public final class DnsSteps {

    private static final String ASKED = "dnsAsked";

    private final DnsNames names;
    private final Forwarder forwarder;
    private final Site site;
    private final AnswerMemory memory;
    private final LongSupplier nanoTime;
    private final AtomicInteger turn = new AtomicInteger();

    /** A question, who asks it, and which address of ours. */
    private record Asked(Query query, InetAddress asker, InetAddress local) { }

    /**
     * @param names     the names that are ours
     * @param forwarder asks about the others
     * @param site      says who is answered at all
     * @param memory    what the socket's repeated questions are answered from
     * @param nanoTime  the program's nanosecond clock
     */
    public DnsSteps(DnsNames names, Forwarder forwarder, Site site, AnswerMemory memory, LongSupplier nanoTime) {
        this.names = names;
        this.forwarder = forwarder;
        this.site = site;
        this.memory = memory;
        this.nanoTime = nanoTime;
    }

    /**
     * Reads a message. Sets the variables {@code address} (of the asker), {@code localAddress} (the one of ours that was asked) and
     * {@code inside} (yes, or no for somebody who is in no network of ours). If it is a question that can be answered, also {@code zone}
     * (controlplane, ours or other), {@code question} (the name in lower case, with its final dot) and {@code questionType} (A, AAAA, …).
     * Reads {@code transport}: tcp allows long answers.
     */
    public void decode(Exchange exchange) {
        Optional<Query> query = Query.read(exchange.getMessage().getBody(byte[].class), "tcp".equals(exchange.getVariable("transport")));
        InetAddress asker = address(exchange, NettyConstants.NETTY_REMOTE_ADDRESS);
        InetAddress local = address(exchange, InterfaceSocket.LOCAL_ADDRESS);
        exchange.setVariable("address", asker.getHostAddress());
        exchange.setVariable("localAddress", local.getHostAddress());
        exchange.setVariable("inside", inside(asker) ? "yes" : "no");
        query.ifPresent(read -> exchange.setProperty(ASKED, new Asked(read, asker, local)));
        query.filter(read -> read.objection() == Rcode.NOERROR).ifPresent(read -> {
            exchange.setVariable("question", read.name().toString());
            exchange.setVariable("questionType", Type.string(read.type()));
            exchange.setVariable("zone", switch (names.authority(read.name())) {
                case CONTROL_PLANE -> "controlplane";
                case OURS -> "ours";
                case OTHER -> "other";
            });
        });
    }

    /** Answers for a name that is ours, from leases and what else we know. */
    public byte[] answer(Exchange exchange) {
        Asked asked = asked(exchange);
        return given(asked, names.answer(asked.query));
    }

    /**
     * Answers with the addresses in the variable {@code addresses}, which has commas between them; with none, that the name has no
     * addresses. Several come in another order each time, so that the first is not always the same.
     *
     * @throws IllegalArgumentException if the variable holds anything but IPv4 addresses
     */
    public byte[] answerAddresses(Exchange exchange) {
        List<Inet4Address> addresses = new ArrayList<>(addresses(exchange.getVariable("addresses", "", String.class)));
        if (!addresses.isEmpty()) {
            Collections.rotate(addresses, turn.getAndIncrement() % addresses.size());
        }
        Asked asked = asked(exchange);
        return given(asked, names.answer(asked.query, addresses));
    }

    /** Answers with what another name server says; the route goes on when the answer is there. */
    public CompletionStage<byte[]> forward(Exchange exchange) {
        Asked asked = asked(exchange);
        if (asked.query.type() == Type.ANY) {
            return CompletableFuture.completedFuture(given(asked, names.minimalAny(asked.query)));
        }
        return forwarder.answer(asked.query).thenApply(answer -> given(asked, answer));
    }

    /** Answers somebody whom nothing is told: REFUSED. */
    public byte[] refuse(Exchange exchange) {
        return bare(exchange, query -> Rcode.REFUSED);
    }

    /** Answers a message that is no question we can answer: FORMERR, NOTIMP, BADVERS, REFUSED (AXFR, other classes), or silence. */
    public byte[] reject(Exchange exchange) {
        return bare(exchange, Query::objection);
    }

    /** Answers that something went wrong with us: SERVFAIL. */
    public byte[] fail(Exchange exchange) {
        return bare(exchange, query -> Rcode.SERVFAIL);
    }

    private byte[] given(Asked asked, Answer answer) {
        Reply reply = answer.to(asked.query, nanoTime.getAsLong());
        memory.remember(asked.local, asked.asker, asked.query, reply);
        return reply.bytes();
    }

    private static byte[] bare(Exchange exchange, ToIntFunction<Query> rcode) {
        Asked asked = exchange.getProperty(ASKED, Asked.class);
        return asked == null ? null : asked.query.with(rcode.applyAsInt(asked.query));
    }

    private static Asked asked(Exchange exchange) {
        Asked asked = exchange.getProperty(ASKED, Asked.class);
        if (asked == null || asked.query.objection() != Rcode.NOERROR) {
            throw new IllegalStateException("there is no question to answer: the route must call dns.reject if 'zone' is not set");
        }
        return asked;
    }

    private boolean inside(InetAddress asker) {
        return asker.isLoopbackAddress() || site.inside(asker) || site.own().contains(asker);
    }

    private static InetAddress address(Exchange exchange, String header) {
        return exchange.getMessage().getHeader(header, InetSocketAddress.class).getAddress();
    }

    private static Collection<Inet4Address> addresses(String list) {
        return Arrays.stream(list.split(",")).map(String::strip).filter(text -> !text.isEmpty()).map(Ipv4::parse).toList();
    }
}
