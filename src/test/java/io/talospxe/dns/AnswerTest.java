package io.talospxe.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

class AnswerTest {

    private static final Name NAME = Name.fromConstantString("www.example.com.");

    @Test
    void timesToLiveAreWhatIsLeftOfThemWhenTheAnswerIsGiven() throws IOException {
        Message given = read(addresses(1, 300), Queries.of("www.example.com.", "A"), Duration.ofSeconds(61));
        assertThat(given.getSection(Section.ANSWER).get(0).getTTL()).isEqualTo(239);
    }

    @Test
    void anAnswerEndsWithItsTimeToLive() {
        Answer answer = addresses(1, 300);
        assertThat(answer.fresh(Duration.ofSeconds(299).toNanos())).isTrue();
        assertThat(answer.fresh(Duration.ofSeconds(300).toNanos())).isFalse();
        assertThat(answer.to(Queries.of("www.example.com.", "A"), Duration.ofSeconds(299).toNanos()).life())
            .isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void theAskersIdSpellingAndFlagsComeBack() throws IOException {
        Message asked = Queries.edns("wWw.ExaMple.com.", "A", 1232, true);
        asked.getHeader().setFlag(Flags.CD);
        Message given = read(addresses(1, 300), Queries.of(asked), Duration.ZERO);
        assertThat(given.getHeader().getID()).isEqualTo(asked.getHeader().getID());
        assertThat(given.getQuestion().getName().toString()).isEqualTo("wWw.ExaMple.com.");
        assertThat(given.getHeader().getFlag(Flags.RD)).isTrue();
        assertThat(given.getHeader().getFlag(Flags.RA)).isTrue();
        assertThat(given.getHeader().getFlag(Flags.CD)).isTrue();
        assertThat(given.getOPT().getPayloadSize()).isEqualTo(1232);
        assertThat(given.getOPT().getFlags()).isEqualTo(0x8000);
    }

    @Test
    void anOptRecordComesBackOnlyIfOneWasSent() throws IOException {
        assertThat(read(addresses(1, 300), Queries.of("www.example.com.", "A"), Duration.ZERO).getOPT()).isNull();
    }

    @Test
    void authenticDataIsSaidOnlyToWhoUnderstandsIt() throws IOException {
        Message message = Answer.answering(NAME, Type.A);
        message.getHeader().setFlag(Flags.AD);
        Answer answer = Answer.of(message, 0, Duration.ofSeconds(1));
        Message wanting = Queries.message("www.example.com.", "A");
        wanting.getHeader().setFlag(Flags.AD);
        assertThat(read(answer, Queries.of("www.example.com.", "A"), Duration.ZERO).getHeader().getFlag(Flags.AD)).isFalse();
        assertThat(read(answer, Queries.of(wanting), Duration.ZERO).getHeader().getFlag(Flags.AD)).isTrue();
        assertThat(read(answer, Queries.of(Queries.edns("www.example.com.", "A", 1232, true)), Duration.ZERO).getHeader()
            .getFlag(Flags.AD)).isTrue();
    }

    @Test
    void whatDoesNotFitIsTruncatedToNothingSoThatTheAskerComesOverTcp() throws IOException {
        // 34 bytes of header and question, 16 for each address
        assertThat(read(addresses(29, 300), Queries.of("www.example.com.", "A"), Duration.ZERO).getSection(Section.ANSWER)).hasSize(29);
        Message cut = read(addresses(30, 300), Queries.of("www.example.com.", "A"), Duration.ZERO);
        assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(cut.getSection(Section.ANSWER)).isEmpty();
        assertThat(cut.getQuestion().getName()).isEqualTo(NAME);
        assertThat(read(addresses(30, 300), Queries.of(Queries.edns("www.example.com.", "A", 1232, false)), Duration.ZERO)
            .getSection(Section.ANSWER))
            .hasSize(30);
        Message cutWithOpt = read(addresses(75, 300), Queries.of(Queries.edns("www.example.com.", "A", 4096, false)), Duration.ZERO);
        assertThat(cutWithOpt.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(cutWithOpt.getOPT()).isNotNull();
    }

    @Test
    void overTcpAllOfItGoes() throws IOException {
        Query query = Query.read(Queries.message("www.example.com.", "A").toWire(), true).orElseThrow();
        Message given = read(addresses(1000, 300), query, Duration.ZERO);
        assertThat(given.getSection(Section.ANSWER)).hasSize(1000);
        assertThat(given.getHeader().getFlag(Flags.TC)).isFalse();
    }

    @Test
    void aTruncatedAnswerStaysAuthoritative() throws IOException {
        Message message = Answer.answering(NAME, Type.TXT);
        message.getHeader().setFlag(Flags.AA);
        for (int i = 0; i < 20; i++) {
            message.addRecord(new TXTRecord(NAME, DClass.IN, 5, "a text that takes some room " + i), Section.ANSWER);
        }
        Message cut = read(Answer.of(message, 0, Duration.ofSeconds(1)), Queries.of("www.example.com.", "TXT"), Duration.ZERO);
        assertThat(cut.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
    }

    @Test
    void aFailureIsGivenOnce() throws IOException {
        Query query = Queries.of("www.example.com.", "A");
        Reply reply = Answer.of(query, Rcode.SERVFAIL, 0).to(query, 0);
        assertThat(new Message(reply.bytes()).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(reply.life()).isZero();
    }

    private static Answer addresses(int count, int ttl) {
        Message message = Answer.answering(NAME, Type.A);
        for (int i = 0; i < count; i++) {
            message.addRecord(new ARecord(NAME, DClass.IN, ttl, LabSite.ip("10." + i / 250 + ".0." + i % 250)), Section.ANSWER);
        }
        return Answer.of(message, 0, Duration.ofSeconds(ttl));
    }

    private static Message read(Answer answer, Query query, Duration age) throws IOException {
        return new Message(answer.to(query, age.toNanos()).bytes());
    }
}
