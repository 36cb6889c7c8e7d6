package io.talospxe.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.machine.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeighboursTest {

    /** The form is proc(5)'s; the second row is a question that nobody answered yet. */
    private static final String TABLE = """
        IP address       HW type     Flags       HW address            Mask     Device
        192.168.123.7    0x1         0x2         52:54:00:12:34:56     *        eth0
        192.168.123.8    0x1         0x0         00:00:00:00:00:00     *        eth0
        192.168.123.77   0x20        0x2         80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:31:78:f2     *        ib0
        """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        192.168.123.7,  52-54-00-12-34-56
        192.168.123.8,  -
        192.168.123.77, -
        192.168.123,    -
        IP,             -
        '',             -
        """)
    void aNeighbourIsKnownOnceItHasAnswered(String address, String mac) throws IOException {
        Path table = Files.writeString(folder.resolve("arp"), TABLE);
        assertThat(new Neighbours(table).of(address).map(MacAddress::dashed)).isEqualTo(Optional.ofNullable(mac));
    }

    @Test
    void withoutATableNobodyIsKnown() {
        assertThat(new Neighbours(folder.resolve("missing")).of("192.168.123.7")).isEmpty();
    }
}
