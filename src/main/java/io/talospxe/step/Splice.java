package io.talospxe.step;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a client's connection to one of several nodes, and makes both ends see what they would see without us (RFC 9293): bytes in order,
 * a closed window while the other end does not read, a FIN for a FIN and a RST for a RST. Lives on the client's event loop, which is the
 * node's too.
 *
 * <p>A node that accepts no connection is left for the next one. So is one that dies before it has sent a byte: what the client has said by
 * then, a TLS ClientHello as a rule, is kept, up to {@value #REPLAY} bytes, and said again. Once a node has sent something, the connection
 * is its own.
 *
 * <p>Of each direction at most one portion, below 64 KiB, waits in memory: nothing more is read until the other end's socket has taken it.
 * Only with a FIN does Netty read on by itself, at most what the kernel holds.
 */
final class Splice {

    /** Bytes of a client that are kept to be said again; a ClientHello with a post-quantum key share has some 2000. */
    static final int REPLAY = 16 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Splice.class);

    private final Terms terms;
    private final Side client;
    private final Queue<InetSocketAddress> nodes = new ArrayDeque<>();
    private Side node;
    private ByteBuf opening;
    private boolean answered;
    private boolean ended;
    private long lastSign = System.nanoTime();
    private Future<?> timer;

    /**
     * @param connectTimeout how long a node may take to accept
     * @param idle           how long no byte may go in either direction
     * @param halfClosed     the same once one end has sent its FIN
     * @param dead           is told of nodes that do not accept
     */
    record Terms(Duration connectTimeout, Duration idle, Duration halfClosed, Consumer<InetSocketAddress> dead) {
    }

    /**
     * To be called on {@code accepted}'s event loop.
     *
     * @param accepted the client's connection, which is not read yet; see {@link PassThrough#configure}
     */
    Splice(Channel accepted, Terms terms) {
        this.terms = terms;
        this.client = new Side(accepted);
        this.opening = accepted.alloc().buffer();
        accepted.pipeline().addLast(client);
        watch();
    }

    /** Ends a connection by a RST, at once: neither end keeps anything of it. */
    static void reset(Channel channel) {
        if (channel.isOpen()) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }
    }

    /** Connects to the first of {@code candidates} that accepts; resets the client if none does. To be called once, on the event loop. */
    void connect(List<InetSocketAddress> candidates) {
        nodes.addAll(candidates);
        next();
    }

    /** One end. Events of a node that was left are no longer ours. */
    private final class Side extends ChannelInboundHandlerAdapter {

        private final Channel channel;
        /** Its FIN has come. */
        private boolean finished;
        /** It has our FIN. */
        private boolean told;

        Side(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            received(this, (ByteBuf) bytes);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                finished(this);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            broken(this, cause.toString());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            broken(this, "closed");
        }

        private boolean current() {
            return !ended && (this == client || this == node);
        }
    }

    private void next() {
        if (ended) {
            return;
        }
        node = null;
        InetSocketAddress candidate = nodes.poll();
        if (candidate == null) {
            end("no node left");
            return;
        }
        ChannelFuture connection = new Bootstrap().group(client.channel.eventLoop()).channel(EpollSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) terms.connectTimeout.toMillis())
            .handler(new ChannelInitializer<Channel>() {
                @Override
                protected void initChannel(Channel channel) {
                    PassThrough.configure(channel.config());
                }
            }).connect(candidate);
        connection.addListener(done -> {
            if (done.isSuccess()) {
                connected(new Side(connection.channel()));
            } else {
                LOG.debug("{} did not accept a connection of {}: {}", candidate, client.channel.remoteAddress(), done.cause().toString());
                // Our own want of sockets or of a route says nothing about the node.
                if (done.cause() instanceof ConnectException || done.cause() instanceof NoRouteToHostException) {
                    terms.dead.accept(candidate);
                }
                next();
            }
        });
    }

    private void connected(Side accepted) {
        if (ended) {
            reset(accepted.channel);
            return;
        }
        node = accepted;
        node.channel.pipeline().addLast(node);
        if (opening.isReadable()) {
            node.channel.writeAndFlush(opening.copy());
            forgetLongOpening();
        }
        if (client.finished) {
            tell(node);
        }
        client.channel.read();
        node.channel.read();
    }

    private void received(Side from, ByteBuf bytes) {
        if (!from.current()) {
            bytes.release();
            return;
        }
        lastSign = System.nanoTime();
        if (from == node) {
            answered = true;
            forgetOpening();
            pass(from, client, bytes);
            return;
        }
        if (opening != null) {
            opening.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
        if (node == null) {
            // Without a read of ours, with the client's FIN: it waits for the node.
            bytes.release();
        } else {
            forgetLongOpening();
            pass(from, node, bytes);
        }
    }

    private void pass(Side from, Side to, ByteBuf bytes) {
        to.channel.writeAndFlush(bytes).addListener(written -> {
            if (written.isSuccess() && from.current()) {
                from.channel.read();
            }
        });
    }

    private void finished(Side from) {
        if (!from.current()) {
            return;
        }
        lastSign = System.nanoTime();
        from.finished = true;
        // A node that hangs up on a client that is still there has died; if the client has said all, it may have no more to say itself.
        if (from == node && replayable() && !client.finished) {
            leave();
        } else if (from == node) {
            tell(client);
        } else if (node != null) {
            tell(node);
        }
        watch();
    }

    /** Sends a FIN behind what was written before. */
    private void tell(Side to) {
        to.channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            if (to.current()) {
                ((DuplexChannel) to.channel).shutdownOutput().addListener(sent -> {
                    to.told = true;
                    if (!ended && client.told && node != null && node.told) {
                        settle();
                        client.channel.close();
                        node.channel.close();
                    }
                });
            }
        });
    }

    private void broken(Side side, String cause) {
        if (side == node && !ended && replayable()) {
            leave();
        } else if (side.current()) {
            end(cause);
        }
    }

    private boolean replayable() {
        return !answered && opening != null;
    }

    private void leave() {
        Channel left = node.channel;
        LOG.debug("{} ended a connection of {} before it said anything", left.remoteAddress(), client.channel.remoteAddress());
        node = null;
        reset(left);
        next();
    }

    /** Ends both connections by a RST. */
    private void end(String cause) {
        LOG.debug("Ended a connection of {}: {}", client.channel.remoteAddress(), cause);
        settle();
        reset(client.channel);
        if (node != null) {
            reset(node.channel);
        }
    }

    private void settle() {
        ended = true;
        forgetOpening();
        timer.cancel(false);
    }

    private void forgetOpening() {
        if (opening != null) {
            opening.release();
            opening = null;
        }
    }

    private void forgetLongOpening() {
        if (opening != null && opening.readableBytes() > REPLAY) {
            forgetOpening();
        }
    }

    /** One timer, renewed only when it fires or when a FIN shortens the limit: bytes come far more often. */
    private void watch() {
        if (timer != null) {
            timer.cancel(false);
        }
        if (!ended) {
            timer = client.channel.eventLoop().schedule(this::look, left(), TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        if (left() <= 0) {
            end("nothing went over it for too long");
        } else {
            watch();
        }
    }

    private long left() {
        Duration limit = client.finished || node != null && node.finished ? terms.halfClosed : terms.idle;
        return lastSign + limit.toNanos() - System.nanoTime();
    }
}
