package io.talospxe.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TransferReportTest {

    @Test
    void itsTextIsALogLine() {
        assertThat(new TransferReport("uefi-x64/ipxe.efi", "192.168.123.7", 996864, Duration.ofMillis(430), ""))
            .hasToString("sent uefi-x64/ipxe.efi to 192.168.123.7, 996864 bytes in 0.4 s").matches(TransferReport::complete);
        assertThat(new TransferReport("ipxe.efi", "192.168.123.7", 1024, Duration.ofSeconds(9), "no answer"))
            .hasToString("stopped sending ipxe.efi to 192.168.123.7 after 1024 bytes: no answer").matches(report -> !report.complete());
    }
}
