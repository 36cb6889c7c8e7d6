package io.talospxe.tftp.wire;

import io.talospxe.tftp.wire.TftpPacket.Ack;
import io.talospxe.tftp.wire.TftpPacket.Data;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.OptionAck;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import io.talospxe.tftp.wire.TftpPacket.WriteRequest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Bytes to {@link TftpPacket} and back (RFC 1350, section 5; RFC 2347). Stateless, for any number of threads. */
public final class TftpCodec {

    private static final int RRQ = 1;
    private static final int WRQ = 2;
    private static final int DATA = 3;
    private static final int ACK = 4;
    private static final int ERROR = 5;
    private static final int OACK = 6;
    private static final int HEADER_SIZE = 4;

    private TftpCodec() {
    }

    /**
     * Reads a datagram's payload; {@code datagram} must not be changed afterwards. As lenient as firmware needs: the last text may lack
     * its NUL, a name may be followed by several, an option without a value is passed over, the first of two equal options counts.
     *
     * @throws MalformedPacket if it is too short, of no known operation, or a request without a file or a known mode
     */
    public static TftpPacket decode(byte[] datagram) throws MalformedPacket {
        if (datagram.length < HEADER_SIZE) {
            throw new MalformedPacket("a TFTP packet has at least " + HEADER_SIZE + " bytes, this one has " + datagram.length);
        }
        ByteBuffer in = ByteBuffer.wrap(datagram);
        int operation = unsignedShort(in);
        return switch (operation) {
            case RRQ -> new ReadRequest(file(in), mode(in), options(in));
            case WRQ -> new WriteRequest(file(in), mode(in), options(in));
            case DATA -> new Data(unsignedShort(in), in.slice());
            case ACK -> new Ack(unsignedShort(in));
            case ERROR -> new Error(unsignedShort(in), text(in));
            case OACK -> new OptionAck(options(in));
            default -> throw new MalformedPacket("there is no TFTP operation " + operation);
        };
    }

    /** Writes a packet, every text ended by a NUL. */
    public static byte[] encode(TftpPacket packet) {
        if (packet instanceof ReadRequest request) {
            return request(RRQ, request.file(), request.mode(), request.options());
        } else if (packet instanceof WriteRequest request) {
            return request(WRQ, request.file(), request.mode(), request.options());
        } else if (packet instanceof Data data) {
            ByteBuffer payload = data.payload();
            byte[] datagram = new byte[HEADER_SIZE + payload.remaining()];
            ByteBuffer.wrap(datagram).putShort((short) DATA).putShort((short) data.block()).put(payload);
            return datagram;
        } else if (packet instanceof Ack ack) {
            return shorts(ACK, ack.block()).toByteArray();
        } else if (packet instanceof Error error) {
            ByteArrayOutputStream out = shorts(ERROR, error.code());
            put(out, error.message());
            return out.toByteArray();
        } else {
            ByteArrayOutputStream out = shorts(OACK);
            put(out, ((OptionAck) packet).options());
            return out.toByteArray();
        }
    }

    private static String file(ByteBuffer in) throws MalformedPacket {
        String file = text(in);
        if (file.isEmpty()) {
            throw new MalformedPacket("the request names no file");
        }
        return file;
    }

    private static Mode mode(ByteBuffer in) throws MalformedPacket {
        String name = text(in);
        // DHCP servers that count a boot file's NUL as part of its name make firmware send it twice.
        while (name.isEmpty() && in.hasRemaining()) {
            name = text(in);
        }
        String asked = name;
        return Mode.named(asked).orElseThrow(() -> new MalformedPacket("'" + asked + "' is no transfer mode: octet is"));
    }

    private static Map<String, String> options(ByteBuffer in) {
        Map<String, String> options = new LinkedHashMap<>();
        while (in.hasRemaining()) {
            String name = text(in).toLowerCase(Locale.ROOT);
            if (name.isEmpty() || !in.hasRemaining()) {
                break;
            }
            options.putIfAbsent(name, text(in));
        }
        return options;
    }

    /** Text up to the next NUL or the end. Control characters become question marks, so that no machine can forge a line of our log. */
    private static String text(ByteBuffer in) {
        StringBuilder text = new StringBuilder();
        while (in.hasRemaining()) {
            int character = in.get() & 0xff;
            if (character == 0) {
                break;
            }
            text.append(Character.isISOControl(character) ? '?' : (char) character);
        }
        return text.toString();
    }

    private static int unsignedShort(ByteBuffer in) {
        return in.getShort() & 0xffff;
    }

    private static byte[] request(int operation, String file, Mode mode, Map<String, String> options) {
        ByteArrayOutputStream out = shorts(operation);
        put(out, file);
        put(out, mode.toString());
        put(out, options);
        return out.toByteArray();
    }

    private static ByteArrayOutputStream shorts(int... values) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int value : values) {
            out.write(value >>> 8);
            out.write(value);
        }
        return out;
    }

    private static void put(ByteArrayOutputStream out, Map<String, String> options) {
        options.forEach((name, value) -> {
            put(out, name);
            put(out, value);
        });
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        out.write(0);
    }
}
