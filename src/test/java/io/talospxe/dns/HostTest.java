package io.talospxe.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostTest {

    @ParameterizedTest(name = "\"{0}\" is found as \"{1}\"")
    @CsvSource({"node1, node1", "NODE1, node1", "node1.example.com, node1", "my_pc, my-pc", "'my pc', my-pc", "-x-, x", "10, 10",
        "Grüße, gr--e",
        "'', ''", "..., ''", "---, ''", "a;drop, a-drop"
    })
    void whatAMachineCallsItselfBecomesALabelThatHostsMayHave(String hostname, String label) {
        assertThat(new Host(hostname, LabSite.ip("10.0.0.1"), Instant.MAX).label().orElse("")).isEqualTo(label);
    }

    @Test
    void aLabelHas63LettersAtMostAndEndsWithNoHyphen() {
        assertThat(new Host("a".repeat(80), LabSite.ip("10.0.0.1"), Instant.MAX).label()).contains("a".repeat(63));
        assertThat(new Host("a".repeat(62) + "-bbb", LabSite.ip("10.0.0.1"), Instant.MAX).label()).contains("a".repeat(62));
    }
}
