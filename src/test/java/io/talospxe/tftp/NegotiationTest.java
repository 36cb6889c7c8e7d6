package io.talospxe.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.tftp.wire.Mode;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 2347, 2348, 2349, 7440. */
class NegotiationTest {

    @ParameterizedTest(name = "{0}={1} is granted as {2}")
    @CsvSource({
        "blksize,    8,          8",
        "blksize,    512,        512",
        "blksize,    1468,       1468",
        "blksize,    1469,       1468",
        "blksize,    65464,      1468",
        "blksize,    70000,      1468",
        "blksize,    7,          ",
        "blksize,    0,          ",
        "blksize,    -1,         ",
        "blksize,    many,       ",
        "blksize,    '',         ",
        "blksize,    9999999999, ",
        "tsize,      0,          1000",
        "tsize,      77,         1000",
        "timeout,    1,          1",
        "timeout,    255,        255",
        "timeout,    0,          ",
        "timeout,    256,        ",
        "windowsize, 1,          1",
        "windowsize, 64,         64",
        "windowsize, 65,         64",
        "windowsize, 65535,      64",
        "windowsize, 0,          ",
        "multicast,  1,          "
    })
    void grantsWhatMakesSense(String name, String asked, String granted) {
        Map<String, String> expected = granted == null ? Map.of() : Map.of(name, granted);
        assertThat(of(Map.of(name, asked), OptionalLong.of(1000)).granted()).isEqualTo(expected);
    }

    @Test
    void appliesWhatItGrants() {
        Negotiation agreed = of(Map.of("blksize", "2000", "windowsize", "500", "timeout", "3"), OptionalLong.of(1000));
        assertThat(agreed.blockSize()).isEqualTo(1468);
        assertThat(agreed.windowSize()).isEqualTo(64);
        assertThat(agreed.timeout()).contains(Duration.ofSeconds(3));
    }

    @Test
    void withoutOptionsItIsAsRfc1350Says() {
        assertThat(of(Map.of(), OptionalLong.of(1000)))
            .isEqualTo(new Negotiation(512, 1, Optional.empty(), Map.of()));
    }

    @Test
    void anUnknownSizeIsNotGranted() {
        assertThat(of(Map.of("tsize", "0"), OptionalLong.empty()).granted()).isEmpty();
    }

    @Test
    void theSettingMayAllowTheLargestBlock() {
        assertThat(Negotiation.of(new ReadRequest("a", Mode.OCTET, Map.of("blksize", "65464")), OptionalLong.empty(), 65464).blockSize())
            .isEqualTo(65464);
    }

    private static Negotiation of(Map<String, String> options, OptionalLong size) {
        return Negotiation.of(new ReadRequest("a", Mode.OCTET, options), size, 1468);
    }
}
