package io.talospxe.step;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a TCP connection's asker within bounds (RFC 7766, section 6): so many connections at a time, so many unanswered questions on each,
 * no more read while it does not take its answers, and an end to it after some seconds without a message. Used by one event loop.
 */
final class DnsConnection extends ChannelDuplexHandler {

    /** Seconds without a complete question or an answer after which a connection is closed. */
    static final int IDLE_SECONDS = 10;
    /** Connections of one endpoint at a time. */
    static final int CONNECTIONS = 150;

    private static final Logger LOG = LoggerFactory.getLogger(DnsConnection.class);
    private static final int UNANSWERED = 100;

    private final AtomicInteger connections;
    private boolean counted;
    private int unanswered;

    /** @param connections how many the endpoint has now */
    DnsConnection(AtomicInteger connections) {
        this.connections = connections;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) throws Exception {
        counted = true;
        if (connections.incrementAndGet() > CONNECTIONS) {
            LOG.debug("{} is turned away: there are {} connections already", context.channel().remoteAddress(), CONNECTIONS);
            context.close();
            return;
        }
        super.channelActive(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (counted) {
            counted = false;
            connections.decrementAndGet();
        }
        super.channelInactive(context);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        unanswered++;
        pace(context);
        super.channelRead(context, message);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        unanswered--;
        super.write(context, message, promise);
        pace(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        pace(context);
        super.channelWritabilityChanged(context);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof IdleStateEvent) {
            context.close();
        } else {
            super.userEventTriggered(context, event);
        }
    }

    private void pace(ChannelHandlerContext context) {
        context.channel().config().setAutoRead(unanswered < UNANSWERED && context.channel().isWritable());
    }
}
