package io.talospxe.cluster;

import io.talospxe.boot.Program;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;

/** A stand-in for one listener of a control plane, on an address of the loopback: real sockets, and one thread for each connection. */
public final class Node implements Closeable {

    private final ServerSocket listener;
    private final Behaviour behaviour;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final AtomicInteger accepted = new AtomicInteger();

    /** What it does with a connection; the connection is closed afterwards. */
    public interface Behaviour {
        /** Lives one connection to its end. */
        void live(Socket connection) throws Exception;
    }

    private Node(ServerSocket listener, Behaviour behaviour) {
        this.listener = listener;
        this.behaviour = behaviour;
    }

    /** Listens on {@code address}. */
    public static Node at(InetSocketAddress address, Behaviour behaviour) {
        return listen(ServerSocketFactory.getDefault(), address, behaviour);
    }

    /** The same with TLS. A certificate of its own is made for it. */
    public static Node tls(InetSocketAddress address, Behaviour behaviour) {
        return listen(Certificate.TLS.getServerSocketFactory(), address, connection -> {
            ((SSLSocket) connection).startHandshake();
            behaviour.live(connection);
        });
    }

    /** Listens and never accepts, with a full backlog: the kernel drops whoever wants to connect. */
    public static Node deaf(InetSocketAddress address) {
        try {
            ServerSocket listener = bind(new ServerSocket(), address, 1);
            Node node = new Node(listener, connection -> { });
            for (int i = 0; i < 2; i++) {
                node.connections.add(new Socket(address.getAddress(), address.getPort()));
            }
            return node;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static Node listen(ServerSocketFactory sockets, InetSocketAddress address, Behaviour behaviour) {
        try {
            Node node = new Node(bind(sockets.createServerSocket(), address, 1024), behaviour);
            start(node::accept);
            return node;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Takes the address as soon as the node that had it before is quite gone. */
    private static ServerSocket bind(ServerSocket listener, InetSocketAddress address, int backlog) throws IOException {
        listener.setReuseAddress(true);
        Awaitility.await().atMost(Duration.ofSeconds(5)).pollInterval(Duration.ofMillis(20)).ignoreExceptions().until(() -> {
            listener.bind(address, backlog);
            return true;
        });
        return listener;
    }

    /** Keeps a connection open and says nothing until the other end hangs up. */
    public static void beSilent(Socket connection) throws IOException {
        connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
    }

    /** Sends back what comes, to the end. */
    public static void echo(Socket connection) throws IOException {
        connection.getInputStream().transferTo(connection.getOutputStream());
    }

    /** Ends the connection by a RST. */
    public static void reset(Socket connection) throws IOException {
        connection.setSoLinger(true, 0);
    }

    /** A port that is free on every address of the loopback that tests use. */
    public static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            return probe.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** How many connections it has had. */
    public int accepted() {
        return accepted.get();
    }

    /** The connections that it has had, open or not. */
    public List<Socket> connections() {
        return connections;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket connection = listener.accept();
                connections.add(connection);
                accepted.incrementAndGet();
                start(() -> live(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void live(Socket connection) {
        try (connection) {
            behaviour.live(connection);
        } catch (Exception ended) {
            // The other end, or close(), ended it.
        }
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "node");
        thread.setDaemon(true);
        thread.start();
    }

    /** Dies: nothing listens any more, and all connections end by a RST. */
    @Override
    public void close() {
        try {
            listener.close();
            for (Socket connection : connections) {
                if (!connection.isClosed() && !(connection instanceof SSLSocket)) {
                    connection.setSoLinger(true, 0);
                }
                connection.close();
            }
        } catch (IOException alreadyGone) {
            // As it should be.
        }
    }

    /** A key and a certificate that nobody trusts, made once by keytool. */
    private static final class Certificate {

        static final SSLContext TLS = make();

        private static SSLContext make() {
            try {
                Path folder = Files.createTempDirectory("talos-pxe-test");
                Path store = folder.resolve("node.p12");
                Program.output(Duration.ofSeconds(30), new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/keytool",
                    "-genkeypair", "-alias", "node", "-keyalg", "EC", "-dname", "CN=node", "-validity", "2", "-storetype", "PKCS12",
                    "-keystore", store.toString(), "-storepass", "secret")));
                KeyStore keys = KeyStore.getInstance(store.toFile(), "secret".toCharArray());
                Files.delete(store);
                Files.delete(folder);
                KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
                managers.init(keys, "secret".toCharArray());
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(managers.getKeyManagers(), null, null);
                return context;
            } catch (IOException | GeneralSecurityException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }
}
