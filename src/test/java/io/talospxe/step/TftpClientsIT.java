package io.talospxe.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.asset.AssetStore;
import io.talospxe.tftp.wire.Mode;
import io.talospxe.tftp.wire.TftpCodec;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped TFTP route and the clients that people have. */
class TftpClientsIT {

    // At 512 bytes a block, numbers roll over to 0 on the way (65536 * 512 = 33554432).
    private static final int LARGE = 40_000_123;

    @TempDir
    private Path folder;
    private TftpServer server;

    @BeforeEach
    void serve() throws Exception {
        Path files = Files.createDirectories(folder.resolve("assets/ipxe"));
        write(files.resolve("large"), LARGE);
        write(files.resolve("small"), 1_000_000);
        server = new TftpServer("lo", new AssetStore(List.of(folder.resolve("assets")))::firstOf, 2000);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', value = {
        "curl, blksize 512        | large | curl -sSf -o OUT --tftp-blksize 512 tftp://127.0.0.1:PORT/FILE",
        "curl, blksize 1468       | large | curl -sSf -o OUT --tftp-blksize 1468 tftp://127.0.0.1:PORT/FILE",
        "curl, blksize 65464      | small | curl -sSf -o OUT --tftp-blksize 65464 tftp://127.0.0.1:PORT/FILE",
        "curl, no options         | small | curl -sSf -o OUT --tftp-no-options tftp://127.0.0.1:PORT/FILE",
        "atftp                    | large | atftp -g -r FILE -l OUT 127.0.0.1 PORT",
        "atftp, windowsize 4      | large | atftp --option windowsize\\s4 --option blksize\\s1468 -g -r FILE -l OUT 127.0.0.1 PORT",
        "atftp, windowsize 64     | large | atftp --option windowsize\\s64 --option blksize\\s512 -g -r FILE -l OUT 127.0.0.1 PORT",
        "tftp-hpa, octet          | large | tftp -m binary 127.0.0.1 PORT -c get FILE OUT",
        "tftp-hpa, netascii       | small | tftp -m ascii 127.0.0.1 PORT -c get FILE OUT",
        "busybox                  | large | busybox tftp -g -r FILE -l OUT 127.0.0.1 PORT",
        "busybox, blksize 1468    | small | busybox tftp -b 1468 -g -r FILE -l OUT 127.0.0.1 PORT"
    })
    void everyClientGetsEveryByte(String client, String file, String command) throws Exception {
        Path out = folder.resolve("out");
        assertThat(finish(start(command, file, out))).isZero();
        assertThat(Files.mismatch(out, folder.resolve("assets/ipxe").resolve(file))).isEqualTo(-1);
    }

    @Test
    void twentyClientsAtOnceGetEveryByte() throws Exception {
        List<Process> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            clients.add(start("curl -sSf -o OUT --tftp-blksize 1468 tftp://127.0.0.1:PORT/FILE", "small", folder.resolve("out" + i)));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(finish(clients.get(i))).isZero();
            assertThat(Files.mismatch(folder.resolve("out" + i), folder.resolve("assets/ipxe/small"))).isEqualTo(-1);
        }
    }

    @Test
    void curlIsToldThatAFileIsMissing() throws Exception {
        // curl's exit code 68: TFTP file not found
        assertThat(finish(start("curl -sS -o OUT tftp://127.0.0.1:PORT/FILE", "none", folder.resolve("out")))).isEqualTo(68);
    }

    /** A host with several addresses must answer from the one that the machine knows (sidero#1410). */
    @Test
    void answersComeFromTheAddressThatWasAsked() throws Exception {
        byte[] request = TftpCodec.encode(new ReadRequest("none", Mode.OCTET, Map.of()));
        InetAddress asked = InetAddress.getByName("127.0.0.5");
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(5000);
            socket.send(new DatagramPacket(request, request.length, asked, server.port()));
            DatagramPacket answer = new DatagramPacket(new byte[600], 600);
            socket.receive(answer);
            assertThat(answer.getAddress()).isEqualTo(asked);
            assertThat(answer.getPort()).isNotEqualTo(server.port());
        }
    }

    private Process start(String command, String file, Path out) throws IOException {
        List<String> words = Arrays.stream(command.split(" ")).map(word -> word.replace("\\s", " ").replace("FILE", file)
            .replace("OUT", out.toString()).replace("PORT", Integer.toString(server.port()))).toList();
        return new ProcessBuilder(words).inheritIO().start();
    }

    private static int finish(Process client) throws InterruptedException {
        if (!client.waitFor(60, TimeUnit.SECONDS)) {
            client.destroyForcibly();
            throw new AssertionError("the client is not done after a minute");
        }
        return client.exitValue();
    }

    private static void write(Path file, int size) throws IOException {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.write(file, bytes);
    }
}
