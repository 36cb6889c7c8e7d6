package io.talospxe.dhcp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.ip.Ipv4;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpCodecTest {

    private static final int SNAME = 44;
    private static final int FILE = 108;
    private static final int OPTIONS = 240;

    /** Each row writes bytes over a sound message of 300 bytes, and says what is then wrong with it. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        0,   00,       'op is 0, neither request (1) nor reply (2)'
        0,   03,       'op is 3, neither request (1) nor reply (2)'
        2,   11,       'a hardware address of 17 bytes does not fit into chaddr'
        236, 63825364, 'the magic cookie 63825363 is missing'
        240, 3cff,     'option 60 of 255 bytes runs past the end'
        """)
    void whatIsNoDhcpMessageIsNamedInASentence(int at, String bytes, String sentence) {
        byte[] datagram = message("350101 ff", 300);
        byte[] wrong = HexFormat.of().parseHex(bytes);
        System.arraycopy(wrong, 0, datagram, at, wrong.length);
        assertThatThrownBy(() -> DhcpCodec.decode(datagram)).isInstanceOf(MalformedMessage.class).hasMessage(sentence);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 239})
    void aShortDatagramIsMalformed(int length) {
        assertThatThrownBy(() -> DhcpCodec.decode(new byte[length])).isInstanceOf(MalformedMessage.class)
            .hasMessage("a DHCP message has at least 240 bytes, this one has " + length);
    }

    @Test
    void anOptionWithoutALengthIsMalformed() {
        assertThatThrownBy(() -> DhcpCodec.decode(message("3501013c", 244))).isInstanceOf(MalformedMessage.class)
            .hasMessage("option 60 has no length");
    }

    /** RFC 2131, section 2 wants END; clients that fill their field to the last byte leave it out. */
    @Test
    void aMissingEndIsTakenAsRead() throws MalformedMessage {
        assertThat(DhcpCodec.decode(message("350101", 243)).name()).isEqualTo("DHCPDISCOVER");
    }

    /** RFC 2132, section 3.1: pads may stand anywhere; the BIOS PXE ROM puts them between options. */
    @Test
    void padsBetweenOptionsMeanNothing() throws MalformedMessage {
        assertThat(DhcpCodec.decode(message("0000 350101 00 0c0161 00 ff", 300)).options().byNumber().keySet()).containsExactly(53, 12);
    }

    /** RFC 951, section 3; and a Raspberry Pi's ROM misreads pads between options. */
    @Test
    void aShortReplyIsFilledUpBehindEnd() {
        byte[] written = DhcpCodec.encode(sample(Options.builder().putByte(OptionCode.MESSAGE_TYPE, 2)
            .put(OptionCode.HOST_NAME, "n1").build()));
        assertThat(written).hasSize(300);
        assertThat(HexFormat.of().formatHex(written, OPTIONS, OPTIONS + 9)).isEqualTo("3501020c026e31ff00");
        assertThat(Arrays.copyOfRange(written, OPTIONS + 8, 300)).containsOnly(0);
    }

    /** RFC 3396, section 5: the parts of a long option follow each other and are joined again. */
    @ParameterizedTest
    @CsvSource({"255, 257", "256, 260", "510, 514", "511, 517"})
    void aValueOfMoreThan255BytesIsSplit(int length, int onTheWire) throws MalformedMessage {
        Options options = Options.builder().put(OptionCode.BOOT_FILE_NAME, "x".repeat(length)).build();
        byte[] written = DhcpCodec.encode(sample(options));
        assertThat(written).hasSize(OPTIONS + onTheWire + 1);
        assertThat(DhcpCodec.decode(written).options()).isEqualTo(options);
    }

    /** RFC 3396, section 7: parts need not be neighbours. */
    @Test
    void partsOfAnOptionAreJoinedInTheirOrder() throws MalformedMessage {
        DhcpMessage read = DhcpCodec.decode(message("43026162 350101 43016300 ff", 300));
        assertThat(read.options().text(OptionCode.BOOT_FILE_NAME)).contains("abc");
    }

    /** RFC 2132, section 9.3; the order options, file, sname is RFC 3396, section 5. Row: value of option 52, what option 12 then says. */
    @ParameterizedTest
    @CsvSource({"0, a, sname, file", "1, ab, sname, ''", "2, ac, '', file", "3, abc, '', ''"})
    void overloadedFieldsHoldOptionsAndNotTheirNames(int overload, String name, String sname, String file) throws MalformedMessage {
        byte[] datagram = message("340100 0c0161 ff", 300);
        datagram[OPTIONS + 2] = (byte) overload;
        write(datagram, SNAME, (overload & 2) != 0 ? HexFormat.of().parseHex("0c0163ff") : "sname".getBytes(StandardCharsets.US_ASCII));
        write(datagram, FILE, (overload & 1) != 0 ? HexFormat.of().parseHex("0c0162ff") : "file".getBytes(StandardCharsets.US_ASCII));
        DhcpMessage read = DhcpCodec.decode(datagram);
        assertThat(read.options().text(OptionCode.HOST_NAME)).contains(name);
        assertThat(read.sname()).isEqualTo(sname);
        assertThat(read.file()).isEqualTo(file);
    }

    /** Option 52 tells the layout that was read; repeated, it would make a reader take a boot file's name for options. */
    @Test
    void whatWasOverloadedIsWrittenInTheOptionsField() throws MalformedMessage {
        byte[] datagram = message("340101 ff", 300);
        write(datagram, FILE, HexFormat.of().parseHex("0c026e31ff"));
        DhcpMessage read = DhcpCodec.decode(datagram);
        assertThat(DhcpCodec.decode(DhcpCodec.encode(read.withBootServer(Ipv4.UNSPECIFIED, "", "ipxe.efi"))).file()).isEqualTo("ipxe.efi");
        assertThat(read.options().has(OptionCode.OVERLOAD)).isFalse();
    }

    @Test
    void anOptionOutsideItsOverloadedFieldIsMalformed() {
        byte[] datagram = message("340101 ff", 300);
        Arrays.fill(datagram, FILE, FILE + 128, (byte) 0x0c);
        assertThatThrownBy(() -> DhcpCodec.decode(datagram)).isInstanceOf(MalformedMessage.class).hasMessageContaining("runs past the end");
    }

    /** A name without its NUL is cut where the firmware that reads it would cut it. */
    @Test
    void aFieldFilledToTheBrimLosesItsLastCharacter() throws MalformedMessage {
        byte[] datagram = message("350101 ff", 300);
        Arrays.fill(datagram, SNAME, OPTIONS - 4, (byte) 'x');
        DhcpMessage read = DhcpCodec.decode(datagram);
        assertThat(read.sname()).hasSize(63);
        assertThat(read.file()).hasSize(127);
    }

    @ParameterizedTest
    @CsvSource({"64, 0", "0, 128"})
    void aTextThatDoesNotFitItsFieldIsRefused(int sname, int file) {
        DhcpMessage message = sample(Options.NONE);
        assertThatThrownBy(() -> message.withBootServer(Ipv4.UNSPECIFIED, "s".repeat(sname), "f".repeat(file)))
            .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("does not fit");
    }

    private static DhcpMessage sample(Options options) {
        return new DhcpMessage(2, 1, 0, 1, 0, 0, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED, Ipv4.UNSPECIFIED,
            Octets.hex("525400123456"), "", "", options);
    }

    private static byte[] message(String options, int size) {
        byte[] datagram = new byte[size];
        write(datagram, 0, HexFormat.of().parseHex("01010600"));
        write(datagram, OPTIONS - 4, HexFormat.of().parseHex("63825363"));
        write(datagram, OPTIONS, HexFormat.of().parseHex(options.replace(" ", "")));
        return datagram;
    }

    private static void write(byte[] datagram, int at, byte[] bytes) {
        System.arraycopy(bytes, 0, datagram, at, bytes.length);
    }
}
