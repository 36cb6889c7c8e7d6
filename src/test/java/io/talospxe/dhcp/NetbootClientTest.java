package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.NetbootClient.Kind;
import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.Captures;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetbootClientTest {

    private static final String MAC = "52-54-00-12-34-56";
    private static final String IPXE = Octets.text("iPXE").toString();

    /** What each firmware of our laboratory says of itself; every machine had the same UUID. */
    @ParameterizedTest
    @CsvSource(textBlock = """
        bios-rom/undionly-proxy,  BIOS, bios
        seabios/ipxe1.0-server,   IPXE, bios
        seabios/ipxe1.21-server,  IPXE, bios
        seabios/ipxe2.0-server,   IPXE, bios
        ovmf2022/pxe-proxy,       UEFI, uefi-x64
        ovmf2022/http-server,     HTTP, http-x64
        ovmf2025/pxe-server,      UEFI, uefi-x64
        ovmf2025/http-server,     HTTP, http-x64
        aavmf/pxe-server,         UEFI, uefi-arm64
        aavmf/http-server,        HTTP, http-arm64
        """)
    void realFirmwareIsKnown(String capture, Kind kind, String architecture) {
        NetbootClient client = NetbootClient.of(Captures.request(capture, MessageType.DISCOVER, 67));
        assertThat(client.kind()).isEqualTo(kind);
        assertThat(client.architecture().orElseThrow()).hasToString(architecture);
        assertThat(client.uuid()).contains("11223344-5566-7788-99aa-bbccddeeff00");
    }

    /** iPXE sends user class (RFC 3004) without its length byte, others with it; its features (175) say whether it can HTTP (0x13). */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        69505845,           -,          IPXE, bare text as iPXE sends it
        0469505845,         -,          IPXE, behind a length byte
        03616263 0469505845, -,         IPXE, second of two classes
        0569505845,         -,          BIOS, a length that runs past the end
        0361626300,         -,          BIOS, another class
        -,                  b00101130101, IPXE, features with HTTP
        -,                  130101,     IPXE, HTTP alone
        -,                  b00101240101, BIOS, a vendor's iPXE without HTTP
        69505845,           b00101,     BIOS, the same with a user class
        -,                  -,          BIOS, a ROM
        """)
    void ipxeIsKnownByItsUserClassOrItsFeaturesAndOnlyCountsWithHttp(String userClass, String features, Kind kind, String because) {
        ClientMessage message = pxe("PXEClient:Arch:00000:UNDI:002001");
        Optional.ofNullable(userClass).ifPresent(value -> message.with(OptionCode.USER_CLASS, Octets.hex(value)));
        Optional.ofNullable(features).ifPresent(value -> message.with(OptionCode.IPXE, Octets.hex(value)));
        assertThat(NetbootClient.of(message.build()).kind()).as(because).isEqualTo(kind);
    }

    /** RFC 4578, section 2.1: option 93 is a list; where it is missing the vendor class names the type. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        PXEClient:Arch:00000:UNDI:002001,  0000,         bios,              BIOS
        PXEClient:Arch:00007:UNDI:003016,  0007,         uefi-x64,          UEFI
        PXEClient:Arch:00000:UNDI:003016,  0007,         uefi-x64,          UEFI
        PXEClient:Arch:00009,              0009,         uefi-ebc,          UEFI
        PXEClient,                         ffff000b,     uefi-arm64,        UEFI
        PXEClient,                         03e7,         architecture-999,  UEFI
        PXEClient,                         03e703e8,     architecture-999,  UEFI
        PXEClient:Arch:00011:UNDI:003000,  -,            uefi-arm64,        UEFI
        PXEClient:Arch:00011:UNDI:003000,  0b,           uefi-arm64,        UEFI
        PXEClient:Arch:11:UNDI:003000,     -,            bios,              BIOS
        PXEClient,                         -,            bios,              BIOS
        HTTPClient:Arch:00016:UNDI:003001, 0010,         http-x64,          HTTP
        HTTPClient:Arch:00016,             -,            http-x64,          HTTP
        PXEClient:Arch:00022:UNDI:003000,  0016,         uboot-arm64,       UEFI
        PXEClient,                         0029,         rpi,               RASPBERRY_PI
        """)
    void theArchitectureIsTheFirstOneThatIsKnown(String vendorClass, String listed, String architecture, Kind kind) {
        ClientMessage message = pxe(vendorClass);
        Optional.ofNullable(listed).ifPresent(value -> message.with(OptionCode.CLIENT_ARCHITECTURE, Octets.hex(value)));
        NetbootClient client = NetbootClient.of(message.build());
        assertThat(client.architecture().orElseThrow()).hasToString(architecture);
        assertThat(client.kind()).isEqualTo(kind);
    }

    /** Its ROM says it is a BIOS; the vendor's part of the hardware address tells. iPXE on it is iPXE. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        b8-27-eb-00-00-01, 0000, -,        RASPBERRY_PI, rpi
        dc-a6-32-00-00-01, -,    -,        RASPBERRY_PI, rpi
        2c-cf-67-00-00-01, 0000, -,        RASPBERRY_PI, rpi
        b8-27-eb-00-00-01, 000b, -,        UEFI,         uefi-arm64
        b8-27-eb-00-00-01, 0000, 69505845, IPXE,         bios
        b8-27-ec-00-00-01, 0000, -,        BIOS,         bios
        """)
    void aRaspberryPiIsKnownByItsHardwareAddress(String mac, String architecture, String userClass, Kind kind, String label) {
        ClientMessage message = ClientMessage.of(MessageType.DISCOVER, mac).vendorClass("PXEClient:Arch:00000:UNDI:002001");
        Optional.ofNullable(architecture).ifPresent(value -> message.with(OptionCode.CLIENT_ARCHITECTURE, Octets.hex(value)));
        Optional.ofNullable(userClass).ifPresent(value -> message.with(OptionCode.USER_CLASS, Octets.hex(value)));
        NetbootClient client = NetbootClient.of(message.build());
        assertThat(client.kind()).isEqualTo(kind);
        assertThat(client.architecture().orElseThrow()).hasToString(label);
    }

    /** RFC 4578, section 2.3: type 0 and 16 bytes, the first three fields little-endian (SMBIOS 2.6). The first row is QEMU's. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        00 44332211 6655 8877 99aabbccddeeff00, 11223344-5566-7788-99aa-bbccddeeff00
        00 00000000 0000 0000 0000000000000001, 00000000-0000-0000-0000-000000000001
        00 00000000 0000 0000 0000000000000000, -
        00 ffffffff ffff ffff ffffffffffffffff, -
        01 44332211 6655 8877 99aabbccddeeff00, -
        00 44332211 6655 8877 99aabbccddeeff,   -
        00 44332211 6655 8877 99aabbccddeeff0000, -
        44332211 6655 8877 99aabbccddeeff00,    -
        '',                                     -
        """)
    void theUuidIsReadAsLinuxPrintsItOrNotAtAll(String option, String uuid) {
        DhcpMessage request = pxe("PXEClient").with(OptionCode.CLIENT_MACHINE_IDENTIFIER, Octets.hex(option)).build();
        assertThat(NetbootClient.of(request).uuid()).isEqualTo(Optional.ofNullable(uuid));
    }

    /** Among them Intel Macs, whose AAPLBSDPC is another protocol. */
    @ParameterizedTest
    @CsvSource({"MSFT 5.0", "AAPLBSDPC/i386", "udhcp 1.36.1", "''", "pxeclient"})
    void everybodyElseIsPlain(String vendorClass) {
        NetbootClient client = NetbootClient.of(pxe(vendorClass).build());
        assertThat(client).isEqualTo(new NetbootClient(Kind.PLAIN, Optional.empty(), Optional.empty()));
    }

    @Test
    void anIpxeWithoutAVendorClassIsIpxe() {
        DhcpMessage request = ClientMessage.of(MessageType.DISCOVER, MAC).with(OptionCode.USER_CLASS, Octets.hex(IPXE))
            .with(OptionCode.CLIENT_ARCHITECTURE, Octets.hex("0007")).build();
        assertThat(NetbootClient.of(request)).isEqualTo(new NetbootClient(Kind.IPXE, Optional.of(Architecture.UEFI_X64), Optional.empty()));
    }

    private static ClientMessage pxe(String vendorClass) {
        return ClientMessage.of(MessageType.DISCOVER, MAC).vendorClass(vendorClass);
    }
}
