package io.talospxe.step;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.xbill.DNS.Message;

/** Asks a server on 127.0.0.1, from one port over UDP and by one connection for each question over TCP. */
final class DnsClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final DatagramSocket socket;
    private final int port;

    DnsClient(int port) throws IOException {
        this.port = port;
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setSoTimeout((int) TIMEOUT.toMillis());
    }

    /** Sends bytes, whatever they are. */
    void send(byte[] bytes) {
        try {
            socket.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next datagram that comes back, if one comes in time. */
    private Optional<Message> receive() {
        try {
            DatagramPacket datagram = new DatagramPacket(new byte[65_535], 65_535);
            socket.receive(datagram);
            return Optional.of(new Message(Arrays.copyOf(datagram.getData(), datagram.getLength())));
        } catch (SocketTimeoutException nothing) {
            return Optional.empty();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Asks over UDP, up to five times, as resolvers do since datagrams get lost; passes over what answers other questions. */
    Message ask(Message question) {
        for (int attempt = 0; attempt < 5; attempt++) {
            send(question.toWire());
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < TIMEOUT.toNanos()) {
                Optional<Message> answer = receive();
                if (answer.isPresent() && answer.get().getHeader().getID() == question.getHeader().getID()) {
                    return answer.get();
                }
            }
        }
        throw new AssertionError("no answer to " + question);
    }

    /** Asks over TCP. */
    Message askOverTcp(Message question) {
        try (Socket connection = connect()) {
            write(connection, question.toWire());
            return read(connection);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    Socket connect() throws IOException {
        Socket connection = new Socket(InetAddress.getLoopbackAddress(), port);
        connection.setSoTimeout(10_000);
        return connection;
    }

    static void write(Socket connection, byte[] message) throws IOException {
        DataOutputStream out = new DataOutputStream(connection.getOutputStream());
        out.writeShort(message.length);
        out.write(message);
    }

    static Message read(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        return new Message(in.readNBytes(in.readUnsignedShort()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
