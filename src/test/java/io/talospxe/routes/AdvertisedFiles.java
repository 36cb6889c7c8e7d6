package io.talospxe.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.OptionCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.net.tftp.TFTP;
import org.apache.commons.net.tftp.TFTPClient;

/** The contract of the boot-file table: what an architecture is offered is there to be fetched, byte for byte. */
final class AdvertisedFiles {

    /** Every architecture of the table, with the file that it is given. */
    static final Map<Integer, String> TABLE = new TreeMap<>(Map.ofEntries(
        Map.entry(0, "bios/undionly.kpxe"), Map.entry(6, "uefi-ia32/ipxe.efi"), Map.entry(7, "uefi-x64/ipxe.efi"),
        Map.entry(9, "uefi-x64/ipxe.efi"), Map.entry(10, "uefi-arm32/ipxe.efi"), Map.entry(11, "uefi-arm64/ipxe.efi"),
        Map.entry(15, "uefi-ia32/ipxe.efi"), Map.entry(16, "uefi-x64/ipxe.efi"), Map.entry(19, "uefi-arm64/ipxe.efi"),
        Map.entry(20, "bios/undionly.kpxe"), Map.entry(21, "uefi-arm32/ipxe.efi"), Map.entry(22, "uefi-arm64/ipxe.efi"),
        Map.entry(23, "uefi-arm32/ipxe.efi"), Map.entry(24, "uefi-arm64/ipxe.efi"), Map.entry(27, "uefi-riscv64/ipxe.efi"),
        Map.entry(28, "uefi-riscv64/ipxe.efi"), Map.entry(39, "uefi-loong64/ipxe.efi"), Map.entry(40, "uefi-loong64/ipxe.efi"),
        Map.entry(41, "rpi/bootcode.bin")));

    private AdvertisedFiles() {
    }

    /** Puts a file of its own content in the place of each boot file. */
    static void plant(Path root) throws IOException {
        for (String file : TABLE.values()) {
            Path path = root.resolve("assets/ipxe").resolve(file);
            Files.createDirectories(path.getParent());
            Files.write(path, content(file));
        }
    }

    static List<Architecture> architectures() {
        return TABLE.keySet().stream().map(Architecture::of).toList();
    }

    /** Fetches what the answer advertises as that firmware would, and compares. */
    static void fetch(LoopbackServer server, Architecture architecture, DhcpMessage answer) throws Exception {
        String name = answer.options().text(OptionCode.BOOT_FILE_NAME).orElseThrow();
        assertThat(answer.file()).as("the header names the same file for firmware that reads no option 67").isEqualTo(name);
        assertThat(answer.siaddr().getHostAddress()).isEqualTo("127.0.0.1");
        byte[] fetched = architecture.isHttp() ? http(name) : tftp(server, name);
        assertThat(fetched).as("%s for %s", name, architecture).isEqualTo(content(TABLE.get(architecture.id())));
    }

    static byte[] http(String url) throws Exception {
        HttpResponse<byte[]> response = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(url)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).as(url).isEqualTo(200);
        return response.body();
    }

    static byte[] tftp(LoopbackServer server, String name) throws IOException {
        TFTPClient client = new TFTPClient();
        client.setDefaultTimeout(java.time.Duration.ofSeconds(5));
        client.open();
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            client.receiveFile(name, TFTP.BINARY_MODE, bytes, InetAddress.getLoopbackAddress(), server.port("PXE_TFTP_PORT"));
            return bytes.toByteArray();
        } finally {
            client.close();
        }
    }

    private static byte[] content(String file) {
        return ("boot file " + file + "\n").repeat(500).getBytes();
    }
}
