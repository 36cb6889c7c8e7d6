package io.talospxe.tftp;

import io.talospxe.tftp.wire.Mode;
import io.talospxe.tftp.wire.TftpPacket;
import io.talospxe.tftp.wire.TftpPacket.Ack;
import io.talospxe.tftp.wire.TftpPacket.Data;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.OptionAck;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The sending of one file to one client (RFC 1350, section 2; RFC 7440). Whoever owns the socket calls {@link #start}, then
 * {@link #receive} for each packet of the client and {@link #expire} when {@link #deadline} has passed, until {@link #ended}. Knows no
 * socket, no thread, no clock but the one it is given; for one thread at a time. Does not close its content.
 */
public final class Transfer {

    /** How far a transfer has come. */
    public enum State {
        /** The options are offered, the client has not said yes yet. */
        NEGOTIATING,
        /** Blocks are under way. */
        SENDING,
        /** The client has everything. */
        COMPLETE,
        /** The client declined the offered options: it only wanted to know the file's size, as EDK2 does before every download. */
        DECLINED,
        /** Broken off; {@link Transfer#failure} says why. */
        FAILED
    }

    private final Content content;
    private final Negotiation agreed;
    private final LongSupplier clock;
    private final Consumer<TftpPacket> client;
    private final Retry retry;

    private State state = State.NEGOTIATING;
    private String failure = "";
    private long deadline;
    // Blocks count from 1 and on past 65535; only on the wire do they wrap.
    private long acknowledged;
    private long sent;
    // Up to here, everything was sent at least twice.
    private long repeated;
    // Known when the block that is not full has been read.
    private long last = Long.MAX_VALUE;
    private int lastSize;

    /**
     * @param request      what was asked for; {@link Mode#NETASCII} converts the content
     * @param content      what to send
     * @param maxBlockSize the largest {@code blksize} to grant, 8 to 65464
     * @param clock        nanoseconds, as of {@link System#nanoTime}
     * @param client       is given the packets for the client, in order
     */
    public Transfer(ReadRequest request, Content content, int maxBlockSize, LongSupplier clock, Consumer<TftpPacket> client) {
        this.content = request.mode() == Mode.NETASCII ? new Netascii(content) : content;
        this.agreed = Negotiation.of(request, this.content.size(), maxBlockSize);
        this.clock = clock;
        this.client = client;
        this.retry = new Retry(agreed.timeout());
    }

    /** Sends the OACK, or the first window if there is nothing to agree on. To be called once. */
    public void start() {
        if (agreed.granted().isEmpty()) {
            state = State.SENDING;
        }
        send();
    }

    /** Takes a packet that has come from the client's own address and port. */
    public void receive(TftpPacket packet) {
        if (ended()) {
            return;
        }
        if (packet instanceof Ack ack) {
            acknowledge(ack.block());
        } else if (packet instanceof Error error) {
            state = state == State.NEGOTIATING ? State.DECLINED : State.FAILED;
            failure = "the machine broke it off with error " + error.code() + ": " + error.message();
        }
    }

    /** The deadline has passed: sends again what was not acknowledged, or gives up after {@value Retry#TRIES} tries. */
    public void expire() {
        if (ended()) {
            return;
        }
        if (retry.again()) {
            goBack();
            send();
        } else {
            fail("the machine did not answer " + Retry.TRIES + " times");
        }
    }

    /** When to call {@link #expire}, in the clock's nanoseconds. */
    public long deadline() {
        return deadline;
    }

    /** How far it has come. */
    public State state() {
        return state;
    }

    /** Whether nothing more is to be sent or expected. */
    public boolean ended() {
        return state != State.NEGOTIATING && state != State.SENDING;
    }

    /** Why it broke off, as half a sentence; empty otherwise. */
    public String failure() {
        return failure;
    }

    /** Bytes that the client has acknowledged; in mode netascii, as they went over the wire. */
    public long bytes() {
        return acknowledged == last ? (last - 1) * agreed.blockSize() + lastSize : acknowledged * agreed.blockSize();
    }

    private void acknowledge(int number) {
        if (state == State.NEGOTIATING) {
            if (number == 0) {
                state = State.SENDING;
                proceed();
            }
            return;
        }
        long block = acknowledged + (number - acknowledged & 0xffff);
        // RFC 1123, section 4.2.3.1: an ACK that says nothing new sends nothing, or each duplicate would double all that follows.
        if (block == acknowledged || block > sent) {
            return;
        }
        acknowledged = block;
        if (block == last) {
            state = State.COMPLETE;
            return;
        }
        // An ACK for the middle of a window reports a gap (RFC 7440, section 4), but EDK2 also sends one for every duplicate. So no block
        // is sent again for the second time on such an ACK, or one duplicate would double all that follows; a timeout may do it.
        if (block < sent && block >= repeated) {
            goBack();
        }
        proceed();
    }

    private void proceed() {
        retry.restart();
        send();
    }

    private void goBack() {
        if (state == State.SENDING) {
            sent = acknowledged;
            repeated = acknowledged + agreed.windowSize();
        }
    }

    private void send() {
        deadline = clock.getAsLong() + retry.nanos();
        if (state == State.NEGOTIATING) {
            client.accept(new OptionAck(agreed.granted()));
            return;
        }
        try {
            for (; sent < acknowledged + agreed.windowSize() && sent < last; sent++) {
                ByteBuffer payload = content.read(sent * agreed.blockSize(), agreed.blockSize());
                if (payload.remaining() < agreed.blockSize()) {
                    last = sent + 1;
                    lastSize = payload.remaining();
                }
                client.accept(new Data((int) (sent + 1 & 0xffff), payload));
            }
        } catch (IOException unreadable) {
            fail(unreadable.getMessage());
        }
    }

    private void fail(String reason) {
        state = State.FAILED;
        failure = reason;
        client.accept(new Error(Error.NOT_DEFINED, reason));
    }
}
