package io.talospxe.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class QueryTest {

    @Test
    void aQuestionIsReadWithItsNameInLowerCase() {
        Query query = Queries.of("Node1.TALOS.", "AAAA");
        assertThat(query.name()).hasToString("node1.talos.");
        assertThat(query.type()).isEqualTo(Type.AAAA);
        assertThat(query.objection()).isEqualTo(Rcode.NOERROR);
    }

    static Stream<Arguments> objections() {
        return Stream.of(
            Arguments.of("a zone transfer", Rcode.REFUSED, changed(message -> { }, "AXFR", DClass.IN)),
            Arguments.of("an incremental zone transfer", Rcode.REFUSED, changed(message -> { }, "IXFR", DClass.IN)),
            Arguments.of("a TSIG as a question", Rcode.REFUSED, changed(message -> { }, "TSIG", DClass.IN)),
            Arguments.of("class CHAOS", Rcode.REFUSED, changed(message -> { }, "TXT", DClass.CH)),
            Arguments.of("class ANY", Rcode.REFUSED, changed(message -> { }, "A", DClass.ANY)),
            Arguments.of("an update", Rcode.NOTIMP, changed(message -> message.getHeader().setOpcode(Opcode.UPDATE), "SOA", DClass.IN)),
            Arguments.of("a notification", Rcode.NOTIMP, changed(message -> message.getHeader().setOpcode(Opcode.NOTIFY), "SOA",
                DClass.IN)),
            Arguments.of("EDNS of the future", Rcode.BADVERS,
                changed(message -> message.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL), "A", DClass.IN)),
            Arguments.of("two OPT records", Rcode.FORMERR, changed(message -> {
                message.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
                message.addRecord(new OPTRecord(1200, 0, 0), Section.ADDITIONAL);
            }, "A", DClass.IN)),
            Arguments.of("two questions", Rcode.FORMERR,
                changed(message -> message.addRecord(Record.newRecord(Name.root, Type.A, DClass.IN), Section.QUESTION), "A", DClass.IN)),
            Arguments.of("no question", Rcode.FORMERR, changed(message -> message.removeAllRecords(Section.QUESTION), "A", DClass.IN)),
            Arguments.of("an answer in the question", Rcode.FORMERR, changed(message -> message.addRecord(message.getQuestion(),
                Section.ANSWER),
                "A", DClass.IN)),
            Arguments.of("half a question", Rcode.FORMERR, Arrays.copyOf(Queries.message("node1.talos.", "A").toWire(), 20)),
            Arguments.of("a name that is a pointer to itself", Rcode.FORMERR, pointer()));
    }

    private static byte[] changed(Consumer<Message> change, String type, int dclass) {
        Message message = Message.newQuery(Record.newRecord(Name.fromConstantString("node1.talos."), Type.value(type), dclass));
        change.accept(message);
        return message.toWire();
    }

    private static byte[] pointer() {
        byte[] wire = Arrays.copyOf(Queries.message(".", "A").toWire(), 18);
        System.arraycopy(new byte[] {(byte) 0xc0, 12, 0, 1, 0, 1}, 0, wire, 12, 6);
        return wire;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("objections")
    void whatNobodyShouldAskIsRefusedWithItsOwnCode(String what, int rcode, byte[] wire) throws IOException {
        Query query = Query.read(wire, false).orElseThrow();
        assertThat(query.objection()).isEqualTo(rcode);
        Message refusal = new Message(query.with(query.objection()));
        assertThat(refusal.getRcode()).isEqualTo(rcode);
        assertThat(refusal.getHeader().getFlag(Flags.QR)).isTrue();
        assertThat(refusal.getHeader().getID()).isEqualTo((wire[0] & 0xff) << 8 | wire[1] & 0xff);
        assertThat(refusal.getHeader().getOpcode()).isEqualTo(wire[2] >> 3 & 0xf);
    }

    @Test
    void anAnswerIsNeverAnsweredSinceTwoServersWouldGoOnForever() {
        Message answer = Queries.message("node1.talos.", "A");
        answer.getHeader().setFlag(Flags.QR);
        assertThat(Query.read(answer.toWire(), false)).isEmpty();
    }

    @Test
    void lessThanAHeaderIsLeftUnanswered() {
        assertThat(Query.read(new byte[11], false)).isEmpty();
    }

    @Test
    void aRefusalRepeatsTheQuestionAndHasAnOptRecordOnlyIfTheAskerSentOne() throws IOException {
        Message plain = new Message(Queries.of("node1.talos.", "A").with(Rcode.REFUSED));
        Message extended = new Message(Queries.of(Queries.edns("node1.talos.", "A", 4096, true)).with(Rcode.REFUSED));
        assertThat(plain.getQuestion().getName()).hasToString("node1.talos.");
        assertThat(plain.getOPT()).isNull();
        assertThat(extended.getOPT().getPayloadSize()).isEqualTo(Query.PAYLOAD);
        assertThat(extended.getOPT().getFlags()).as("DO is copied, RFC 3225").isEqualTo(0x8000);
    }

    @ParameterizedTest(name = "payload {0} over UDP allows {1} bytes")
    @MethodSource("limits")
    void anAnswerHasTheRoomThatTheAskerOffersWithinReason(int payload, int limit) {
        assertThat(Queries.of(Queries.edns("node1.talos.", "A", payload, false)).limit()).isEqualTo(limit);
    }

    static Stream<Arguments> limits() {
        return Stream.of(Arguments.of(0, 512), Arguments.of(512, 512), Arguments.of(1000, 1000), Arguments.of(4096, 1232));
    }

    @Test
    void anAnswerHas512BytesWithoutEdnsAndAllOfThemOverTcp() {
        assertThat(Queries.of("node1.talos.", "A").limit()).isEqualTo(512);
        assertThat(Query.read(Queries.message("node1.talos.", "A").toWire(), true).orElseThrow().limit()).isEqualTo(65_535);
    }

    @Property(tries = 5000)
    void noBytesAreMoreThanAMalformedMessage(@ForAll @Size(max = 600) byte[] wire) {
        assertThatCode(() -> Query.read(wire, false).ifPresent(query -> query.with(query.objection()))).doesNotThrowAnyException();
    }

    @Example
    void noPartOfAQuestionIsMoreThanAMalformedMessage() {
        byte[] whole = Queries.edns("a.long.name.with.many.labels.talos.", "A", 1232, true).toWire();
        for (int length = 12; length < whole.length; length++) {
            for (int at = 2; at < length; at++) {
                byte[] part = Arrays.copyOf(whole, length);
                part[at] ^= (byte) 0xff;
                assertThatCode(() -> Query.read(part, false).ifPresent(query -> query.with(query.objection()))).doesNotThrowAnyException();
            }
        }
    }
}
