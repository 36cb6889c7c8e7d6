package io.talospxe.asset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110, section 14.1.2. */
class ByteRangeTest {

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,       0, 0",
        "bytes=0-499,     0, 499",
        "bytes=500-999,   500, 999",
        "bytes=500-,      500, 999",
        "bytes=0-,        0, 999",
        "bytes=999-,      999, 999",
        "bytes=-1,        999, 999",
        "bytes=-500,      500, 999",
        "bytes=-1000,     0, 999",
        "bytes=-5000,     0, 999",
        "bytes=900-5000,  900, 999",
        "BYTES=1-2,       1, 2",
        "'bytes= 1-2 ',   1, 2",
        "bytes=1-99999999999999999999, 1, 999",
        "bytes=-99999999999999999999, 0, 999"})
    void readsOneRangeOfAThousandBytes(String header, long first, long last) {
        assertThat(ByteRange.parse(header, 1000)).isEqualTo(new ByteRange.Part(first, last));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=2-1", "bytes=0-1,5-6", "bytes=-1-2", "bytes=1--2",
        "lines=1-2", "bytes=1", "bytes 1-2", "bytes=0x1-0x2", "bytes=\u0661-\u0662"})
    void takesNonsenseAndSeveralRangesForTheWholeFile(String header) {
        assertThat(ByteRange.parse(header, 1000)).isEqualTo(new ByteRange.Whole());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1000-", "bytes=1000-1001", "bytes=99999999999999999999-", "bytes=-0"})
    void cannotSatisfyWhatBeginsBehindTheEnd(String header) {
        assertThat(ByteRange.parse(header, 1000)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @Test
    void knowsNoPartOfAnEmptyFile() {
        assertThat(ByteRange.parse("bytes=0-", 0)).isEqualTo(new ByteRange.Unsatisfiable());
        assertThat(ByteRange.parse("bytes=-5", 0)).isEqualTo(new ByteRange.Whole());
    }

    @Test
    void namesItsContentRange() {
        assertThat(new ByteRange.Part(10, 19).contentRange(1000)).isEqualTo("bytes 10-19/1000");
        assertThat(new ByteRange.Part(10, 19).length()).isEqualTo(10);
        assertThat(new ByteRange.Unsatisfiable().contentRange(1000)).isEqualTo("bytes */1000");
    }
}
