package io.talospxe.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.tftp.wire.TftpPacket;
import io.talospxe.tftp.wire.TftpPacket.Ack;
import io.talospxe.tftp.wire.TftpPacket.Data;
import io.talospxe.tftp.wire.TftpPacket.OptionAck;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A transfer to an RFC 7440 client over a link that loses, doubles and reorders packets, in virtual time: a run of minutes takes
 * milliseconds and is the same every time. The client compares every byte with what it should be.
 */
final class LossyLink {

    private static final long MILLISECOND = 1_000_000;
    private static final long CLIENT_PATIENCE = 1000 * MILLISECOND;

    private final Content original;
    private final Random random;
    private final double loss;
    private final double duplication;
    private final double reordering;
    private final Transfer transfer;
    private final int blockSize;
    private final int windowSize;
    private final PriorityQueue<Delivery> onTheWay = new PriorityQueue<>(Comparator.comparingLong(Delivery::at));

    private long now;
    private long received;
    private long bytes;
    private boolean complete;
    private int inWindow;
    private long clientDeadline = CLIENT_PATIENCE;
    private long dataSent;

    private record Delivery(long at, TftpPacket packet) {
    }

    /** Rates are fractions of 1. */
    LossyLink(ReadRequest request, Content content, Content original, double loss, double duplication, double reordering, long seed) {
        this.original = original;
        this.random = new Random(seed);
        this.loss = loss;
        this.duplication = duplication;
        this.reordering = reordering;
        this.transfer = new Transfer(request, content, 65464, () -> now, this::carry);
        Negotiation agreed = Negotiation.of(request, content.size(), 65464);
        this.blockSize = agreed.blockSize();
        this.windowSize = agreed.windowSize();
    }

    /** Runs until both sides are done. */
    Transfer run() throws IOException {
        transfer.start();
        while (!transfer.ended()) {
            long next = Math.min(transfer.deadline(), complete ? Long.MAX_VALUE : clientDeadline);
            Delivery delivery = onTheWay.peek();
            if (delivery != null && delivery.at <= next) {
                onTheWay.remove();
                now = delivery.at;
                deliver(delivery.packet);
            } else if (next == clientDeadline) {
                now = next;
                acknowledge();
            } else {
                now = next;
                transfer.expire();
            }
        }
        return transfer;
    }

    /** Whether every byte has come, each of them right. */
    boolean complete() {
        return complete;
    }

    long bytes() {
        return bytes;
    }

    /** DATA packets that the server sent. */
    long dataSent() {
        return dataSent;
    }

    private void carry(TftpPacket packet) {
        if (packet instanceof Data) {
            dataSent++;
        }
        do {
            if (random.nextDouble() >= loss) {
                long delay = random.nextDouble() < reordering ? random.nextInt(20) : 1;
                onTheWay.add(new Delivery(now + delay * MILLISECOND + onTheWay.size(), packet));
            }
        } while (random.nextDouble() < duplication);
    }

    private void deliver(TftpPacket packet) throws IOException {
        if (packet instanceof Ack) {
            transfer.receive(packet);
        } else if (packet instanceof OptionAck) {
            if (received == 0) {
                acknowledge();
            }
        } else if (packet instanceof Data data) {
            receive(data);
        }
    }

    private void receive(Data data) throws IOException {
        if (!complete && data.block() == (received + 1 & 0xffff)) {
            ByteBuffer payload = data.payload();
            assertThat(payload).isEqualTo(original.read(bytes, blockSize));
            bytes += payload.remaining();
            received++;
            complete = payload.remaining() < blockSize;
            if (++inWindow == windowSize || complete) {
                acknowledge();
            }
        } else {
            // As EDK2 does: whatever is not the next block, a duplicate included, is answered with what has come so far.
            acknowledge();
        }
    }

    private void acknowledge() {
        inWindow = 0;
        clientDeadline = now + CLIENT_PATIENCE;
        carry(new Ack((int) (received & 0xffff)));
    }
}
