package io.talospxe.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    @ParameterizedTest
    @CsvSource({"pxe.rol, pxe.role", "pxe.rolle, pxe.role", "pxe.http.prot, pxe.http.port", "pxe.dhcp.port, pxe.dhcp.port",
        "pxe.dncp.poort, pxe.dhcp.port", "'', pxe.role"})
    void theCandidateWithTheFewestChangesIsMeant(String text, String meant) {
        assertThat(Nearest.of(text, List.of("pxe.http.port", "pxe.role", "pxe.dhcp.port"))).isEqualTo(meant);
    }

    @Test
    void ofTwoEquallyNearTheFirstInTheAlphabetIsMeant() {
        assertThat(Nearest.of("pxe.x", List.of("pxe.b", "pxe.a"))).isEqualTo("pxe.a");
    }
}
