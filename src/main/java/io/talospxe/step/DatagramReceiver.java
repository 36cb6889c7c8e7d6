package io.talospxe.step;

import io.netty.channel.AddressedEnvelope;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.EventExecutorGroup;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.ChannelHandlerFactory;
import org.apache.camel.component.netty.NettyConsumer;
import org.apache.camel.component.netty.handlers.ServerChannelHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes datagrams to the route. What camel-netty's own receiver does on an error would close the port for good. */
class DatagramReceiver extends ServerChannelHandler {

    private static final String CHANNEL = "receiverChannel";
    private static final Logger LOG = LoggerFactory.getLogger(DatagramReceiver.class);

    DatagramReceiver(NettyConsumer consumer) {
        super(consumer);
    }

    /** Ends a pipeline with the endpoint's codecs and a receiver, on the thread that the endpoint wants. */
    static void addTo(ChannelPipeline pipeline, NettyConsumer consumer, ChannelHandler receiver) {
        consumer.getConfiguration().getEncodersAsList().forEach(codec -> pipeline.addLast(made(codec)));
        consumer.getConfiguration().getDecodersAsList().forEach(codec -> pipeline.addLast(made(codec)));
        EventExecutorGroup executors = consumer.getConfiguration().isUsingExecutorService()
            ? consumer.getEndpoint().getComponent().getExecutorService() : null;
        pipeline.addLast(executors, "handler", receiver);
    }

    /** Camel lists its codecs as factories that look like handlers and do nothing themselves. */
    private static ChannelHandler made(ChannelHandler codec) {
        return codec instanceof ChannelHandlerFactory factory ? factory.newChannelHandler() : codec;
    }

    @Override
    protected void beforeProcess(Exchange exchange, ChannelHandlerContext context, Object message) {
        exchange.setProperty(CHANNEL, context.channel());
        if (message instanceof AddressedEnvelope<?, ?> datagram && datagram.recipient() != null) {
            exchange.getMessage().setHeader(InterfaceSocket.LOCAL_ADDRESS, datagram.recipient());
        }
    }

    @Override
    protected Object getResponseBody(Exchange exchange) throws Exception {
        // A route that takes its time may answer when the port is closed, and the thread that would send it gone.
        return exchange.getException() == null && channel(exchange).isActive() ? super.getResponseBody(exchange) : null;
    }

    /** Where the message came from. */
    static Channel channel(Exchange exchange) {
        return exchange.getProperty(CHANNEL, Channel.class);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.warn("A datagram on {} could not be handled or answered: {}", context.channel().localAddress(), cause.toString());
    }
}
