package io.talospxe.dhcp.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A UDP datagram of a capture.
 *
 * @param source      port it came from
 * @param destination port it went to
 * @param payload     what UDP carried
 */
public record Datagram(int source, int destination, byte[] payload) {

    private static final int PCAP_HEADER = 24;
    private static final int MICROSECONDS = 0xa1b2c3d4;
    private static final int CAPTURED_LENGTH = 8;
    private static final int RECORD_HEADER = 16;
    private static final int ETHERNET_HEADER = 14;
    private static final int ETHERTYPE = 12;
    private static final int IPV4 = 0x0800;
    private static final int UDP = 17;
    private static final int UDP_HEADER = 8;

    /** Reads the IPv4 UDP datagrams of a little-endian Ethernet capture; our captures hold no fragments. */
    static List<Datagram> read(Path capture) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(capture)).order(ByteOrder.LITTLE_ENDIAN);
        if (file.getInt(0) != MICROSECONDS) {
            throw new IOException(capture + " is not a little-endian pcap file");
        }
        List<Datagram> datagrams = new ArrayList<>();
        for (int at = PCAP_HEADER; at < file.limit(); at += RECORD_HEADER + file.getInt(at + CAPTURED_LENGTH)) {
            ByteBuffer frame = file.slice(at + RECORD_HEADER, file.getInt(at + CAPTURED_LENGTH)).order(ByteOrder.BIG_ENDIAN);
            if (frame.getShort(ETHERTYPE) == IPV4 && frame.get(ETHERNET_HEADER + 9) == UDP) {
                int udp = ETHERNET_HEADER + (frame.get(ETHERNET_HEADER) & 0xf) * 4;
                byte[] payload = new byte[Short.toUnsignedInt(frame.getShort(udp + 4)) - UDP_HEADER];
                frame.get(udp + UDP_HEADER, payload);
                datagrams.add(new Datagram(Short.toUnsignedInt(frame.getShort(udp)), Short.toUnsignedInt(frame.getShort(udp + 2)),
                    payload));
            }
        }
        return datagrams;
    }
}
