package io.talospxe.cluster;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;

/**
 * Asks many listeners at once whether they live: by a TCP connection, and on some ports by a TLS ClientHello whose answer may be any TLS
 * record (RFC 8446, section 5.1), an alert included. A process that hangs still has its connections accepted by the kernel; the hello finds
 * that out. No handshake is finished, nothing verified and nothing else sent. Immutable; each call of {@link #run} is independent.
 */
final class Checks {

    // RFC 8446, section 5.1: change_cipher_spec, the first ContentType, application_data, the last, legacy_record_version 0x03xx, header
    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 23;
    private static final int MAJOR_VERSION = 3;
    private static final int RECORD_HEADER = 5;

    private final Set<Integer> tlsPorts;
    private final Duration timeout;
    private final byte[] hello;

    /**
     * @param tlsPorts ports that are asked by a ClientHello; the others by a connection alone
     * @param timeout  how long an answer may take
     */
    Checks(Set<Integer> tlsPorts, Duration timeout) {
        this.tlsPorts = tlsPorts;
        this.timeout = timeout;
        this.hello = clientHello();
    }

    /**
     * Asks all listeners side by side and returns when the last has answered or its time is up.
     *
     * @param answer is told about each as soon as it is known: empty if it lives, else why it does not, as the end of a sentence. Called
     *               on the caller's thread
     * @throws IOException if the process has no more file descriptors, or the thread was interrupted
     */
    void run(Collection<InetSocketAddress> listeners, BiConsumer<InetSocketAddress, Optional<String>> answer) throws IOException {
        long begun = System.nanoTime();
        try (Selector selector = Selector.open()) {
            try {
                for (InetSocketAddress listener : listeners) {
                    begin(selector, listener, answer);
                }
                while (selector.keys().stream().anyMatch(SelectionKey::isValid)) {
                    long left = timeout.toMillis() - (System.nanoTime() - begun) / 1_000_000;
                    if (left <= 0) {
                        break;
                    }
                    selector.select(key -> advance(key, answer), left);
                    if (Thread.currentThread().isInterrupted()) {
                        throw new ClosedByInterruptException();
                    }
                }
                selector.keys().stream().filter(SelectionKey::isValid).map(key -> (Check) key.attachment())
                    .forEach(late -> answer.accept(late.listener, Optional.of("no answer within " + timeout.toMillis() + " ms")));
            } finally {
                for (SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
        }
    }

    private void begin(Selector selector, InetSocketAddress listener, BiConsumer<InetSocketAddress, Optional<String>> answer)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT,
            new Check(listener, tlsPorts.contains(listener.getPort()) ? ByteBuffer.wrap(hello) : null, ByteBuffer.allocate(RECORD_HEADER)));
        try {
            if (channel.connect(listener)) {
                advance(key, answer);
            }
        } catch (IOException refused) {
            finish(key, answer, Optional.of(reason(refused)));
        }
    }

    /** One listener that is being asked. {@code hello} is null if a connection is enough. */
    private record Check(InetSocketAddress listener, ByteBuffer hello, ByteBuffer header) {
    }

    private static void advance(SelectionKey key, BiConsumer<InetSocketAddress, Optional<String>> answer) {
        Check check = (Check) key.attachment();
        SocketChannel channel = (SocketChannel) key.channel();
        try {
            if (!channel.finishConnect()) {
                return;
            }
            if (check.hello == null) {
                finish(key, answer, Optional.empty());
                return;
            }
            channel.write(check.hello);
            key.interestOps(check.hello.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
            int read = channel.read(check.header);
            if (!check.header.hasRemaining()) {
                finish(key, answer, isRecord(check.header) ? Optional.empty() : Optional.of("what listens there does not speak TLS"));
            } else if (read < 0) {
                finish(key, answer, Optional.of("it accepts connections and closes them"));
            }
        } catch (IOException broken) {
            finish(key, answer, Optional.of(reason(broken)));
        }
    }

    private static boolean isRecord(ByteBuffer header) {
        return header.get(0) >= FIRST_TYPE && header.get(0) <= LAST_TYPE && header.get(1) == MAJOR_VERSION;
    }

    private static void finish(SelectionKey key, BiConsumer<InetSocketAddress, Optional<String>> answer, Optional<String> why) {
        try {
            key.channel().close();
        } catch (IOException alreadyGone) {
            // It is closed, whatever close() had to say.
        }
        answer.accept(((Check) key.attachment()).listener, why);
    }

    private static String reason(IOException broken) {
        return broken instanceof ConnectException && "Connection refused".equals(broken.getMessage())
            ? "nothing listens there" : String.valueOf(broken.getMessage());
    }

    /** The first message of a TLS client. Always the same one: no handshake goes on from it, so nothing depends on its random bytes. */
    private static byte[] clientHello() {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, new TrustManager[0], null);
            SSLEngine client = tls.createSSLEngine();
            client.setUseClientMode(true);
            ByteBuffer hello = ByteBuffer.allocate(client.getSession().getPacketBufferSize());
            client.wrap(ByteBuffer.allocate(0), hello);
            byte[] bytes = new byte[hello.position()];
            hello.get(0, bytes);
            return bytes;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException("this Java has no TLS", impossible);
        }
    }
}
