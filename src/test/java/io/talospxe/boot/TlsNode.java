package io.talospxe.boot;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** What stands for a control plane's Kubernetes API: HTTPS on port 6443, a process of its own. {@code /who} gives its address, {@code /big} a file. */
final class TlsNode {

    private static final String PASSWORD = "changeit";

    private TlsNode() {
    }

    /** The command line that starts it at {@code address}, with the key in {@code folder} and the file {@code big} from there. */
    static List<String> command(String address, Path folder) {
        return List.of(ProcessHandle.current().info().command().orElse("java"), "-Djava.net.preferIPv4Stack=true", "-Xmx64m",
            "-cp", System.getProperty("java.class.path"), TlsNode.class.getName(), address, folder.toString());
    }

    /** The command line that makes the key. */
    static List<String> key(Path folder) {
        return List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keyalg", "EC", "-dname", "CN=controlplane.talos",
            "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", folder.resolve("key").toString());
    }

    /** Serves until it is killed. Arguments: address and folder. */
    public static void main(String... arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        KeyStore store = KeyStore.getInstance(folder.resolve("key").toFile(), PASSWORD.toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD.toCharArray());
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(arguments[0], 6443), 1024);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/who", exchange -> {
            byte[] address = (arguments[0] + "\n").getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, address.length);
            exchange.getResponseBody().write(address);
            exchange.close();
        });
        server.createContext("/big", exchange -> send(exchange, folder.resolve("big")));
        server.start();
        System.out.println("Ready.");
    }

    private static void send(HttpExchange exchange, Path file) throws IOException {
        exchange.sendResponseHeaders(200, Files.size(file));
        try (InputStream bytes = Files.newInputStream(file)) {
            bytes.transferTo(exchange.getResponseBody());
        }
        exchange.close();
    }
}
