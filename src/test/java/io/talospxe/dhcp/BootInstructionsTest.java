package io.talospxe.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.Captures;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MovableClock;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reply matrix, asked through both roles as firmware asks: from captures where we have them, else as the firmware's source says. */
class BootInstructionsTest {

    private static final Inet4Address US = Ipv4.parse("192.168.123.1");
    private static final String MENU = "0601080914000011" + Octets.text("Raspberry Pi Boot") + "0a0400" + Octets.text("PXE") + "ff";

    /**
     * Who asks, where the answer is given, and what options 60, 43 and 175 are to say; {@code -} is an option that must be absent.
     * 43 to UEFI makes EDK2 before April 2017 throw proxy offers away; 60 in a lease sends UEFI to port 4011 for nothing.
     */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        bios-rom/undionly-proxy,    LEASE,       bios/undionly.kpxe,  PXEClient,  060108ff,             -
        bios-rom/undionly-proxy,    PROXY,       bios/undionly.kpxe,  PXEClient,  060108ff,             -
        bios-rom/undionly-proxy,    BOOT_SERVER, bios/undionly.kpxe,  PXEClient,  060108470480000000ff, -
        ovmf2022/pxe-server,        LEASE,       uefi-x64/ipxe.efi,   -,          -,                    -
        ovmf2022/pxe-proxy,         PROXY,       uefi-x64/ipxe.efi,   PXEClient,  -,                    -
        ovmf2022/pxe-proxy,         BOOT_SERVER, uefi-x64/ipxe.efi,   PXEClient,  -,                    -
        ovmf2025/pxe-server,        LEASE,       uefi-x64/ipxe.efi,   -,          -,                    -
        ovmf2025/pxe-proxy,         BOOT_SERVER, uefi-x64/ipxe.efi,   PXEClient,  -,                    -
        aavmf/pxe-server,           LEASE,       uefi-arm64/ipxe.efi, -,          -,                    -
        aavmf/pxe-proxy,            PROXY,       uefi-arm64/ipxe.efi, PXEClient,  -,                    -
        aavmf/pxe-proxy,            BOOT_SERVER, uefi-arm64/ipxe.efi, PXEClient,  -,                    -
        ovmf2022/http-server,       LEASE,       http://boot/ipxe.efi, HTTPClient, -,                   -
        ovmf2022/http-server,       PROXY,       http://boot/ipxe.efi, HTTPClient, -,                   -
        ovmf2025/http-server,       LEASE,       http://boot/ipxe.efi, HTTPClient, -,                   -
        aavmf/http-server,          LEASE,       http://boot/ipxe.efi, HTTPClient, -,                   -
        seabios/ipxe1.0-server,     LEASE,       http://boot/a.ipxe,  -,          -,                    b00101
        seabios/ipxe1.21-server,    LEASE,       http://boot/a.ipxe,  -,          -,                    b00101
        seabios/ipxe2.0-server,     LEASE,       http://boot/a.ipxe,  -,          -,                    b00101
        seabios/ipxe1.0-proxy,      PROXY,       http://boot/a.ipxe,  PXEClient,  -,                    -
        seabios/ipxe1.0-proxy,      BOOT_SERVER, http://boot/a.ipxe,  PXEClient,  -,                    -
        U-Boot,                     LEASE,       uefi-arm64/ipxe.efi, -,          -,                    -
        U-Boot,                     PROXY,       uefi-arm64/ipxe.efi, PXEClient,  -,                    -
        Raspberry Pi,               LEASE,       rpi/bootcode.bin,    PXEClient,  menu,                 -
        Raspberry Pi,               PROXY,       rpi/bootcode.bin,    PXEClient,  menu,                 -
        """)
    void eachFirmwareIsToldWhatItReads(String who, BootInstructions.Channel channel, String bootFile, String vendorClass, String vendor,
                                       String ipxe) {
        DhcpMessage request = request(who, channel);
        DhcpMessage reply = reply(request, bootFile, channel);
        Options options = reply.options();
        assertThat(options.text(OptionCode.VENDOR_CLASS)).isEqualTo(Optional.ofNullable(vendorClass));
        assertThat(options.get(OptionCode.VENDOR_SPECIFIC).map(Object::toString))
            .isEqualTo(Optional.ofNullable("menu".equals(vendor) ? MENU : vendor));
        assertThat(options.get(OptionCode.IPXE).map(Object::toString)).isEqualTo(Optional.ofNullable(ipxe));
        assertThat(options.get(OptionCode.CLIENT_MACHINE_IDENTIFIER))
            .isEqualTo(request.options().get(OptionCode.CLIENT_MACHINE_IDENTIFIER));
        // Every client finds server and file wherever it looks: 54 and 66, 67 and the header (U-Boot and old ROMs read that alone).
        assertThat(options.address(OptionCode.SERVER_IDENTIFIER)).contains(US);
        assertThat(options.text(OptionCode.TFTP_SERVER_NAME)).contains("192.168.123.1");
        assertThat(options.text(OptionCode.BOOT_FILE_NAME)).contains(bootFile);
        assertThat(reply.siaddr()).isEqualTo(US);
        assertThat(reply.sname()).isEqualTo("192.168.123.1");
        assertThat(reply.file()).isEqualTo(bootFile);
        // EDK2 writes a NUL behind the boot file: only END may stand there. It believes a boot size (13) more than TFTP, so there is none.
        assertThat(codes(reply)).startsWith(53, 54).endsWith(67).doesNotContain(13, 82);
        assertThat(reply.yiaddr().isAnyLocalAddress()).isEqualTo(channel != BootInstructions.Channel.LEASE);
        assertThat(DhcpCodec.encode(reply).length).isLessThanOrEqualTo(548);
    }

    /** RFC 3046, section 2.2: the relay takes option 82 off again, and then 67 is last for the client. */
    @ParameterizedTest
    @CsvSource({"LEASE", "PROXY"})
    void behindARelayOnlyTheRelaysOptionFollowsTheBootFile(BootInstructions.Channel channel) {
        DhcpMessage request = ClientMessage.of(MessageType.DISCOVER, "52-54-00-12-34-56").vendorClass("PXEClient:Arch:00007:UNDI:003016")
            .giaddr("192.168.123.254").with(OptionCode.RELAY_AGENT_INFORMATION, Octets.hex("010455667788")).build();
        assertThat(codes(reply(request, "uefi-x64/ipxe.efi", channel))).endsWith(66, 67, 82);
    }

    /** RFC 2131, section 2: file has 128 bytes with its NUL; a longer name stands in option 67 alone. */
    @ParameterizedTest
    @CsvSource({"127, 127", "128, 0", "300, 0"})
    void aBootFileThatDoesNotFitTheHeaderStandsInItsOptionAlone(int length, int inHeader) {
        String url = "http://boot/" + "x".repeat(length - 12);
        DhcpMessage reply = reply(request("ovmf2022/http-server", BootInstructions.Channel.LEASE), url, BootInstructions.Channel.LEASE);
        assertThat(reply.options().text(OptionCode.BOOT_FILE_NAME)).contains(url);
        assertThat(reply.file()).hasSize(inHeader);
    }

    /** UEFI HTTP Boot resolves a URL's name with the lease's name servers. */
    @ParameterizedTest
    @CsvSource({"ovmf2022/http-server", "ovmf2025/http-server", "aavmf/http-server"})
    void httpBootIsGivenNameServers(String who) {
        DhcpMessage reply = reply(request(who, BootInstructions.Channel.LEASE), "http://boot/ipxe.efi", BootInstructions.Channel.LEASE);
        assertThat(reply.options().address(OptionCode.DOMAIN_NAME_SERVERS)).contains(Ipv4.parse("9.9.9.9"));
    }

    private static DhcpMessage request(String who, BootInstructions.Channel channel) {
        return switch (who) {
            case "U-Boot" -> ClientMessage.of(MessageType.DISCOVER, "52-54-00-12-34-56")
                .vendorClass("PXEClient:Arch:00022:UNDI:003000").build();
            case "Raspberry Pi" -> ClientMessage.of(MessageType.DISCOVER, "dc-a6-32-00-00-01")
                .vendorClass("PXEClient:Arch:00000:UNDI:002001")
                .with(OptionCode.CLIENT_MACHINE_IDENTIFIER, Octets.hex("00 34695052 15 31 11 00 00 00 00 00 dca63201 00")).build();
            default -> channel == BootInstructions.Channel.BOOT_SERVER ? Captures.request(who, MessageType.REQUEST, 4011)
                : Captures.request(who, MessageType.DISCOVER, 67);
        };
    }

    private static DhcpMessage reply(DhcpMessage request, String bootFile, BootInstructions.Channel channel) {
        NetbootClient client = NetbootClient.of(request);
        return (switch (channel) {
            case LEASE -> new DhcpServer(Network.whole(US, 24, List.of(US), List.of(Ipv4.parse("9.9.9.9"))), new MemoryLeaseStore(),
                Duration.ofHours(1), true, new MovableClock()).answer(request, client, Optional.of(bootFile));
            case PROXY -> ProxyDhcp.offer(request, client, bootFile, US);
            case BOOT_SERVER -> ProxyDhcp.acknowledge(request, client, bootFile, US);
        }).orElseThrow();
    }

    private static List<Integer> codes(DhcpMessage reply) {
        return List.copyOf(reply.options().byNumber().keySet());
    }
}
