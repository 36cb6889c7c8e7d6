package io.talospxe.tftp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.talospxe.tftp.wire.TftpPacket.Ack;
import io.talospxe.tftp.wire.TftpPacket.Data;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.OptionAck;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import io.talospxe.tftp.wire.TftpPacket.WriteRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 1350, section 5, RFC 2347, and what firmware makes of them. */
class TftpCodecTest {

    @Test
    void readsTheRequestOfOvmf() throws MalformedPacket {
        // The first request of OVMF's PXE client, as captured.
        assertThat(decode("\0\1ipxe.efi\0octet\0tsize\0" + "0\0blksize\0" + "1468\0windowsize\0" + "4\0"))
            .isEqualTo(new ReadRequest("ipxe.efi", Mode.OCTET, Map.of("tsize", "0", "blksize", "1468", "windowsize", "4")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "letter case of modes and options,           000161 00 4f63546554 00 426c6b53697a65 00 38 00, a, 8",
        "no NUL after the last text (old ROMs),      000161 00 6f63746574 00 626c6b73697a65 00 38,    a, 8",
        "a name with two NULs (DHCP counts one),     000161 0000 6f63746574 00 626c6b73697a65 00 38,  a, 8",
        "padding after the options,                  000161 00 6f63746574 00 626c6b73697a65 00 38 00 0000, a, 8",
        "an option without a value,                  000161 00 6f63746574 00 626c6b73697a65 00 38 00 78 00, a, 8",
        "the first of two equal options,             000161 00 6f63746574 00 626c6b73697a65 00 38 00 626c6b73697a65 00 39 00, a, 8",
        "a control character that would forge a log, 00010a61 00 6f63746574 00 626c6b73697a65 00 38 00, ?a, 8"
    })
    void acceptsWhatFirmwareSends(String what, String hex, String file, String blockSize) throws MalformedPacket {
        byte[] datagram = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(TftpCodec.decode(datagram)).isEqualTo(new ReadRequest(file, Mode.OCTET, Map.of("blksize", blockSize)));
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "'000400',               'a TFTP packet has at least 4 bytes, this one has 3'",
        "'00070000',             'there is no TFTP operation 7'",
        "'00000000',             'there is no TFTP operation 0'",
        "'0001006f6374657400',   'the request names no file'",
        "'0001610000',           ''''' is no transfer mode: octet is'",
        "'000161007a00',         '''z'' is no transfer mode: octet is'"
    })
    void saysWhatIsWrong(String hex, String sentence) {
        assertThatExceptionOfType(MalformedPacket.class)
            .isThrownBy(() -> TftpCodec.decode(HexFormat.of().parseHex(hex))).withMessage(sentence);
    }

    @Test
    void blockNumbersAreUnsigned() throws MalformedPacket {
        assertThat(TftpCodec.encode(new Ack(65535))).containsExactly(0, 4, 0xff, 0xff);
        assertThat(TftpCodec.decode(new byte[] {0, 4, (byte) 0xff, (byte) 0xff})).isEqualTo(new Ack(65535));
    }

    @Test
    void optionsKeepTheirOrder() throws MalformedPacket {
        ReadRequest request = (ReadRequest) decode("\0\1a\0octet\0tsize\0" + "0\0blksize\0" + "8\0");
        assertThat(request.options().keySet()).containsExactly("tsize", "blksize");
    }

    @Property
    void whatIsWrittenIsReadAgain(@ForAll("packets") TftpPacket packet) throws MalformedPacket {
        assertThat(TftpCodec.decode(TftpCodec.encode(packet))).isEqualTo(packet);
    }

    @Property
    void truncatedPacketsAreReadOrRefused(@ForAll("packets") TftpPacket packet, @ForAll @IntRange(max = 200) int length) {
        byte[] whole = TftpCodec.encode(packet);
        readsOrRefuses(Arrays.copyOf(whole, Math.min(length, whole.length)));
    }

    @Property
    void randomBytesAreReadOrRefused(@ForAll @IntRange(max = 8) int operation, @ForAll @Size(max = 600) byte[] bytes) {
        if (bytes.length > 1) {
            bytes[0] = 0;
            bytes[1] = (byte) operation;
        }
        readsOrRefuses(bytes);
    }

    private static void readsOrRefuses(byte[] datagram) {
        try {
            assertThat(TftpCodec.decode(datagram)).isNotNull();
        } catch (MalformedPacket refused) {
            assertThat(refused).hasMessageMatching("(?s).{10,}");
        }
    }

    @Provide
    Arbitrary<TftpPacket> packets() {
        Arbitrary<Integer> shorts = Arbitraries.integers().between(0, 65535);
        Arbitrary<String> text = Arbitraries.strings().withCharRange(' ', '~').withCharRange('\u00a0', '\u00ff').ofMaxLength(40);
        Arbitrary<String> name = Arbitraries.strings().withCharRange(' ', '@').withCharRange('[', '~').ofMinLength(1).ofMaxLength(20);
        Arbitrary<Map<String, String>> options = Arbitraries.maps(name, text).ofMaxSize(5);
        Arbitrary<String> file = text.filter(sent -> !sent.isEmpty());
        return Arbitraries.oneOf(
            Combinators.combine(file, Arbitraries.of(Mode.class), options).as(ReadRequest::new),
            Combinators.combine(file, Arbitraries.of(Mode.class), options).as(WriteRequest::new),
            Combinators.combine(shorts, Arbitraries.bytes().array(byte[].class).ofMaxSize(600))
                .as((block, bytes) -> new Data(block, ByteBuffer.wrap(bytes))),
            shorts.map(Ack::new),
            Combinators.combine(shorts, text).as(Error::new),
            options.filter(granted -> !granted.isEmpty()).map(OptionAck::new));
    }

    private static TftpPacket decode(String latin1) throws MalformedPacket {
        return TftpCodec.decode(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }
}
