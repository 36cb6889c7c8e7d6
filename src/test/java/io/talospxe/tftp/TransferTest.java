package io.talospxe.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.tftp.Transfer.State;
import io.talospxe.tftp.wire.Mode;
import io.talospxe.tftp.wire.TftpPacket;
import io.talospxe.tftp.wire.TftpPacket.Ack;
import io.talospxe.tftp.wire.TftpPacket.Data;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.OptionAck;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 1350, 1123 (section 4.2.3.1), 2347, 2349 and 7440, without a socket and without waiting. */
class TransferTest {

    private final List<TftpPacket> sent = new ArrayList<>();
    private long now = Long.MAX_VALUE - 5; // nanoTime may wrap around

    @ParameterizedTest(name = "{0} bytes are {1} blocks of 512")
    @CsvSource({"0, 1", "1, 1", "511, 1", "512, 2", "513, 2", "1024, 3", "5000, 10"})
    void aFileEndsWithABlockThatIsNotFull(int size, int blocks) {
        Transfer transfer = started(Map.of(), bytes(size));
        for (int block = 1; block <= blocks; block++) {
            assertThat(transfer.ended()).isFalse();
            assertThat(taken()).isEqualTo(blocks(block, block));
            transfer.receive(new Ack(block));
        }
        assertThat(transfer.state()).isEqualTo(State.COMPLETE);
        assertThat(transfer.bytes()).isEqualTo(size);
        assertThat(sent).isEmpty();
    }

    @Test
    void optionsAreOfferedFirstAndDataFollowsAckZero() {
        Transfer transfer = started(Map.of("blksize", "8", "tsize", "0"), bytes(20));
        assertThat(taken()).containsExactly(new OptionAck(Map.of("blksize", "8", "tsize", "20")));
        transfer.receive(new Ack(1));
        assertThat(sent).isEmpty();
        transfer.receive(new Ack(0));
        assertThat(taken()).isEqualTo(blocks(1, 1));
    }

    @Test
    void optionsThatAreNotKnownAreAnsweredByData() {
        started(Map.of("x-vendor", "1"), bytes(20));
        assertThat(taken()).isEqualTo(blocks(1, 1));
    }

    @Test
    void aWindowIsSentBeforeAnAckIsAwaited() {
        Transfer transfer = window(4, bytes(8 * 6 + 1));
        assertThat(taken()).isEqualTo(blocks(1, 4));
        transfer.receive(new Ack(4));
        assertThat(taken()).isEqualTo(blocks(5, 7));
        transfer.receive(new Ack(7));
        assertThat(transfer.state()).isEqualTo(State.COMPLETE);
    }

    @Test
    void anAckInsideAWindowReportsAGapAndTheRestIsSentAgain() {
        Transfer transfer = window(4, bytes(8 * 20));
        taken();
        transfer.receive(new Ack(2));
        assertThat(taken()).isEqualTo(blocks(3, 6));
    }

    /** The sorcerer's apprentice, RFC 1123, section 4.2.3.1. */
    @ParameterizedTest(name = "window of {0}")
    @ValueSource(ints = {1, 4})
    void duplicateStaleAndForeignAcksSendNothing(int windowSize) {
        Transfer transfer = window(windowSize, bytes(8 * 50));
        transfer.receive(new Ack(windowSize));
        taken();
        for (int block : new int[] {windowSize, windowSize, 0, windowSize - 1, 2 * windowSize + 1, 65535}) {
            transfer.receive(new Ack(block));
        }
        assertThat(sent).isEmpty();
        assertThat(transfer.bytes()).isEqualTo(8L * windowSize);
    }

    /** EDK2 acknowledges what it has whenever a block is not the next one, a duplicate included. */
    @Test
    void aWindowIsSentAgainOnlyOnceForItsAcks() {
        Transfer transfer = window(4, bytes(8 * 50));
        taken();
        transfer.receive(new Ack(2));
        assertThat(taken()).isEqualTo(blocks(3, 6));
        transfer.receive(new Ack(4));
        assertThat(taken()).isEqualTo(blocks(7, 8));
        transfer.receive(new Ack(8));
        assertThat(taken()).isEqualTo(blocks(9, 12));
        transfer.receive(new Ack(9));
        assertThat(taken()).isEqualTo(blocks(10, 13));
    }

    @Test
    void aGapInTheFirstWindowIsFilledAtOnceEvenIfTheOptionsWereRepeated() {
        Transfer transfer = started(Map.of("blksize", "8", "windowsize", "4"), bytes(8 * 50));
        transfer.expire();
        transfer.receive(new Ack(0));
        taken();
        transfer.receive(new Ack(1));
        assertThat(taken()).isEqualTo(blocks(2, 5));
    }

    @Test
    void aRepeatedAckOfTheOptionsSendsNothing() {
        Transfer transfer = window(1, bytes(100));
        taken();
        transfer.receive(new Ack(0));
        assertThat(sent).isEmpty();
    }

    @Test
    void waitsAQuarterOfASecondThenTwiceAsLongEachTimeAndGivesUpAfterSixTries() {
        Transfer transfer = started(Map.of(), bytes(20));
        for (int wait : new int[] {250, 500, 1000, 2000, 4000}) {
            assertThat(taken()).isEqualTo(blocks(1, 1));
            assertThat(transfer.deadline() - now).isEqualTo(Duration.ofMillis(wait).toNanos());
            now = transfer.deadline();
            transfer.expire();
        }
        assertThat(taken()).isEqualTo(blocks(1, 1));
        transfer.expire();
        assertThat(transfer.state()).isEqualTo(State.FAILED);
        assertThat(transfer.failure()).isEqualTo("the machine did not answer 6 times");
        assertThat(taken()).containsExactly(new Error(0, "the machine did not answer 6 times"));
    }

    @Test
    void anAnswerRenewsThePatience() {
        Transfer transfer = started(Map.of(), bytes(2000));
        for (int tries = 1; tries < Retry.TRIES; tries++) {
            transfer.expire();
        }
        transfer.receive(new Ack(1));
        assertThat(transfer.deadline() - now).isEqualTo(Retry.FIRST_WAIT.toNanos());
        transfer.expire();
        assertThat(transfer.ended()).isFalse();
    }

    @Test
    void theClientsOwnTimeoutIsKept() {
        Transfer transfer = started(Map.of("timeout", "3"), bytes(20));
        for (int tries = 1; tries < Retry.TRIES; tries++) {
            assertThat(transfer.deadline() - now).isEqualTo(Duration.ofSeconds(3).toNanos());
            transfer.expire();
        }
        assertThat(taken()).hasSize(6).containsOnly(new OptionAck(Map.of("timeout", "3")));
        transfer.expire();
        assertThat(transfer.state()).isEqualTo(State.FAILED);
    }

    @Test
    void aLostWindowIsSentAgainWhole() {
        Transfer transfer = window(3, bytes(8 * 50));
        taken();
        transfer.expire();
        assertThat(taken()).isEqualTo(blocks(1, 3));
    }

    /** EDK2 asks for tsize, learns it from the OACK, and says no with an ERROR. */
    @Test
    void anErrorInsteadOfAckZeroDeclinesTheOffer() {
        Transfer transfer = started(Map.of("tsize", "0"), bytes(20));
        taken();
        transfer.receive(new Error(8, "User aborted the transfer"));
        assertThat(transfer.state()).isEqualTo(State.DECLINED);
        assertThat(sent).isEmpty();
    }

    @Test
    void anErrorLaterBreaksTheTransferOffAndIsNotAnswered() {
        Transfer transfer = started(Map.of(), bytes(2000));
        transfer.receive(new Ack(1));
        taken();
        transfer.receive(new Error(3, "disk full"));
        transfer.receive(new Ack(2));
        transfer.expire();
        assertThat(transfer.state()).isEqualTo(State.FAILED);
        assertThat(transfer.failure()).isEqualTo("the machine broke it off with error 3: disk full");
        assertThat(transfer.bytes()).isEqualTo(512);
        assertThat(sent).isEmpty();
    }

    @Test
    void packetsThatNoReaderSendsAreIgnored() {
        Transfer transfer = started(Map.of(), bytes(20));
        taken();
        transfer.receive(new Data(1, ByteBuffer.allocate(3)));
        transfer.receive(new ReadRequest("b", Mode.OCTET, Map.of()));
        assertThat(sent).isEmpty();
        assertThat(transfer.ended()).isFalse();
    }

    @Test
    void aFileThatCannotBeReadAnyMoreEndsWithAnError() {
        Transfer transfer = started(Map.of(), new Content() {
            @Override
            public OptionalLong size() {
                return OptionalLong.of(2000);
            }

            @Override
            public ByteBuffer read(long position, int length) throws IOException {
                if (position > 0) {
                    throw new IOException("the file changed while it was being sent");
                }
                return ByteBuffer.allocate(length);
            }

            @Override
            public void close() {
                throw new AssertionError("whoever opened the content closes it");
            }
        });
        taken();
        transfer.receive(new Ack(1));
        assertThat(transfer.state()).isEqualTo(State.FAILED);
        assertThat(taken()).containsExactly(new Error(0, "the file changed while it was being sent"));
    }

    @Test
    void netasciiIsConvertedAndItsSizeIsNotPromised() {
        Transfer transfer = new Transfer(new ReadRequest("a", Mode.NETASCII, Map.of("tsize", "0")),
            Content.of("a\nb".getBytes(StandardCharsets.US_ASCII)), 1468, () -> now, sent::add);
        transfer.start();
        assertThat(taken()).containsExactly(new Data(1, ByteBuffer.wrap("a\r\nb".getBytes(StandardCharsets.US_ASCII))));
    }

    @ParameterizedTest(name = "loss {0}, duplication {1}, reordering {2}, window {3}")
    @CsvSource({
        "0,    0,    0,    1",
        "0,    0,    0,    64",
        "0.01, 0,    0,    1",
        "0.01, 0,    0,    16",
        "0.10, 0,    0,    1",
        "0.10, 0,    0,    4",
        "0.10, 0,    0,    16",
        "0,    0.10, 0,    1",
        "0,    0.10, 0,    8",
        "0,    0,    0.10, 8",
        "0.05, 0.05, 0.05, 1",
        "0.05, 0.05, 0.05, 8",
        "0.05, 0.05, 0.05, 64"
    })
    void everyByteArrivesOverABadLink(double loss, double duplication, double reordering, String windowSize) throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Content content = bytes(100_000 + seed);
            LossyLink link = new LossyLink(new ReadRequest("a", Mode.OCTET, Map.of("blksize", "512", "windowsize", windowSize)), content,
                content, loss, duplication, reordering, seed);
            Transfer transfer = link.run();
            assertThat(link.complete()).as("the client has the file, seed %d", seed).isTrue();
            assertThat(link.bytes()).isEqualTo(100_000 + seed);
            assertThat(transfer.state()).isEqualTo(State.COMPLETE);
        }
    }

    @ParameterizedTest(name = "duplication {0}, window of {1}: at most {2} DATA packets for 1001 blocks")
    @CsvSource({"0.5, 1, 1001", "0.01, 8, 1100", "0.01, 64, 2000"})
    void doubledPacketsDoNotDoubleTheData(double duplication, String windowSize, long most) throws IOException {
        Content content = bytes(512 * 1000);
        LossyLink link = new LossyLink(new ReadRequest("a", Mode.OCTET, Map.of("blksize", "512", "windowsize", windowSize)), content,
            content, 0, duplication, 0, 1);
        assertThat(link.run().state()).isEqualTo(State.COMPLETE);
        assertThat(link.dataSent()).isLessThanOrEqualTo(most);
    }

    @Test
    void blockNumbersRollOverToZero() throws IOException {
        int size = 512 * 140_000 + 7;
        Content content = bytes(size);
        LossyLink link = new LossyLink(new ReadRequest("a", Mode.OCTET, Map.of("blksize", "512", "windowsize", "16")), content, content,
            0.001, 0.001, 0.001, 7);
        assertThat(link.run().state()).isEqualTo(State.COMPLETE);
        assertThat(link.bytes()).isEqualTo(size);
    }

    private Transfer window(int windowSize, Content content) {
        Transfer transfer = started(Map.of("blksize", "8", "windowsize", Integer.toString(windowSize)), content);
        taken();
        transfer.receive(new Ack(0));
        return transfer;
    }

    private Transfer started(Map<String, String> options, Content content) {
        Transfer transfer = new Transfer(new ReadRequest("a", Mode.OCTET, options), content, 1468, () -> now, sent::add);
        transfer.start();
        return transfer;
    }

    /** The numbers of the blocks that were sent since the last call; other packets as they are. */
    private List<Object> taken() {
        List<Object> packets = sent.stream().map(packet -> packet instanceof Data data && data.payload().remaining() != 4
            ? (Object) data.block() : packet).toList();
        sent.clear();
        return packets;
    }

    private static List<Object> blocks(int first, int last) {
        List<Object> numbers = new ArrayList<>();
        for (int block = first; block <= last; block++) {
            numbers.add(block);
        }
        return numbers;
    }

    private static Content bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return Content.of(bytes);
    }
}
