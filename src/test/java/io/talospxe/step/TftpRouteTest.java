package io.talospxe.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.talospxe.machine.TransferReport;
import io.talospxe.tftp.wire.MalformedPacket;
import io.talospxe.tftp.wire.Mode;
import io.talospxe.tftp.wire.TftpCodec;
import io.talospxe.tftp.wire.TftpPacket;
import io.talospxe.tftp.wire.TftpPacket.Ack;
import io.talospxe.tftp.wire.TftpPacket.Data;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.OptionAck;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import io.talospxe.tftp.wire.TftpPacket.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.commons.net.tftp.TFTP;
import org.apache.commons.net.tftp.TFTPClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped {@code routes/tftp.yaml} with real sockets. */
class TftpRouteTest {

    private static final Map<String, String> NO_OPTIONS = Map.of();

    @TempDir
    private Path assets;
    private byte[] bootFile;
    private TftpServer server;

    @BeforeEach
    void serve() throws Exception {
        bootFile = new byte[300_000];
        new Random(1).nextBytes(bootFile);
        put("ipxe/uefi-x64/ipxe.efi", bootFile);
        put("ipxe/pxelinux.0", text("a name that really ends so"));
        put("ipxe/rpi/start4.elf", text("raspberry"));
        put("controlplane.yaml", text("secret"));
        put("vmlinuz-amd64", text("kernel"));
        server = new TftpServer(assets, 3);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aBootFileArrivesByteForByteAndIsReported() throws IOException {
        assertThat(fetch("uefi-x64/ipxe.efi", TFTP.BINARY_MODE)).isEqualTo(bootFile);
        TransferReport report = onlyReport();
        assertThat(report.complete()).isTrue();
        assertThat(report.file()).isEqualTo("uefi-x64/ipxe.efi");
        assertThat(report.address()).isEqualTo("127.0.0.1");
        assertThat(report.bytes()).isEqualTo(bootFile.length);
    }

    @ParameterizedTest
    @CsvSource({
        "/uefi-x64/ipxe.efi,         300000",
        "uefi-x64//ipxe.efi,         300000",
        "\\uefi-x64\\ipxe.efi,       300000",
        "uefi-x64/ipxe.efi.0,        300000",
        "uefi-x64/ipxe.efi\u00ff,    300000",
        "pxelinux.0,                 26",
        "start4.elf,                 9",
        "rpi/start4.elf,             9"
    })
    void namesAreUnderstoodAsFirmwareSendsThem(String name, int size) throws Exception {
        try (Client client = new Client()) {
            client.send(new ReadRequest(name, Mode.OCTET, Map.of("tsize", "0")));
            assertThat(client.receive()).isEqualTo(new OptionAck(Map.of("tsize", Integer.toString(size))));
            client.sendBack(new Error(0, "only asking"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"autoexec.ipxe", "uefi-x64/autoexec.ipxe", "boot.ipxe", "/boot.ipxe.0"})
    void scriptsAreWrittenByTheRoute(String name) throws IOException {
        assertThat(fetch(name, TFTP.BINARY_MODE)).isEqualTo(TftpServer.SCRIPT.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void netasciiTurnsLineEndsIntoTheClientsOwn() throws IOException {
        put("ipxe/notes.txt", text("one\ntwo\n"));
        assertThat(fetch("notes.txt", TFTP.ASCII_MODE)).isEqualTo(text("one" + System.lineSeparator() + "two" + System.lineSeparator()));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "../controlplane.yaml", "..\\controlplane.yaml", "/../controlplane.yaml", "uefi-x64/../../controlplane.yaml",
        "....//controlplane.yaml", "x,controlplane.yaml", "x,../controlplane.yaml", "x,vmlinuz-amd64", "../vmlinuz-amd64", "./uefi-x64/ipxe.efi", "/etc/passwd",
        "..", ".", "/", "uefi-x64", "%2e%2e/controlplane.yaml", "${sys.user.home}", "controlplane.yaml", "config/worker", ","
    })
    void nothingOutsideTheBootFilesCanBeReached(String name) throws Exception {
        try (Client client = new Client()) {
            client.send(new ReadRequest(name, Mode.OCTET, NO_OPTIONS));
            assertThat(client.receive()).isInstanceOfSatisfying(Error.class,
                error -> assertThat(error.code()).isEqualTo(Error.FILE_NOT_FOUND));
        }
    }

    /** A missing autoexec.ipxe or a typing error must fail at once instead of timing out (tinkerbell#424). */
    @Test
    void aMissingFileIsSaidAtOnceAndReported() throws Exception {
        try (Client client = new Client()) {
            client.send(new ReadRequest("/uefi-x64/none.efi", Mode.OCTET, NO_OPTIONS));
            assertThat(client.receive()).isEqualTo(new Error(Error.FILE_NOT_FOUND, "there is no file uefi-x64/none.efi"));
            assertThat(client.peer).isNotEqualTo(server.port());
        }
        assertThat(onlyReport()).hasToString("stopped sending uefi-x64/none.efi to 127.0.0.1 after 0 bytes: "
            + "there is no file uefi-x64/none.efi");
    }

    @Test
    void writesAreRefused() throws Exception {
        try (Client client = new Client()) {
            client.send(new WriteRequest("uefi-x64/ipxe.efi", Mode.OCTET, NO_OPTIONS));
            assertThat(client.receive()).isEqualTo(new Error(Error.ACCESS_VIOLATION, "this server gives files and takes none"));
        }
        assertThat(assets.resolve("ipxe/uefi-x64/ipxe.efi")).hasBinaryContent(bootFile);
    }

    @Test
    void mailIsRefused() throws Exception {
        try (Client client = new Client()) {
            client.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.MAIL, NO_OPTIONS));
            assertThat(client.receive()).isEqualTo(new Error(Error.ILLEGAL_OPERATION, "mode mail is not served: ask for octet"));
        }
    }

    @Test
    void whatIsNoRequestIsRefusedButAnErrorIsNeverAnswered() throws Exception {
        try (Client client = new Client()) {
            client.send(new Error(0, "lost"));
            client.send(new byte[] {0, 9, 9, 9});
            client.send(new Ack(7));
            assertThat(client.receive()).isEqualTo(new Error(Error.ILLEGAL_OPERATION, "a transfer begins with a read request"));
            client.expectSilence();
        }
        assertThat(fetch("uefi-x64/ipxe.efi", TFTP.BINARY_MODE)).as("the port is still open").isEqualTo(bootFile);
    }

    @Test
    void aMachineThatThePolicyRefusesHearsNothing() throws Exception {
        server.refuseEverybody();
        try (Client client = new Client()) {
            client.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.OCTET, NO_OPTIONS));
            client.expectSilence();
        }
    }

    @Test
    void aRequestThatIsRepeatedBeforeItIsAnsweredStartsOneTransferOnly() throws Exception {
        try (Client client = new Client()) {
            for (int i = 0; i < 20; i++) {
                client.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.OCTET, Map.of("timeout", "5")));
            }
            assertThat(client.receive()).isInstanceOf(OptionAck.class);
            client.expectSilence();
            client.sendBack(new Ack(0));
            assertThat(client.receive()).isInstanceOf(Data.class);
            client.sendBack(new Error(0, "enough"));
        }
        assertThat(onlyReport().failure()).isEqualTo("the machine broke it off with error 0: enough");
    }

    /** EDK2 learns the size from the OACK, declines with an ERROR, and asks again from its next port. */
    @Test
    void askingForTheSizeIsNoFailedTransfer() throws Exception {
        try (Client client = new Client()) {
            client.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.OCTET, Map.of("tsize", "0", "blksize", "1468", "windowsize", "4")));
            assertThat(client.receive()).isEqualTo(new OptionAck(Map.of("tsize", "300000", "blksize", "1468", "windowsize", "4")));
            client.sendBack(new Error(8, "User aborted the transfer"));
        }
        assertThat(fetch("uefi-x64/ipxe.efi", TFTP.BINARY_MODE)).isEqualTo(bootFile);
        assertThat(onlyReport().complete()).isTrue();
    }

    /** RFC 1350, section 4. */
    @Test
    void aForeignPortGetsErrorFiveAndTheTransferGoesOn() throws Exception {
        try (Client client = new Client(); Client stranger = new Client()) {
            client.send(new ReadRequest("pxelinux.0", Mode.OCTET, Map.of("blksize", "20", "timeout", "5")));
            client.receive();
            client.sendBack(new Ack(0));
            assertThat(client.receive()).isInstanceOfSatisfying(Data.class, data -> assertThat(data.block()).isEqualTo(1));
            stranger.peer = client.peer;
            stranger.sendBack(new Ack(1));
            assertThat(stranger.receive()).isEqualTo(new Error(Error.UNKNOWN_TRANSFER_ID, "this port serves another machine"));
            stranger.sendBack(new Error(0, "ends nothing"));
            client.sendBack(new Ack(1));
            assertThat(client.receive()).isInstanceOfSatisfying(Data.class, data -> assertThat(data.block()).isEqualTo(2));
            client.sendBack(new Ack(2));
        }
        assertThat(onlyReport().complete()).isTrue();
    }

    @Test
    void aFileThatShrinksUnderwayEndsWithAnError() throws Exception {
        Path file = assets.resolve("ipxe/pxelinux.0");
        try (Client client = new Client(); FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
            client.send(new ReadRequest("pxelinux.0", Mode.OCTET, Map.of("blksize", "8", "timeout", "5")));
            client.receive();
            client.sendBack(new Ack(0));
            client.receive();
            writer.truncate(8);
            client.sendBack(new Ack(1));
            assertThat(client.receive()).isEqualTo(new Error(0, "the file changed while it was being sent"));
        }
        assertThat(onlyReport().failure()).isEqualTo("the file changed while it was being sent");
    }

    @Test
    void aLostPacketIsSentAgainAfterAQuarterOfASecond() throws Exception {
        try (Client client = new Client()) {
            client.send(new ReadRequest("pxelinux.0", Mode.OCTET, NO_OPTIONS));
            TftpPacket first = client.receive();
            assertThat(client.receive()).isEqualTo(first);
            client.sendBack(new Ack(1));
        }
        assertThat(onlyReport().complete()).isTrue();
    }

    @Test
    void oneTransferTooManyIsToldToTryAgainAndMayDoSo() throws Exception {
        List<Client> clients = new ArrayList<>();
        try (Client late = new Client()) {
            for (int i = 0; i < 3; i++) {
                Client client = new Client();
                clients.add(client);
                client.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.OCTET, Map.of("timeout", "5")));
                client.receive();
            }
            late.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.OCTET, NO_OPTIONS));
            assertThat(late.receive()).isEqualTo(new Error(0, "the server is busy with 3 transfers, try again"));
            clients.get(0).sendBack(new Error(0, "done"));
            await().atMost(Duration.ofSeconds(5)).until(() -> {
                late.send(new ReadRequest("uefi-x64/ipxe.efi", Mode.OCTET, NO_OPTIONS));
                return late.receive() instanceof Data;
            });
        } finally {
            clients.forEach(Client::close);
        }
    }

    @Test
    void manyMachinesFetchAtOnce() throws Exception {
        ExecutorService machines = Executors.newFixedThreadPool(20);
        try (TftpServer roomy = new TftpServer(assets, 2000)) {
            List<Callable<byte[]>> fetches = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                fetches.add(() -> fetch(roomy, "uefi-x64/ipxe.efi", TFTP.BINARY_MODE));
            }
            for (Future<byte[]> fetched : machines.invokeAll(fetches)) {
                assertThat(fetched.get()).isEqualTo(bootFile);
            }
        } finally {
            machines.shutdownNow();
        }
    }

    @Test
    void aFileThatVanishesBeforeItIsOpenedIsSaidAtOnce() throws Exception {
        try (TftpServer vanishing = new TftpServer("", name -> Optional.of(assets.resolve("gone")), 1); Client client = new Client()) {
            for (int attempt = 0; attempt < 2; attempt++) {
                client.send(TftpCodec.encode(new ReadRequest("ipxe.efi", Mode.OCTET, NO_OPTIONS)), vanishing.port());
                assertThat(client.receive()).isEqualTo(new Error(Error.ACCESS_VIOLATION, "the server cannot read ipxe.efi"));
            }
        }
    }

    @Test
    void aRouteThatSaysNotWhatToSendIsToldSo() {
        TftpSteps steps = new TftpSteps("", asked -> asked, name -> Optional.empty(), report -> { }, null, 1, 1468);
        Exchange exchange = new DefaultExchange(new DefaultCamelContext());
        exchange.getMessage().setHeader(NettyConstants.NETTY_REMOTE_ADDRESS, new InetSocketAddress("127.0.0.1", 1069));
        exchange.getMessage().setBody(new ReadRequest("ipxe.efi", Mode.OCTET, NO_OPTIONS));
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatIllegalStateException().isThrownBy(() -> steps.send(exchange))
                .withMessage("the route must set the variable 'asset' or 'content' before it calls tftp.send");
        }
    }

    @Test
    void aClientThatAsksForNothingKnownGetsItsSentence() {
        assertThatIOException().isThrownBy(() -> fetch("none", TFTP.BINARY_MODE)).withMessageContaining("there is no file none");
    }

    private void put(String name, byte[] bytes) throws IOException {
        Path file = assets.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
    }

    private byte[] fetch(String name, int mode) throws IOException {
        return fetch(server, name, mode);
    }

    private static byte[] fetch(TftpServer from, String name, int mode) throws IOException {
        TFTPClient client = new TFTPClient();
        client.setDefaultTimeout(Duration.ofSeconds(5));
        client.open();
        try {
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            client.receiveFile(name, mode, received, InetAddress.getLoopbackAddress(), from.port());
            return received.toByteArray();
        } finally {
            client.close();
        }
    }

    private TransferReport onlyReport() {
        await().atMost(Duration.ofSeconds(5)).until(() -> !server.reports().isEmpty());
        assertThat(server.reports()).hasSize(1);
        return server.reports().get(0);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One socket of a machine, a packet at a time. */
    private final class Client implements AutoCloseable {

        private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        private int peer;

        Client() throws IOException {
            socket.setSoTimeout(5000);
        }

        void send(TftpPacket packet) throws IOException {
            send(TftpCodec.encode(packet));
        }

        void send(byte[] datagram) throws IOException {
            send(datagram, server.port());
        }

        /** Sends to the port that the last answer came from. */
        void sendBack(TftpPacket packet) throws IOException {
            send(TftpCodec.encode(packet), peer);
        }

        TftpPacket receive() throws IOException, MalformedPacket {
            DatagramPacket datagram = new DatagramPacket(new byte[2000], 2000);
            socket.receive(datagram);
            peer = datagram.getPort();
            return TftpCodec.decode(Arrays.copyOf(datagram.getData(), datagram.getLength()));
        }

        void expectSilence() throws IOException {
            socket.setSoTimeout(600);
            assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(this::receive);
            socket.setSoTimeout(5000);
        }

        private void send(byte[] datagram, int port) throws IOException {
            SocketAddress to = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            socket.send(new DatagramPacket(datagram, datagram.length, to));
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
