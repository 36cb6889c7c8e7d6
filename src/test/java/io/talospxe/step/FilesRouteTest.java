package io.talospxe.step;

import static io.talospxe.step.FileServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped routes/files.yaml: who gets which configuration, and where iPXE finds its first script. */
@Timeout(60)
class FilesRouteTest {

    private static final String MAC = "52-54-00-12-34-56";
    private static final String UUID = "4c4c4544-0044-4a10-8031-b4c04f4d3132";

    @TempDir
    private static Path assets;
    private static FileServer server;

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("worker", "controlplane", MAC, UUID, "SN-1.2")) {
            Files.writeString(assets.resolve(name + ".yaml"), name);
        }
        Files.createDirectories(assets.resolve("sub"));
        Files.writeString(assets.resolve("sub/patch.yaml"), "patch");
        Files.writeString(assets.resolve(".yaml"), "hidden");
        Files.writeString(assets.resolve("secret"), "secret");
        server = new FileServer(assets);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void forget() {
        server.events.clear();
        server.controlPlanes.leave("", "127.0.0.1");
    }

    @ParameterizedTest
    @CsvSource({
        "/config/worker,                                                                          worker",
        "/config/worker?mac=&uuid=&serial=,                                                       worker",
        "/config/worker?mac=52-54-00-00-00-01,                                                    worker",
        "/config/worker?mac=52-54-00-12-34-56,                                                    52-54-00-12-34-56",
        "/config/worker?mac=52:54:00:12:34:56,                                                    52-54-00-12-34-56",
        "/config/worker?mac=525400123456,                                                         52-54-00-12-34-56",
        "/config/worker?uuid=4C4C4544-0044-4A10-8031-B4C04F4D3132,                                4c4c4544-0044-4a10-8031-b4c04f4d3132",
        "/config/worker?serial=SN-1.2,                                                            SN-1.2",
        "/config/worker?serial=SN-1.2&uuid=4c4c4544-0044-4a10-8031-b4c04f4d3132,                  4c4c4544-0044-4a10-8031-b4c04f4d3132",
        "/config/unknown?serial=SN-1.2,                                                           SN-1.2",
        "/assets/worker.yaml?mac=52-54-00-00-00-01,                                               worker",
        "/assets/worker.yaml?mac=52-54-00-12-34-56,                                               52-54-00-12-34-56",
        "/assets/controlplane%2Eyaml,                                                             controlplane"})
    void givesAMachineItsOwnConfigurationBeforeItsProfiles(String path, String content) throws Exception {
        HttpResponse<byte[]> response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(text(response)).isEqualTo(content);
        assertThat(response.headers().firstValue("content-type")).contains("application/yaml");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/assets/sub/patch.yaml", "/assets/sub%2Fpatch.yaml", "/assets/sub/patch%2eyaml",
        "/assets/talosconfig", "/assets/sub/kubeconfig"})
    void refusesConfigurationsInFoldersOfAssets(String path) throws Exception {
        HttpResponse<byte[]> response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(text(response)).doesNotContain("patch");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/config/unknown", "/config/", "/config", "/config/..%2fsecret", "/config/.", "/config/%2e",
        "/config/sub%2fpatch", "/config/secret", "/config/unknown?mac=../secret",
        "/config/unknown?serial=sub/patch", "/config/unknown?serial=..%2fworker",
        "/config/unknown?uuid=worker,x", "/config/worker?profile=controlplane", "/config/worker/x", "/config/worker.yaml",
        "/config/%24%7Bbody%7D", "/config/worker%00", "/assets/.yaml"})
    void givesNoConfigurationForAnythingThatIsNotOne(String path) throws Exception {
        HttpResponse<byte[]> response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(text(response)).doesNotContain("secret\n", assets.toString());
        assertThat(server.events).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/config/worker", "/assets/worker.yaml", "/assets/worker%2eyaml", "/assets/sub/../worker.yaml",
        "/assets/./worker.yaml"})
    void asksWhetherTheMachineMayHaveIt(String path) throws Exception {
        HttpResponse<byte[]> response = server.get(path + "?mac=" + FileServer.REFUSED);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(text(response)).isEqualTo("not now");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/assets/x,worker.yaml", "/assets/worker.yaml,x", "/assets/worker.yaml/", "/assets//worker.yaml",
        "/assets/%2fworker.yaml", "/assets/worker.yaml%00", "/assets/worker.yaml%0a", "/assets/worker.yaml%2cx",
        "/assets/sub%2f..%2fworker.yaml"})
    void leavesNoWayAroundThatQuestion(String path) throws Exception {
        assertThat(server.rawGet(path + "?mac=" + FileServer.REFUSED)).matches("(?s)HTTP/1.1 40[034] .*").doesNotEndWith("\r\n\r\nworker");
    }

    @Test
    void recordsThatAMachineIsConfigured() throws Exception {
        server.get("/config/worker?mac=" + MAC);

        await().until(() -> server.events.contains("CONFIGURED " + MAC + " 127.0.0.1"));
    }

    /** Whatever the file is that it got: the profile it asked by says what it will be. */
    @ParameterizedTest
    @ValueSource(strings = {"controlplane", "init"})
    void aMachineIsAControlPlaneFromSuchAConfigurationToTheNextOther(String profile) throws Exception {
        server.get("/config/" + profile + "?mac=" + FileServer.REFUSED);
        assertThat(server.controlPlanes.all()).isEmpty();

        server.get("/config/" + profile + "?mac=" + MAC);
        await().until(() -> server.controlPlanes.all().equals(List.of("127.0.0.1")));

        server.get("/config/worker?mac=" + MAC);
        await().until(() -> server.controlPlanes.all().isEmpty());
    }

    @Test
    void namesEveryFileThatWouldDo() throws Exception {
        assertThat(text(server.get("/config/gpu?mac=52-54-00-00-00-01"))).isEqualTo(
            "There is neither 52-54-00-00-00-01.yaml nor gpu.yaml in the server's assets folder: put one of them there.\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/autoexec.ipxe", "/assets/autoexec.ipxe", "/assets/ipxe/uefi-x64/autoexec.ipxe"})
    void givesIpxeItsFirstScriptWhereverItLooks(String path) throws Exception {
        HttpResponse<byte[]> response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(text(response)).isEqualTo("#!ipxe\nchain ${net0/ip}");
        assertThat(response.headers().firstValue("content-type")).contains("text/plain");
        assertThat(response.headers().firstValue("content-length")).contains("23");
    }
}
