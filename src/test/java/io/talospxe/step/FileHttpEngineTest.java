package io.talospxe.step;

import static io.talospxe.step.FileServer.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.talospxe.machine.TransferReport;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class FileHttpEngineTest {

    private static final Instant MODIFIED = Instant.parse("2026-03-06T07:08:09Z");
    private static final byte[] KERNEL = new byte[3_000_001];

    @TempDir
    private static Path assets;
    private static FileServer server;

    @BeforeAll
    static void start() throws Exception {
        new Random(1).nextBytes(KERNEL);
        Files.write(assets.resolve("vmlinuz-amd64"), KERNEL);
        Files.setLastModifiedTime(assets.resolve("vmlinuz-amd64"), FileTime.from(MODIFIED));
        Files.writeString(assets.resolve("small"), "0123456789");
        for (String copy : List.of("once", "head-only", "twenty")) {
            Files.createSymbolicLink(assets.resolve(copy), assets.resolve("vmlinuz-amd64"));
        }
        Files.writeString(assets.resolve("empty"), "");
        Files.writeString(assets.resolve("README.md"), "for the operator");
        Files.writeString(assets.resolve(".secret"), "for nobody");
        Files.createDirectories(assets.resolve("sub"));
        Files.writeString(assets.resolve("sub/a b+c%.txt"), "odd");
        Files.createSymbolicLink(assets.resolve("loop"), assets.resolve("loop"));
        try (RandomAccessFile large = new RandomAccessFile(assets.resolve("large").toFile(), "rw")) {
            large.setLength((2L << 30) + 5);
        }
        server = new FileServer(assets, new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/text").setHeader("X-Inside", constant("secret")).setBody(constant("gr\u00fc\u00df"));
                from("platform-http:/bytes").setHeader(Exchange.CONTENT_TYPE, constant("image/png"))
                    .setBody(constant(new byte[] {1, 2, 3}));
                from("platform-http:/nothing").setBody(constant((Object) null));
                from("platform-http:/missing").setBody(constant((Object) null)).setHeader(Exchange.HTTP_RESPONSE_CODE, constant(404));
                from("platform-http:/refused").setBody(constant("no")).setHeader(Exchange.HTTP_RESPONSE_CODE, constant(403));
                from("platform-http:/address").setBody(variable("address"));
                from("platform-http:/broken").throwException(new IllegalStateException("inner words"));
                from("platform-http:/gone").setBody(constant(assets.resolve("gone").toFile()));
                from("platform-http:/loop").setBody(constant(assets.resolve("loop").toFile()));
                from("platform-http:/path").setHeader(Exchange.CONTENT_TYPE, constant("application/x-own"))
                    .setBody(constant(assets.resolve("small")));
                from("platform-http:/large/{who}").setBody(constant(assets.resolve("large").toFile()));
            }
        });
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    // --- a file ------------------------------------------------------------------------------------------------------------------------

    @Test
    void sendsAFileWithItsLengthAndValidators() throws Exception {
        HttpResponse<byte[]> response = server.get("/assets/vmlinuz-amd64");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEqualTo(KERNEL);
        assertThat(header(response, "content-length")).isEqualTo("3000001");
        assertThat(header(response, "content-type")).isEqualTo("application/octet-stream");
        assertThat(header(response, "accept-ranges")).isEqualTo("bytes");
        assertThat(header(response, "last-modified")).isEqualTo("Fri, 06 Mar 2026 07:08:09 GMT");
        assertThat(header(response, "etag")).matches("\"[0-9a-f-]+\"");
        assertThat(response.headers().map()).doesNotContainKey("transfer-encoding");
    }

    @Test
    void reportsAFinishedTransfer() throws Exception {
        server.get("/assets/once");

        TransferReport report = server.report("once");
        assertThat(report.address()).isEqualTo("127.0.0.1");
        assertThat(report.bytes()).isEqualTo(KERNEL.length);
        assertThat(report.took()).isPositive();
        assertThat(report.complete()).isTrue();
    }

    @Test
    void answersHeadWithTheLengthOnly() throws Exception {
        String answer = server.raw("HEAD /assets/head-only HTTP/1.1\r\nHost: pxe\r\nRange: bytes=0-1\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("content-length: 3000001\r\n").endsWith("\r\n\r\n");
    }

    @Test
    void reportsOnlyWhatWasSent() throws Exception {
        server.send("HEAD", "/assets/head-only");
        server.get("/assets/head-only", "If-None-Match", "*");
        server.get("/assets/head-only", "Range", "bytes=0-9");

        assertThat(server.report("head-only").bytes()).isEqualTo(10);
    }

    @Test
    void sendsAnEmptyFile() throws Exception {
        HttpResponse<byte[]> response = server.get("/assets/empty");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "content-length")).isEqualTo("0");
    }

    @Test
    void takesTheContentTypeThatTheRouteSet() throws Exception {
        HttpResponse<byte[]> response = server.get("/path");

        assertThat(header(response, "content-type")).isEqualTo("application/x-own");
        assertThat(text(response)).isEqualTo("0123456789");
    }

    @ParameterizedTest
    @CsvSource({"ipxe.efi, application/efi", "IPXE.EFI, application/efi", "talos.iso, application/vnd.efi-iso",
        "talos.img, application/vnd.efi-img",
        "menu.ipxe, text/plain", "note.txt, text/plain", "initramfs-amd64.xz, application/octet-stream",
        "noending, application/octet-stream"})
    void namesTheContentTypeByTheEnding(String name, String type) throws Exception {
        Files.createDirectories(assets.resolve("types"));
        Files.writeString(assets.resolve("types").resolve(name), "x");

        assertThat(header(server.get("/assets/types/" + name), "content-type")).isEqualTo(type);
    }

    // --- ranges and conditions (RFC 9110, sections 13 and 14) ----------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"bytes=0-0, 0, 'bytes 0-0/10'", "bytes=2-4, 234, 'bytes 2-4/10'", "bytes=7-, 789, 'bytes 7-9/10'",
        "bytes=-2, 89, 'bytes 8-9/10'"})
    void sendsOneRange(String range, String content, String contentRange) throws Exception {
        HttpResponse<byte[]> response = server.get("/assets/small", "Range", range);

        assertThat(response.statusCode()).isEqualTo(206);
        assertThat(text(response)).isEqualTo(content);
        assertThat(header(response, "content-range")).isEqualTo(contentRange);
        assertThat(header(response, "content-length")).isEqualTo(String.valueOf(content.length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,4-5", "lines=1-2", "bytes=5-2"})
    void sendsTheWholeFileForARangeItDoesNotServe(String range) throws Exception {
        HttpResponse<byte[]> response = server.get("/assets/small", "Range", range);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(text(response)).isEqualTo("0123456789");
    }

    @Test
    void refusesARangeBehindTheEnd() throws Exception {
        HttpResponse<byte[]> response = server.get("/assets/small", "Range", "bytes=10-");

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(header(response, "content-range")).isEqualTo("bytes */10");
        assertThat(text(response)).isEqualTo("The file has 10 bytes.\n");
    }

    @Test
    void sendsARangeOnlyOfTheStateThatIfRangeNames() throws Exception {
        String tag = header(server.get("/assets/vmlinuz-amd64"), "etag");

        assertThat(server.get("/assets/vmlinuz-amd64", "Range", "bytes=0-1", "If-Range", tag).statusCode()).isEqualTo(206);
        assertThat(server.get("/assets/vmlinuz-amd64", "Range", "bytes=0-1", "If-Range", "Fri, 06 Mar 2026 07:08:09 GMT").statusCode())
            .isEqualTo(206);
        assertThat(server.get("/assets/vmlinuz-amd64", "Range", "bytes=0-1", "If-Range", "\"other\"").statusCode()).isEqualTo(200);
        assertThat(server.get("/assets/vmlinuz-amd64", "Range", "bytes=0-1", "If-Range", "W/" + tag).statusCode()).isEqualTo(200);
        assertThat(server.get("/assets/vmlinuz-amd64", "Range", "bytes=0-1", "If-Range", "yesterday").statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "If-None-Match     | TAG                           | 304",
        "If-None-Match     | W/TAG                         | 304",
        "If-None-Match     | *                             | 304",
        "If-None-Match     | \"other\", TAG                | 304",
        "If-None-Match     | \"other\"                     | 200",
        "If-Modified-Since | Fri, 06 Mar 2026 07:08:09 GMT | 304",
        "If-Modified-Since | Fri, 06 Mar 2026 07:08:08 GMT | 200",
        "If-Modified-Since | some day                      | 200"})
    void answersNotModifiedToWhoHasIt(String name, String value, int code) throws Exception {
        String tag = header(server.get("/assets/vmlinuz-amd64"), "etag");

        HttpResponse<byte[]> response = server.get("/assets/vmlinuz-amd64", name, value.replace("TAG", tag));

        assertThat(response.statusCode()).isEqualTo(code);
        assertThat(response.body()).hasSize(code == 304 ? 0 : KERNEL.length);
        assertThat(header(response, "etag")).isEqualTo(tag);
    }

    @Test
    void letsIfNoneMatchDecideBeforeTheDate() throws Exception {
        assertThat(server.get("/assets/vmlinuz-amd64", "If-None-Match", "\"other\"", "If-Modified-Since", "Fri, 06 Mar 2026 07:08:09 GMT")
            .statusCode()).isEqualTo(200);
    }

    @Test
    void givesAReplacedFileAnotherTag() throws Exception {
        Path file = Files.writeString(assets.resolve("replaced"), "one");
        Files.setLastModifiedTime(file, FileTime.from(MODIFIED));
        String before = header(server.get("/assets/replaced"), "etag");
        Path next = Files.writeString(assets.resolve("next"), "two");
        Files.setLastModifiedTime(next, FileTime.from(MODIFIED));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);

        assertThat(header(server.get("/assets/replaced"), "etag")).isNotEqualTo(before);
    }

    // --- everything else that a route leaves ---------------------------------------------------------------------------------------------

    @Test
    void sendsTextWithItsLengthAndNothingOfTheRequest() throws Exception {
        String answer = server.raw("GET /text?mac=52-54-00-12-34-56&Content-Type=text/evil HTTP/1.1\r\nHost: pxe\r\nX-Mine: 1\r\n"
            + "Content-Type: text/html\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").containsIgnoringCase("content-length: 6\r\n")
            .containsIgnoringCase("content-type: text/plain; charset=utf-8\r\n").endsWith("gr\u00c3\u00bc\u00c3\u009f");
        assertThat(answer.toLowerCase()).doesNotContain("mac", "x-mine", "x-inside", "secret", "text/html", "evil", "chunked", "host");
    }

    @Test
    void sendsBytesAsTheyAre() throws Exception {
        HttpResponse<byte[]> response = server.get("/bytes");

        assertThat(response.body()).containsExactly(1, 2, 3);
        assertThat(header(response, "content-type")).isEqualTo("image/png");
        assertThat(header(response, "content-length")).isEqualTo("3");
    }

    @Test
    void answersHeadOfTextWithItsLength() throws Exception {
        HttpResponse<byte[]> response = server.send("HEAD", "/text");

        assertThat(header(response, "content-length")).isEqualTo("6");
        assertThat(response.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"/nothing, 204, ''", "/missing, 404, 'This server has nothing under that address.'", "/refused, 403, no",
        "/unknown, 404, 'This server has nothing under that address.'",
        "/broken, 500, 'The server could not answer this; its log says why.'",
        "/gone, 404, gone is not there any more.", "/loop, 503, The server cannot read loop; its log says why."})
    void saysInOneSentenceWhatIsWrong(String path, int code, String sentence) throws Exception {
        HttpResponse<byte[]> response = server.get(path);

        assertThat(response.statusCode()).isEqualTo(code);
        assertThat(text(response).strip()).isEqualTo(sentence);
        assertThat(header(response, "content-type")).isEqualTo(code == 204 ? null : "text/plain; charset=utf-8");
    }

    @Test
    void tellsTheRouteWhoAsks() throws Exception {
        assertThat(text(server.get("/address?address=10.0.0.1", "address", "10.0.0.2"))).isEqualTo("127.0.0.1");
    }

    @Test
    void refusesOtherMethods() throws Exception {
        assertThat(server.send("POST", "/assets/small").statusCode()).isEqualTo(405);
        assertThat(server.send("DELETE", "/assets/small").statusCode()).isEqualTo(405);
        assertThat(assets.resolve("small")).exists();
    }

    // --- names -------------------------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"/assets/../pom.xml", "/assets/%2e%2e/pom.xml", "/assets/%2E%2E%2Fpom.xml", "/assets/..%2fpom.xml",
        "/assets/%252e%252e/pom.xml", "/assets/sub/../../../pom.xml", "/assets//etc/passwd", "/assets/%2fetc/passwd", "//etc/passwd",
        "/assets/..\\pom.xml", "/assets/..%5cpom.xml", "/assets/small%00", "/assets/small%00.efi", "/assets/small\0", "/assets/small%0a",
        "/assets/small/", "/assets/", "/assets", "/assets/sub", "/assets/sub/", "/assets/.secret", "/assets/%2esecret", "/assets/README.md",
        "/assets/%zz", "/assets/%", "/assets/%e4", "/assets/small%2csub", "/assets/\u00e4", "/assets/small;x", "/assetssmall", "*",
        "http://elsewhere/assets/.secret"})
    void givesNothingForAHostilePath(String path) throws Exception {
        String answer = server.rawGet(path);

        assertThat(answer).matches("(?s)HTTP/1\\.[01] 40[04] .*");
        assertThat(answer).doesNotContain("Exception", "<project", "root:", "for nobody", "for the operator", assets.toString());
    }

    @Test
    void refusesAVeryLongPath() throws Exception {
        assertThat(server.rawGet("/assets/" + "a".repeat(3000))).startsWith("HTTP/1.1 404 ");
        assertThat(server.rawGet("/assets/" + "a/".repeat(50_000))).matches("(?s)HTTP/1\\.[01] 414 .*");
    }

    @Test
    void decodesANameOnce() throws Exception {
        assertThat(text(server.get("/assets/sub/a%20b+c%25.txt"))).isEqualTo("odd");
        assertThat(text(server.get("/assets/./sub/x/../a%20b%2Bc%25.txt"))).isEqualTo("odd");
        assertThat(server.get("/assets/sub/a%2520b+c%25.txt").statusCode()).isEqualTo(404);
    }

    @Test
    void namesTheMissingFileAndTheFolder() throws Exception {
        assertThat(text(server.get("/assets/vmlinuz-arm64")))
            .isEqualTo("There is no vmlinuz-arm64 in the server's assets folder: put it there.\n");
    }

    // --- connections -------------------------------------------------------------------------------------------------------------------

    @Test
    void keepsAConnectionForSeveralRequests() throws Exception {
        String get = "GET /assets/small HTTP/1.1\r\nHost: pxe\r\n\r\n";
        try (Socket socket = server.connect(get)) {
            for (int i = 0; i < 5; i++) {
                readUntil(socket.getInputStream(), "0123456789");
                socket.getOutputStream().write(get.getBytes(StandardCharsets.ISO_8859_1));
            }
            readUntil(socket.getInputStream(), "0123456789");
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        String answer = server.raw("GET /assets/small HTTP/1.1\r\nHost: pxe\r\n\r\nHEAD /assets/small HTTP/1.1\r\nHost: pxe\r\n\r\n"
            + "GET /text HTTP/1.1\r\nHost: pxe\r\n\r\nGET /bytes HTTP/1.1\r\nHost: pxe\r\nConnection: close\r\n\r\n");

        assertThat(answer.split("HTTP/1.1 200 OK")).hasSize(5);
        assertThat(answer.indexOf("0123456789")).isPositive().isLessThan(answer.indexOf("gr\u00c3"))
            .isEqualTo(answer.lastIndexOf("0123456789"));
        assertThat(answer).endsWith("\1\2\3");
    }

    @Test
    void answersAnHttp10Client() throws Exception {
        String answer = server.raw("GET /assets/small HTTP/1.0\r\n\r\n");

        assertThat(answer).matches("(?s)HTTP/1\\.[01] 200 .*").endsWith("\r\n\r\n0123456789").doesNotContain("chunked");
    }

    @Test
    void sendsAFileOverHttp2AsWell() throws Exception {
        HttpResponse<byte[]> response = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build()
            .send(HttpRequest.newBuilder(server.uri("/assets/vmlinuz-amd64")).build(), HttpResponse.BodyHandlers.ofByteArray());

        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.body()).isEqualTo(KERNEL);
    }

    @Test
    void reportsHowFarAClientCameThatHangsUp() throws Exception {
        try (Socket socket = server.connect("GET /large/hangs-up HTTP/1.1\r\nHost: pxe\r\n\r\n")) {
            socket.getInputStream().readNBytes(5_000_000);
            socket.setSoLinger(true, 0);
        }

        TransferReport report = server.report("large/hangs-up");
        assertThat(report.complete()).isFalse();
        assertThat(report.failure()).startsWith("the connection broke");
        assertThat(report.bytes()).isBetween(4_000_000L, 100_000_000L);
    }

    @Test
    void answersOthersWhileManyReadSlowly() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try {
            // More than Vert.x has worker threads.
            for (int i = 0; i < 40; i++) {
                Socket socket = server.connect("GET /large/slow HTTP/1.1\r\nHost: pxe\r\n\r\n");
                slow.add(socket);
                socket.getInputStream().readNBytes(1000);
            }
            assertThat(server.get("/text").statusCode()).isEqualTo(200);
            assertThat(server.get("/assets/small").statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void sendsTwoGigabytesWithoutReadingThemIntoTheHeap() throws Exception {
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP).toList();
        try (Socket socket = server.connect("GET /large/patient HTTP/1.1\r\nHost: pxe\r\nConnection: close\r\n\r\n")) {
            readUntil(socket.getInputStream(), "\r\n\r\n");
            System.gc();
            heap.forEach(MemoryPoolMXBean::resetPeakUsage);
            long before = heap.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
            byte[] buffer = new byte[1 << 20];
            long read = 0;
            for (int n; (n = socket.getInputStream().read(buffer)) >= 0;) {
                read += n;
            }
            assertThat(read).isEqualTo((2L << 30) + 5);
            assertThat(heap.stream().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum() - before).isLessThan(64L << 20);
        }
        assertThat(server.report("large/patient").bytes()).isEqualTo((2L << 30) + 5);
    }

    @Test
    void servesTwentyMachinesAtOnce() throws Exception {
        ExecutorService machines = Executors.newFixedThreadPool(20);
        try {
            Callable<byte[]> boot = () -> server.get("/assets/twenty").body();
            List<Future<byte[]>> booted = machines.invokeAll(Collections.nCopies(20, boot));
            for (Future<byte[]> machine : booted) {
                assertThat(machine.get()).isEqualTo(KERNEL);
            }
        } finally {
            machines.shutdown();
        }
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(server.reports)
            .filteredOn(report -> report.file().equals("twenty")).hasSize(20).allMatch(TransferReport::complete));
    }

    private static void readUntil(InputStream in, String end) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.length() < end.length() || !read.substring(read.length() - end.length()).equals(end)) {
            int next = in.read();
            assertThat(next).as("connection open").isNotNegative();
            read.append((char) next);
        }
    }
}
