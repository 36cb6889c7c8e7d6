package io.talospxe.dhcp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;

/** Whatever stands on the wire, reading it ends well, and what we write is read as what we meant. */
class DhcpCodecPropertiesTest {

    private static final List<byte[]> CAPTURED = Captures.all().stream().flatMap(capture -> Captures.dhcp(capture).stream())
        .map(Datagram::payload).toList();

    @Property
    void bytesOfAnyKindAreReadOrMalformed(@ForAll byte[] datagram) {
        assertReadOrMalformed(datagram);
    }

    @Property
    void bytesBehindASoundHeaderAreReadOrMalformed(@ForAll("soundHeaders") byte[] datagram) {
        assertReadOrMalformed(datagram);
    }

    @Property
    void damagedCapturesAreReadOrMalformed(@ForAll("damagedCaptures") byte[] datagram) {
        assertReadOrMalformed(datagram);
    }

    @Property
    void whatIsWrittenIsReadTheSame(@ForAll("messages") DhcpMessage message) throws MalformedMessage {
        DhcpMessage read = DhcpCodec.decode(DhcpCodec.encode(message));
        assertThat(read).isEqualTo(message);
        assertThat(read.options().byNumber().keySet()).containsExactlyElementsOf(message.options().byNumber().keySet());
    }

    @Property
    void encapsulatedOptionsOfAnyKindAreRead(@ForAll byte[] value) {
        PxeOptions.read(Octets.of(value)).values().forEach(tag -> assertThat(tag.length()).isLessThan(256));
    }

    /** Only {@link MalformedMessage} may escape, and what was read can be written and read again. */
    private static void assertReadOrMalformed(byte[] datagram) {
        DhcpMessage read;
        try {
            read = DhcpCodec.decode(datagram);
        } catch (MalformedMessage malformed) {
            assertThat(malformed).hasMessageMatching("[^\\n]{20,100}");
            return;
        }
        try {
            assertThat(DhcpCodec.decode(DhcpCodec.encode(read))).isEqualTo(read);
        } catch (MalformedMessage ours) {
            throw new AssertionError("we wrote what cannot be read", ours);
        }
    }

    @Provide
    Arbitrary<byte[]> soundHeaders() {
        return Combinators.combine(bytes(240, 240), bytes(0, 400)).as((header, options) -> {
            byte[] datagram = Arrays.copyOf(header, header.length + options.length);
            datagram[0] = (byte) (1 + (header[0] & 1));
            datagram[2] = (byte) (header[2] & 0xf);
            System.arraycopy(Octets.hex("63825363").toBytes(), 0, datagram, 236, 4);
            System.arraycopy(options, 0, datagram, 240, options.length);
            return datagram;
        });
    }

    @Provide
    Arbitrary<byte[]> damagedCaptures() {
        return Combinators.combine(Arbitraries.of(CAPTURED), Arbitraries.integers().between(0, 600), bytes(0, 6),
            Arbitraries.randomValue(r -> r))
            .as((captured, length, replaced, random) -> {
                byte[] datagram = Arrays.copyOf(captured, Math.min(length, captured.length));
                for (byte octet : replaced) {
                    if (datagram.length > 240) {
                        datagram[random.nextInt(datagram.length)] = octet;
                    }
                }
                return datagram;
            });
    }

    @Provide
    Arbitrary<DhcpMessage> messages() {
        Arbitrary<Inet4Address> addresses = Arbitraries.integers().map(Ipv4::of);
        Arbitrary<Octets> values = bytes(0, 600).map(Octets::of);
        Arbitrary<Map<Integer, Octets>> options = Arbitraries.maps(
            Arbitraries.integers().between(1, 254).filter(code -> code != OptionCode.OVERLOAD.value()), values).ofMaxSize(8);
        StringArbitrary texts = Arbitraries.strings().withCharRange(' ', '\u00ff');
        return Combinators.combine(Arbitraries.integers().between(1, 2), Arbitraries.integers(), Arbitraries.integers().between(0, 0xffff),
            addresses.list().ofSize(4), bytes(0, 16), texts.ofMaxLength(DhcpMessage.MAXIMUM_SNAME),
            texts.ofMaxLength(DhcpMessage.MAXIMUM_FILE), options)
            .as((op, xid, word, address, chaddr, sname, file, option) -> new DhcpMessage(op, word & 0xff, word >> 8, xid, word,
                word ^ 0xffff, address.get(0), address.get(1), address.get(2), address.get(3),
                Octets.of(chaddr), sname, file, options(option)));
    }

    private static Options options(Map<Integer, Octets> values) {
        Options.Builder options = Options.builder();
        values.forEach((code, value) -> options.put(OptionCode.of(code), value));
        return options.build();
    }

    private static Arbitrary<byte[]> bytes(int least, int most) {
        return Arbitraries.bytes().array(byte[].class).ofMinSize(least).ofMaxSize(most);
    }
}
