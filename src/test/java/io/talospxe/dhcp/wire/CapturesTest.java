package io.talospxe.dhcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What real firmware and the server it talked to put on the wire. Beside each capture stands what we read in it;
 * {@code -Dcaptures.write=true} writes those texts anew, and the difference is for a person to judge.
 */
class CapturesTest {

    private static final boolean WRITE = Boolean.getBoolean("captures.write");

    static List<Path> captures() {
        return Captures.all();
    }

    @ParameterizedTest
    @MethodSource("captures")
    void readsAsTheTextBesideIt(Path capture) throws IOException {
        Path text = capture.resolveSibling(capture.getFileName().toString().replace(".pcap", ".txt"));
        String read = Captures.dhcp(capture).stream().map(CapturesTest::block).collect(Collectors.joining("\n"));
        if (WRITE) {
            Files.writeString(text, read);
        }
        assertThat(read).isEqualTo(Files.readString(text));
    }

    /**
     * Writing what was read gives the same bytes. Exempt are the requests of the BIOS PXE ROM alone: it pads between its options, which
     * means the same and which we never write.
     */
    @Test
    void everyMessageIsWrittenBackByteForByteUnlessItPadsBetweenOptions() {
        List<Path> padded = new ArrayList<>();
        int same = 0;
        for (Path capture : captures()) {
            for (Datagram datagram : Captures.dhcp(capture)) {
                if (Arrays.equals(DhcpCodec.encode(Captures.decode(datagram)), datagram.payload())) {
                    same++;
                } else {
                    padded.add(capture.getParent().getFileName());
                }
            }
        }
        assertThat(same).isEqualTo(272);
        assertThat(padded).hasSize(9).containsOnly(Path.of("bios-rom"));
    }

    private static String block(Datagram datagram) {
        DhcpMessage message = Captures.decode(datagram);
        return datagram.source() + " > " + datagram.destination() + "  " + message.name() + "  " + datagram.payload().length + " bytes\n"
            + MessageText.of(message);
    }
}
