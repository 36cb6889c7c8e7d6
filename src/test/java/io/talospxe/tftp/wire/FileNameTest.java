package io.talospxe.tftp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as ROMs and their DHCP servers garble them. */
class FileNameTest {

    @ParameterizedTest
    @CsvSource({
        "bios/undionly.kpxe,            bios/undionly.kpxe",
        "/bios/undionly.kpxe,           bios/undionly.kpxe",
        "//bios///undionly.kpxe,        bios/undionly.kpxe",
        "bios\\undionly.kpxe,           bios/undionly.kpxe",
        "\\bios\\\\undionly.kpxe,       bios/undionly.kpxe",
        "bios/undionly.kpxe\u00ff,      bios/undionly.kpxe",
        "bios/undionly.kpxe\u00ff\u00ff, bios/undionly.kpxe",
        "../secrets.yaml,               ../secrets.yaml",
        "/,                             ''"
    })
    void becomePaths(String sent, String clean) {
        assertThat(FileName.clean(sent)).isEqualTo(clean);
    }

    @Test
    void loseTheirLayerOnlyAtTheEnd() {
        assertThat(FileName.withoutLayer("ipxe/bios.0/undionly.kpxe.0,ipxe/v1.0.efi,ipxe/b.0"))
            .isEqualTo("ipxe/bios.0/undionly.kpxe,ipxe/v1.0.efi,ipxe/b");
    }
}
