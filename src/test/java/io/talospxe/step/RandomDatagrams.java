package io.talospxe.step;

import io.talospxe.dns.Queries;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Random;

/** Sends what no resolver would: random bytes, and questions with two bytes wrong; the same each time. */
public final class RandomDatagrams {

    private RandomDatagrams() {
    }

    /** Arguments: an address, a port and how many. */
    public static void main(String... arguments) throws IOException {
        send(InetAddress.getByName(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    }

    static void send(InetAddress address, int port, int count) throws IOException {
        Random random = new Random(53);
        byte[] question = Queries.edns("node1.talos.", "A", 1232, true).toWire();
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int i = 0; i < count; i++) {
                byte[] bytes = i % 2 == 0 ? new byte[random.nextInt(600)] : question.clone();
                if (i % 2 == 0) {
                    random.nextBytes(bytes);
                } else {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                }
                socket.send(new DatagramPacket(bytes, bytes.length, address, port));
            }
        }
    }
}
