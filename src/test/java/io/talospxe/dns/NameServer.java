package io.talospxe.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A name server on a free port of 127.0.0.1, over UDP and TCP, that says what a test has it say, and remembers what it was asked. */
public final class NameServer implements AutoCloseable {

    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private final Function<Message, Message> script;
    private final List<Message> asked = new CopyOnWriteArrayList<>();
    private final List<Message> askedOverTcp = new CopyOnWriteArrayList<>();

    /** @param script makes an answer of a question; null leaves it unanswered */
    public NameServer(Function<Message, Message> script) throws IOException {
        this.script = script;
        tcp = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        udp = sameAs(tcp);
        start(this::answerDatagrams);
        start(this::answerConnections);
    }

    /** Few programs have UDP ports, so that of a free TCP port is nearly always free; the kernel gives another TCP port next time if not. */
    private static DatagramSocket sameAs(ServerSocket tcp) throws IOException {
        try {
            return new DatagramSocket(tcp.getLocalPort(), InetAddress.getLoopbackAddress());
        } catch (IOException taken) {
            tcp.close();
            throw taken;
        }
    }

    /** An answer with records in the notation of zone files: {@code www.example.com. 300 A 192.0.2.1}. */
    public static Message answer(Message question, int rcode, String... records) {
        Message answer = new Message(question.getHeader().getID());
        Header header = answer.getHeader();
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        header.setRcode(rcode);
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        for (String record : records) {
            String[] parts = record.split(" ", 4);
            try {
                Record made = Record.fromString(Name.fromString(parts[0]), Type.value(parts[2]), DClass.IN, Long.parseLong(parts[1]),
                    parts[3], Name.root);
                answer.addRecord(made, made instanceof SOARecord && question.getQuestion().getType() != Type.SOA ? Section.AUTHORITY
                    : Section.ANSWER);
            } catch (IOException wrong) {
                throw new AssertionError(wrong);
            }
        }
        return answer;
    }

    /** Where it listens. */
    public int port() {
        return udp.getLocalPort();
    }

    /** The questions so far. */
    public List<Message> asked() {
        return asked;
    }

    public List<Message> askedOverTcp() {
        return askedOverTcp;
    }

    private void answerDatagrams() throws IOException {
        while (true) {
            DatagramPacket datagram = new DatagramPacket(new byte[2048], 2048);
            udp.receive(datagram);
            Message question = new Message(Arrays.copyOf(datagram.getData(), datagram.getLength()));
            asked.add(question);
            Message answer = script.apply(question);
            if (answer != null) {
                byte[] wire = answer.toWire(question.getOPT() == null ? 512 : question.getOPT().getPayloadSize());
                udp.send(new DatagramPacket(wire, wire.length, datagram.getSocketAddress()));
            }
        }
    }

    private void answerConnections() throws IOException {
        while (true) {
            Socket connection = tcp.accept();
            start(() -> {
                try (connection) {
                    DataInputStream in = new DataInputStream(connection.getInputStream());
                    DataOutputStream out = new DataOutputStream(connection.getOutputStream());
                    while (true) {
                        Message question = new Message(in.readNBytes(in.readUnsignedShort()));
                        askedOverTcp.add(question);
                        byte[] wire = script.apply(question).toWire(Message.MAXLENGTH);
                        out.writeShort(wire.length);
                        out.write(wire);
                    }
                }
            });
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException closed) {
                // The test has ended, or the asker has gone.
            }
        }, "name server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
    }
}
