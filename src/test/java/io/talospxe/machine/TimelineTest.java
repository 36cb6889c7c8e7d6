package io.talospxe.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimelineTest {

    private static final Duration WINDOW = Duration.ofHours(4);

    private final MovableClock clock = new MovableClock();
    private final Timeline timeline = new Timeline(clock);

    @Test
    void aMachineIsBootingForAWhileAfterItsScriptByMacAndByAddress() {
        timeline.record(new BootEvent(Stage.SCRIPTED, "52-54-00-12-34-56", "192.168.123.7", "boots worker"));
        assertThat(timeline.booting("52-54-00-12-34-56", "", WINDOW)).isTrue();
        assertThat(timeline.booting("", "192.168.123.7", WINDOW)).isTrue();
        assertThat(timeline.booting("52-54-00-00-00-01", "192.168.123.8", WINDOW)).isFalse();
        clock.advance(WINDOW.minusSeconds(1));
        assertThat(timeline.booting("52-54-00-12-34-56", "", WINDOW)).isTrue();
        clock.advance(Duration.ofSeconds(1));
        assertThat(timeline.booting("52-54-00-12-34-56", "192.168.123.7", WINDOW)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "SCRIPTED")
    void nothingButAScriptMakesAMachineABootingOne(Stage stage) {
        timeline.record(new BootEvent(stage, "52-54-00-12-34-56", "192.168.123.7", "line"));
        assertThat(timeline.booting("52-54-00-12-34-56", "192.168.123.7", WINDOW)).isFalse();
    }

    /** An event that knows neither must not make the nameless machine a booting one. */
    @Test
    void anUnknownMachineIsNotBooting() {
        timeline.record(new BootEvent(Stage.SCRIPTED, "", "", "line"));
        assertThat(timeline.booting("", "", WINDOW)).isFalse();
    }

    /** Requests with made-up addresses must not fill the memory, nor push out the machine that was seen last. */
    @Test
    void onlyTheNewestMachinesAreRemembered() {
        for (int i = 0; i <= 20_000; i++) {
            timeline.record(new BootEvent(Stage.SCRIPTED, "", "machine " + i, "line"));
        }
        assertThat(timeline.booting("", "machine 0", WINDOW)).isFalse();
        assertThat(timeline.booting("", "machine 20000", WINDOW)).isTrue();
    }
}
