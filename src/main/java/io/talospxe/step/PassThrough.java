package io.talospxe.step;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.ServerInitializerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the connections of {@code netty:tcp} endpoints through to other machines. Named in routes as
 * {@code serverInitializerFactory: "#passThrough"}. Safe for any number of endpoints.
 *
 * <p>The route is asked once for each connection: it finds the client's address in the variable {@code address} and leaves in the variable
 * {@code nodes} where the connection may go, best first, as {@code 10.77.0.5:6443,10.77.0.6:6443}. If it leaves nothing, the connection is
 * reset, so that the client need not wait to be told. Bytes never come near the route. See {@link Splice} for what becomes of them.
 *
 * <p>Event loops are this part's own, not the endpoint's: a route that is stopped, or loaded anew, closes its listening socket and leaves
 * connections alone.
 */
public final class PassThrough extends ServerInitializerFactory {

    private static final Logger LOG = LoggerFactory.getLogger(PassThrough.class);
    private static final Pattern NODE = Pattern.compile("([^:\\s]+):([0-9]{1,5})");
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
    private static final int ASKING_THREADS = 16;
    private static final long SENTENCE_INTERVAL = TimeUnit.MINUTES.toNanos(1);

    private final Shared shared;
    private final NettyConsumer consumer;

    /** What all endpoints have in common. */
    private record Shared(EventLoopGroup loops, int limit, Splice.Terms terms, ThreadPoolExecutor asking, AtomicInteger open,
                          Gate full, Gate nowhere) {
    }

    /**
     * @param loops      epoll event loops for listening sockets and connections; null if none will be opened, as when routes are only
     *                   checked
     * @param limit      how many connections may be open at a time; more are reset
     * @param idle       a connection over which no byte went for so long is reset
     * @param halfClosed the same for one of which an end has said that it will send no more
     * @param dead       is told of nodes that did not accept a connection, on an event loop's thread: it must not block
     */
    public PassThrough(EventLoopGroup loops, int limit, Duration idle, Duration halfClosed, Consumer<InetSocketAddress> dead) {
        this(new Shared(loops, limit, new Splice.Terms(CONNECT_TIMEOUT, idle, halfClosed, dead), askingThreads(), new AtomicInteger(),
            new Gate(), new Gate()), null);
    }

    private PassThrough(Shared shared, NettyConsumer consumer) {
        this.shared = shared;
        this.consumer = consumer;
    }

    /** A route may look something up and block: it is asked on a thread of these, which end when nothing is to do. */
    private static ThreadPoolExecutor askingThreads() {
        ThreadPoolExecutor threads = new ThreadPoolExecutor(ASKING_THREADS, ASKING_THREADS, 10, TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "pass-through");
                thread.setDaemon(true);
                return thread;
            });
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** Called by camel-netty for each endpoint, before it opens its socket. */
    @Override
    public ServerInitializerFactory createPipelineFactory(NettyConsumer endpointConsumer) {
        endpointConsumer.getConfiguration().setNativeTransport(true);
        endpointConsumer.getConfiguration().setBossGroup(shared.loops);
        endpointConsumer.getConfiguration().setWorkerGroup(shared.loops);
        return new PassThrough(shared, endpointConsumer);
    }

    @Override
    protected void initChannel(Channel channel) {
        configure(channel.config());
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext accepted) {
                accept(accepted.channel());
                accepted.pipeline().remove(this);
            }
        });
    }

    /** For both ends of a connection: bytes are read one portion at a time, each end closes for itself, and dead peers are noticed. */
    static void configure(ChannelConfig channel) {
        channel.setOption(ChannelOption.AUTO_READ, false);
        channel.setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        channel.setOption(ChannelOption.TCP_NODELAY, true);
        // A machine that lost its power answers nothing: two minutes, in place of Linux' two hours (tcp(7)).
        channel.setOption(ChannelOption.SO_KEEPALIVE, true);
        channel.setOption(EpollChannelOption.TCP_KEEPIDLE, 60);
        channel.setOption(EpollChannelOption.TCP_KEEPINTVL, 10);
        channel.setOption(EpollChannelOption.TCP_KEEPCNT, 6);
    }

    private void accept(Channel client) {
        int open = shared.open.incrementAndGet();
        client.closeFuture().addListener(closed -> shared.open.decrementAndGet());
        if (open > shared.limit) {
            Splice.reset(client);
            if (shared.full.opens()) {
                LOG.warn("{} connections are passed through already: more are reset until some have ended", shared.limit);
            }
            return;
        }
        Splice splice = new Splice(client, shared.terms);
        shared.asking.execute(() -> ask(client, nodes -> {
            try {
                client.eventLoop().execute(() -> splice.connect(nodes));
            } catch (RejectedExecutionException stopping) {
                // The program ends, and its event loops have closed the connection.
            }
        }));
    }

    /** Lets the route decide. {@code answer} is called in any case. */
    private void ask(Channel client, Consumer<List<InetSocketAddress>> answer) {
        try {
            Exchange exchange = consumer.createExchange(false);
            consumer.createUoW(exchange);
            exchange.setVariable("address", ((InetSocketAddress) client.remoteAddress()).getAddress().getHostAddress());
            consumer.getAsyncProcessor().process(exchange, done -> {
                List<InetSocketAddress> nodes = nodes(exchange, client);
                consumer.doneUoW(exchange);
                consumer.releaseExchange(exchange, false);
                answer.accept(nodes);
            });
        } catch (Exception failed) {
            LOG.warn("The route could not be asked where a connection to {} goes: {}", text(client.localAddress()), failed.toString());
            answer.accept(List.of());
        }
    }

    private List<InetSocketAddress> nodes(Exchange exchange, Channel client) {
        if (exchange.getException() != null) {
            LOG.warn("The route failed that decides where a connection to {} goes: {}", text(client.localAddress()),
                exchange.getException().getMessage());
            return List.of();
        }
        List<InetSocketAddress> nodes = new ArrayList<>();
        String list = exchange.getVariable("nodes", "", String.class);
        if (list.isBlank() && shared.nowhere.opens()) {
            LOG.info("Reset a connection from {} to {}: route {} named no node, for none answers or the client is kept out",
                text(client.remoteAddress()), text(client.localAddress()), exchange.getFromRouteId());
        }
        for (String text : Arrays.stream(list.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList()) {
            Matcher parts = NODE.matcher(text);
            InetSocketAddress node = parts.matches() && Integer.parseInt(parts.group(2)) <= 0xffff
                ? new InetSocketAddress(parts.group(1), Integer.parseInt(parts.group(2))) : null;
            if (node == null || node.isUnresolved()) {
                LOG.warn("The variable 'nodes' of route {} has '{}', which is no address and port; write 10.77.0.5:6443",
                    exchange.getFromRouteId(), text);
            } else if (node.equals(client.localAddress())) {
                LOG.warn("The variable 'nodes' of route {} has {}, which is this endpoint itself; name a control plane",
                    exchange.getFromRouteId(), text);
            } else {
                nodes.add(node);
            }
        }
        return nodes;
    }

    private static String text(SocketAddress address) {
        return address instanceof InetSocketAddress known ? known.getAddress().getHostAddress() + ":" + known.getPort() : "a closed port";
    }

    /** Keeps one cause from filling the log: opens once a minute. */
    private static final class Gate {

        private final AtomicLong next = new AtomicLong(System.nanoTime());

        boolean opens() {
            long now = System.nanoTime();
            long due = next.get();
            return now - due >= 0 && next.compareAndSet(due, now + SENTENCE_INTERVAL);
        }
    }
}
