package io.talospxe.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;

/** A virtual machine and its serial console. Assertions read what it prints there. */
public final class Machine {

    private final Program qemu;
    private final Path folder;

    Machine(Program qemu, Path folder) {
        this.qemu = qemu;
        this.folder = folder;
    }

    /** What the console has shown so far, without control sequences. */
    public String console() {
        try {
            Path log = folder.resolve("serial.log");
            return Files.exists(log) ? Program.plain(Files.readAllBytes(log)) : "";
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits until the console shows {@code pattern}. */
    public Matcher await(String pattern, Duration limit) {
        return Program.await(this::console, pattern, limit, qemu);
    }

    /** Types on the console. */
    public void type(String keys) {
        send("serial.sock", keys);
    }

    /** Stops the processors, edits what {@link Disguise} wants edited, and lets them go on; false if the ROM is not in memory yet. */
    boolean disguise() {
        command("stop");
        try {
            return Disguise.apply(folder.resolve("ram"));
        } finally {
            command("cont");
        }
    }

    private void command(String name) {
        send("qmp.sock", "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"" + name + "\"}\n");
    }

    /** Writes to one of QEMU's sockets. For its control socket, waits for the answer to each of two commands. */
    private void send(String socket, String text) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(folder.resolve(socket)));
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
            if (socket.startsWith("qmp")) {
                StringBuilder answers = new StringBuilder();
                ByteBuffer bytes = ByteBuffer.allocate(4096);
                while (answers.toString().split("\"return\"", -1).length < 3 && channel.read(bytes) >= 0) {
                    answers.append(StandardCharsets.US_ASCII.decode(bytes.flip()));
                    bytes.clear();
                }
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
