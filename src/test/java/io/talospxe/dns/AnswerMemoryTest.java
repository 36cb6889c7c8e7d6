package io.talospxe.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

class AnswerMemoryTest {

    private static final InetAddress LOCAL = LabSite.ip("10.77.0.1");
    private static final InetAddress ASKER = LabSite.ip("10.77.0.50");

    private final AnswerMemory memory = new AnswerMemory();
    private final Query query = Queries.of("www.example.com.", "A");

    private Optional<Reply> recall(InetAddress local, InetAddress asker, Query asked, Duration age) {
        byte[] key = AnswerMemory.key(local, asker, asked.wire().length);
        System.arraycopy(asked.wire(), 2, key, key.length - asked.wire().length + 2, asked.wire().length - 2);
        return memory.recall(key, age.toNanos());
    }

    private void remember(Duration life) {
        Message message = Answer.answering(query.name(), Type.A);
        memory.remember(LOCAL, ASKER, query, Answer.of(message, 0, life).to(query, 0));
    }

    @Test
    void theSameQuestionOfTheSameAskerIsRememberedWhateverItsId() {
        remember(Duration.ofSeconds(3));
        assertThat(recall(LOCAL, ASKER, Queries.of("www.example.com.", "A"), Duration.ofSeconds(2))).isPresent();
    }

    @Test
    void anotherAskerAnotherAddressOrAnotherQuestionIsNotRemembered() {
        remember(Duration.ofSeconds(3));
        assertThat(recall(LOCAL, LabSite.ip("10.77.0.51"), query, Duration.ZERO)).isEmpty();
        assertThat(recall(LabSite.ip("10.77.0.2"), ASKER, query, Duration.ZERO)).isEmpty();
        assertThat(recall(LOCAL, ASKER, Queries.of("www.example.com.", "AAAA"), Duration.ZERO)).isEmpty();
        assertThat(recall(LOCAL, ASKER, Queries.of("wwW.example.com.", "A"), Duration.ZERO)).as("it would get another spelling back")
            .isEmpty();
        assertThat(recall(LOCAL, ASKER, Queries.withoutRecursion("www.example.com.", "A"), Duration.ZERO)).isEmpty();
        assertThat(recall(LOCAL, ASKER, Queries.of(Queries.edns("www.example.com.", "A", 1232, false)), Duration.ZERO)).isEmpty();
    }

    @Test
    void anAnswerIsForgottenWithItsLifeAndAfterFiveSecondsAnyway() {
        remember(Duration.ofSeconds(3));
        assertThat(recall(LOCAL, ASKER, query, Duration.ofSeconds(3))).isEmpty();
        remember(Duration.ofDays(1));
        assertThat(recall(LOCAL, ASKER, query, Duration.ofMillis(4999))).isPresent();
        assertThat(recall(LOCAL, ASKER, query, Duration.ofSeconds(5))).isEmpty();
    }

    @Test
    void whatIsGoodForOnceIsNotRemembered() {
        remember(Duration.ZERO);
        assertThat(recall(LOCAL, ASKER, query, Duration.ZERO)).isEmpty();
    }

    @Test
    void itDoesNotGrowWithoutEnd() {
        Message message = Answer.answering(query.name(), Type.A);
        for (int i = 0; i < 25_000; i++) {
            Query one = Queries.of("n" + i + ".example.com.", "A");
            memory.remember(LOCAL, ASKER, one, Answer.of(message, 0, Duration.ofSeconds(3)).to(query, 0));
        }
        assertThat(recall(LOCAL, ASKER, Queries.of("n24999.example.com.", "A"), Duration.ZERO)).isPresent();
        assertThat(recall(LOCAL, ASKER, Queries.of("n1.example.com.", "A"), Duration.ZERO)).isEmpty();
    }
}
