package io.talospxe.dhcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PxeOptionsTest {

    /** PXE specification 2.1, section 2.2; the second row is what the BIOS PXE ROM asks on port 4011. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        '',                 060108ff
        470480000000ff,     060108470480000000ff
        0a0100470200,       060108ff
        ff470480000000,     060108ff
        """)
    void aBiosRomIsToldToUseTheOfferedFileAndGetsItsBootItemBack(String asked, String answered) {
        assertThat(PxeOptions.answerTo(Optional.of(Octets.hex(asked)))).hasToString(answered);
    }

    @Test
    void withoutOption43TheOfferedFileIsToBeUsed() {
        assertThat(PxeOptions.answerTo(Optional.empty())).isEqualTo(PxeOptions.USE_OFFERED_FILE);
    }

    /** The menu and the prompt are three zero-filled fields and a text each; the ROM looks for the text "Raspberry Pi Boot". */
    @Test
    void theRaspberryPisMenuIsWellFormed() {
        assertThat(PxeOptions.read(PxeOptions.RASPBERRY_PI_BOOT)).hasToString("{6=08, 9=000011" + Octets.text("Raspberry Pi Boot")
            + ", 10=00" + Octets.text("PXE") + "}");
    }

    @Test
    void padsAreSkippedAndReadingStopsAtTheFirstLengthThatRunsPastTheEnd() {
        assertThat(PxeOptions.read(Octets.hex("00 01 01 aa 00 02 05 bb"))).hasToString("{1=aa}");
    }
}
