package io.talospxe.boot;

import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.util.Arrays;
import java.util.List;

/** A DHCP server that offers 10.77.0.66 to everybody and confirms it to nobody, as one does whose pool is another's too. A process of its own. */
final class OfferingOnly {

    private OfferingOnly() {
    }

    /** The command line that starts it. */
    static List<String> command() {
        return List.of(ProcessHandle.current().info().command().orElse("java"), "-Djava.net.preferIPv4Stack=true", "-cp",
            System.getProperty("java.class.path"), OfferingOnly.class.getName());
    }

    /** Offers until it is killed. */
    public static void main(String... arguments) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(67)) {
            socket.setBroadcast(true);
            System.out.println("Ready.");
            DatagramPacket datagram = new DatagramPacket(new byte[1500], 1500);
            while (true) {
                socket.receive(datagram);
                DhcpMessage request = DhcpCodec.decode(Arrays.copyOf(datagram.getData(), datagram.getLength()));
                if (request.type().filter(type -> type == MessageType.DISCOVER).isPresent()) {
                    byte[] offer = DhcpCodec.encode(DhcpMessage.replyTo(request).withYiaddr(Ipv4.parse("10.77.0.66")).withOptions(Options.builder()
                        .putByte(OptionCode.MESSAGE_TYPE, MessageType.OFFER.value()).put(OptionCode.SERVER_IDENTIFIER, Ipv4.parse("10.77.0.2"))
                        .put(OptionCode.SUBNET_MASK, Ipv4.parse("255.255.255.0")).putInt(OptionCode.LEASE_TIME, 3600).build()));
                    socket.send(new DatagramPacket(offer, offer.length, Ipv4.BROADCAST, 68));
                }
            }
        }
    }
}
