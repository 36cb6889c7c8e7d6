package io.talospxe.step;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the bytes of a file that one connection has passed to the kernel. Vert.x itself only knows how many it was told to send, which
 * says nothing when a machine is switched off in the middle of its kernel. Safe for any thread.
 */
final class SentBytes extends ChannelOutboundHandlerAdapter {

    private final AtomicLong count = new AtomicLong();
    private final ChannelPipeline pipeline;

    private SentBytes(ChannelPipeline pipeline) {
        this.pipeline = pipeline;
    }

    /** Starts to count. */
    static SentBytes on(HttpConnection connection) {
        ChannelHandlerContext vertx = ((ConnectionBase) connection).channelHandlerContext();
        SentBytes sent = new SentBytes(vertx.pipeline());
        vertx.pipeline().addBefore(vertx.name(), null, sent);
        return sent;
    }

    /** Bytes so far. */
    long count() {
        return count.get();
    }

    /** Ends counting; needed once for each start, since a connection outlives its responses. */
    void stop() {
        if (pipeline.context(this) != null) {
            pipeline.remove(this);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FileRegion region) {
            promise.addListener(end -> count.addAndGet(region.transferred()));
        }
        context.write(message, promise);
    }
}
