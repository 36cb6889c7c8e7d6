package io.talospxe.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped routes answer as a machine expects, beside another DHCP server. */
class ShippedRoutesTest {

    private static final int SOON = 5000;
    private static final int SILENCE = 400;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;
    private static LoopbackServer server;

    @BeforeAll
    static void start() throws Exception {
        AdvertisedFiles.plant(folder);
        Files.delete(folder.resolve("assets/ipxe/uefi-ia32/ipxe.efi"));
        Path program = Path.of("routes");
        Files.createDirectory(folder.resolve("routes"));
        try (var files = Files.list(program)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve("routes").resolve(file.getFileName()));
            }
        }
        machines("machine.52-54-00-12-34-56 = worker\nmachine.52-54-00-00-00-99 = ignore\nmachine.LAB-77 = controlplane\n");
        Files.writeString(folder.resolve("assets/worker.yaml"), "machine:\n  type: worker\n");
        Files.writeString(folder.resolve("assets/52-54-00-aa-aa-aa.yaml"), "machine:\n  type: worker # my own\n");
        Files.writeString(folder.resolve("assets/vmlinuz-amd64"), "kernel");
        server = LoopbackServer.start(folder, folder, "proxy", Map.of("TALOS_ARGS", "console=ttyS9"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void machines(String lines) throws IOException {
        Files.writeString(folder.resolve("routes/machines.properties"), lines, StandardOpenOption.APPEND);
    }

    private static HttpResponse<String> get(String path) throws Exception {
        return HTTP.send(HttpRequest.newBuilder(URI.create(server.url() + path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource(value = MessageType.class, names = {"REQUEST", "DISCOVER", "INFORM"})
    @DisplayName("Port 4011 acknowledges every way of asking, to the asker's own port (PXE 2.1, 2.2.5)")
    void bootServer(MessageType type) throws Exception {
        try (DhcpClient client = new DhcpClient(0)) {
            var answer = client.ask(server.port("PXE_BOOT_SERVER_PORT"), DhcpClient.question(type, Architecture.UEFI_X64), SOON).orElseThrow();
            assertThat(answer.type()).contains(MessageType.ACK);
            assertThat(answer.file()).isEqualTo("uefi-x64/ipxe.efi");
        }
    }

    @Test
    @DisplayName("A plain client hears nothing from 4011")
    void plainClient() throws Exception {
        try (DhcpClient client = new DhcpClient(0)) {
            assertThat(client.ask(server.port("PXE_BOOT_SERVER_PORT"), DhcpClient.question(MessageType.INFORM, Options.builder()), SILENCE)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"69505845", "0469505845"})
    @DisplayName("iPXE is known by user class 77, bare or behind a length, and gets its script")
    void ipxe(String userClass) throws Exception {
        try (DhcpClient client = new DhcpClient(0)) {
            var question = DhcpClient.question(MessageType.REQUEST, Options.builder().put(OptionCode.VENDOR_CLASS, "PXEClient:Arch:00000:UNDI:002001")
                .put(OptionCode.USER_CLASS, Octets.hex(userClass)));
            var answer = client.ask(server.port("PXE_BOOT_SERVER_PORT"), question, SOON).orElseThrow();
            assertThat(answer.file()).isEqualTo(server.url() + "/autoexec.ipxe");
            assertThat(get("/autoexec.ipxe").body()).startsWith("#!ipxe\nset pxe " + server.url() + "\n").contains("${pxe}/ipxe?uuid=${uuid}");
        }
    }

    @Test
    @DisplayName("A boot file that is not there is not offered; the log says what to put where")
    void missingBootFile() throws Exception {
        try (DhcpClient client = new DhcpClient(0)) {
            assertThat(client.ask(server.port("PXE_BOOT_SERVER_PORT"), DhcpClient.question(MessageType.REQUEST, Architecture.UEFI_IA32), SILENCE)).isEmpty();
            assertThat(client.ask(server.port("PXE_BOOT_SERVER_PORT"), DhcpClient.question(MessageType.REQUEST, Architecture.of(31)), SILENCE)).isEmpty();
        }
        server.program().await("No boot file for architecture uefi-ia32 .*put one at assets/ipxe/uefi-ia32/ipxe.efi", Duration.ofSeconds(5));
        server.program().await("No boot file for architecture s390-basic .*add a row to routes/boot-policy.yaml", Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("Ten thousand bad datagrams on every UDP port leave the server answering")
    void survivesRubbish() throws Exception {
        Random random = new Random(42);
        try (DhcpClient client = new DhcpClient(0)) {
            for (String port : new String[] {"PXE_DHCP_PORT", "PXE_BOOT_SERVER_PORT", "PXE_TFTP_PORT"}) {
                for (int i = 0; i < 3400; i++) {
                    byte[] rubbish = new byte[random.nextInt(600)];
                    random.nextBytes(rubbish);
                    client.send(server.port(port), rubbish);
                }
            }
        }
        try (DhcpClient client = new DhcpClient(0)) {
            org.awaitility.Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> client
                .ask(server.port("PXE_BOOT_SERVER_PORT"), DhcpClient.question(MessageType.REQUEST, Architecture.BIOS), 500).isPresent());
        }
        assertThat(AdvertisedFiles.tftp(server, "bios/undionly.kpxe")).isNotEmpty();
        assertThat(get("/health").body()).isEqualTo("{\"status\":\"UP\"}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "mac=52:54:00:12:34:56, /config/worker",
        "serial=LAB-77, talos-pxe: controlplane.yaml is missing. Put it into assets/",
        "mac=52-54-00-77-77-77, item --key w worker",
        "type=maintenance, clear config",
        "type=nonsense, talos-pxe: there is no profile named nonsense"})
    @DisplayName("The old script path answers by profile, by the menu's choice, or with the menu")
    void scripts(String query, String expected) throws Exception {
        HttpResponse<String> script = get("/ipxe?uuid=&ip=127.0.0.1&domain=&hostname=&" + query);
        assertThat(script.statusCode()).isEqualTo(200);
        assertThat(script.headers().firstValue("content-type")).hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(script.body()).startsWith("#!ipxe\n").contains(expected);
        assertThat(script.headers().map()).doesNotContainKeys("mac", "uuid", "serial");
    }

    @Test
    @DisplayName("The menu has the old tool's keys and refreshes every five seconds")
    void menu() throws Exception {
        String menu = get("/ipxe?mac=52-54-00-77-77-77&type=auto").body();
        assertThat(menu).contains("--key i init", "--key c controlplane", "--key w worker", "--key m maintenance", "--key f refresh",
            "--key s shell", "--key r reboot", "--key e exit", "--timeout 5000 --default refresh");
    }

    @Test
    @DisplayName("Kernel arguments for every machine reach the profile's script")
    void kernelArguments() throws Exception {
        assertThat(get("/ipxe?type=worker").body()).contains("talos.platform=metal", "pti=on", "console=ttyS9");
    }

    @Test
    @DisplayName("A saved machines.properties is in force at the next question")
    void machinesAreLive() throws Exception {
        assertThat(get("/ipxe?mac=52-54-00-55-55-55").body()).contains("menu iPXE boot menu");
        machines("machine.52-54-00-55-55-55 = local\n");
        assertThat(get("/ipxe?mac=52-54-00-55-55-55").body()).isEqualTo("#!ipxe\nset pxe " + server.url() + "\n#!ipxe\nexit\n");
        machines("machine.52-54-00-66-66-66 worker\n");
        get("/ipxe?mac=52-54-00-55-55-55");
        server.program().await("machines.properties, line \\d+: write 'machine.<mac, uuid or serial> = <profile>'", Duration.ofSeconds(5));
    }

    @Test
    @DisplayName("A machine set to ignore is refused by DHCP, scripts and configuration alike")
    void ignored() throws Exception {
        assertThat(get("/ipxe?mac=52-54-00-00-00-99").statusCode()).isEqualTo(403);
        assertThat(get("/config/worker?mac=52-54-00-00-00-99").statusCode()).isEqualTo(403);
    }

    @Test
    @DisplayName("A configuration goes only to a machine that was sent a script; its own file before its profile's; no folder is left")
    void configurations() throws Exception {
        get("/ipxe?mac=52-54-00-aa-aa-aa&type=worker");
        assertThat(get("/config/worker?mac=52:54:00:AA:AA:AA").body()).contains("my own");
        assertThat(get("/config/worker?mac=52-54-00-bb-bb-bb").body()).isEqualTo("machine:\n  type: worker\n");
        assertThat(get("/assets/worker.yaml").body()).as("the old tool's address").isEqualTo("machine:\n  type: worker\n");
        for (String hostile : new String[] {"/config/..%2f..%2fetc%2fpasswd", "/config/%2e%2e?mac=../../x", "/config/worker?mac=../worker&serial=../../../etc/passwd"}) {
            HttpResponse<String> response = get(hostile);
            assertThat(response.body()).as(hostile).doesNotContain("root:");
        }
        assertThat(server.program().printed()).doesNotContain("type: worker");
    }

    @Test
    @DisplayName("autoexec.ipxe is served by TFTP and HTTP, in every folder, and what is missing fails at once")
    void autoexec() throws Exception {
        String script = new String(AdvertisedFiles.tftp(server, "autoexec.ipxe"));
        assertThat(script).startsWith("#!ipxe\n");
        assertThat(new String(AdvertisedFiles.tftp(server, "uefi-x64/autoexec.ipxe"))).isEqualTo(script);
        assertThat(get("/assets/ipxe/uefi-x64/autoexec.ipxe").body()).isEqualTo(script);
        assertThat(get("/assets/nothing").statusCode()).isEqualTo(404);
        long before = System.nanoTime();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> AdvertisedFiles.tftp(server, "uefi-x64/nothing")).hasMessageContaining("code 1");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        for (String secret : new String[] {"worker.yaml", "../worker.yaml", "/../../worker.yaml", "..\\worker.yaml"}) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> AdvertisedFiles.tftp(server, secret)).as(secret).isInstanceOf(IOException.class);
        }
    }

    @Test
    @DisplayName("The health URL says UP")
    void health() throws Exception {
        assertThat(get("/health").statusCode()).isEqualTo(200);
    }
}
