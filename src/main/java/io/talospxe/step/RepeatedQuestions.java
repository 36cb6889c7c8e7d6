package io.talospxe.step;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.talospxe.dns.AnswerMemory;
import io.talospxe.dns.Query;
import io.talospxe.dns.Reply;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Answers datagrams whose question the same asker was answered a moment ago, drops what is no question, and lets all others through to the
 * route. First in the pipeline of a UDP port, where a question costs a look and a copy. Used by one event loop, but for {@link #taken}.
 */
final class RepeatedQuestions extends ChannelInboundHandlerAdapter {

    /** Datagrams that may wait for the route; more are dropped, as the kernel would drop them. */
    private static final int WAITING = 4096;
    private static final int ID_LENGTH = 2;
    private static final int FLAGS = 2;

    private final AnswerMemory memory;
    private final LongSupplier nanoTime;
    private final AtomicInteger waiting = new AtomicInteger();
    private boolean passedOn;

    RepeatedQuestions(AnswerMemory memory, LongSupplier nanoTime) {
        this.memory = memory;
        this.nanoTime = nanoTime;
    }

    /** The route has taken one of the datagrams that wait for it. Callable from any thread. */
    void taken() {
        waiting.decrementAndGet();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket datagram = (DatagramPacket) message;
        ByteBuf content = datagram.content();
        if (content.readableBytes() <= FLAGS || !Query.mayBe(content.readableBytes(), content.getByte(content.readerIndex() + FLAGS))) {
            datagram.release();
            return;
        }
        Optional<Reply> reply = recall(context, datagram);
        if (reply.isPresent()) {
            answer(context, datagram, reply.get());
            datagram.release();
        } else if (waiting.get() < WAITING) {
            waiting.incrementAndGet();
            passedOn = true;
            context.fireChannelRead(datagram);
        } else {
            datagram.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.flush();
        // It would wake the route's thread, which is wasted if there is nothing for it.
        if (passedOn) {
            passedOn = false;
            context.fireChannelReadComplete();
        }
    }

    private Optional<Reply> recall(ChannelHandlerContext context, DatagramPacket datagram) {
        ByteBuf question = datagram.content();
        int length = question.readableBytes();
        if (!AnswerMemory.holds(length)) {
            return Optional.empty();
        }
        InetAddress local = ((InetSocketAddress) context.channel().localAddress()).getAddress();
        byte[] key = AnswerMemory.key(local, datagram.sender().getAddress(), length);
        question.getBytes(question.readerIndex() + ID_LENGTH, key, key.length - length + ID_LENGTH, length - ID_LENGTH);
        return memory.recall(key, nanoTime.getAsLong());
    }

    private void answer(ChannelHandlerContext context, DatagramPacket datagram, Reply reply) {
        ByteBuf question = datagram.content();
        ByteBuf answer = context.alloc().ioBuffer(reply.bytes().length).writeBytes(reply.bytes());
        answer.setShort(0, question.getShort(question.readerIndex()));
        int age = (int) TimeUnit.NANOSECONDS.toSeconds(nanoTime.getAsLong() - reply.made());
        if (age > 0) {
            reply.ttls().forEach(at -> answer.setInt(at, Math.max(0, answer.getInt(at) - age)));
        }
        context.write(new DatagramPacket(answer, datagram.sender()), context.voidPromise());
    }
}
