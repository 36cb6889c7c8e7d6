package io.talospxe.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With a real process in the way: another Java, which is there wherever the tests run. */
class PortHolderTest {

    /** Takes a free port on loopback, names it, and holds it until its input ends. */
    static final class PortTaker {

        private PortTaker() {
        }

        /** @param arguments {@code udp} or {@code tcp} */
        public static void main(String[] arguments) throws IOException {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            try (DatagramSocket udp = new DatagramSocket(new InetSocketAddress(loopback, 0));
                ServerSocket tcp = new ServerSocket(0, 1, loopback)) {
                System.out.println(arguments[0].equals("udp") ? udp.getLocalPort() : tcp.getLocalPort());
                while (System.in.read() >= 0) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp", "tcp"})
    void theProcessThatHoldsAPortIsNamed(String protocol) throws IOException {
        Process taker = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            Path.of("target", "test-classes").toString(), PortTaker.class.getName(), protocol)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader output = taker.inputReader()) {
            int port = Integer.parseInt(output.readLine());
            assertThat(PortHolder.of(protocol, port)).contains("java (pid " + taker.pid() + ")");
        } finally {
            taker.destroy();
        }
    }

    @Test
    void aPortThatNobodyOrWeOurselvesHoldHasNoHolder() throws IOException {
        int port;
        try (DatagramSocket ours = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            port = ours.getLocalPort();
            assertThat(PortHolder.of("udp", port)).isEmpty();
        }
        assertThat(PortHolder.of("udp", port)).isEmpty();
    }
}
