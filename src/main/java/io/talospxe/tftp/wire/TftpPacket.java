package io.talospxe.tftp.wire;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One TFTP packet (RFC 1350, section 5; RFC 2347). Immutable. Text is ISO 8859-1 without control characters; option names are in lower
 * case and keep the order of the wire.
 */
public sealed interface TftpPacket {

    /**
     * RRQ: a machine wants a file.
     *
     * @param file    the name as it was sent; {@link FileName#clean} makes it a path
     * @param mode    how it wants the bytes
     * @param options what it would like to agree on, by name
     */
    record ReadRequest(String file, Mode mode, Map<String, String> options) implements TftpPacket {
        /** Copies the options. */
        public ReadRequest {
            options = ordered(options);
        }
    }

    /**
     * WRQ: a machine wants to store a file.
     *
     * @param file    the name as it was sent
     * @param mode    how it would send the bytes
     * @param options what it would like to agree on, by name
     */
    record WriteRequest(String file, Mode mode, Map<String, String> options) implements TftpPacket {
        /** Copies the options. */
        public WriteRequest {
            options = ordered(options);
        }
    }

    /**
     * DATA: one block.
     *
     * @param block   its number, 0 to 65535
     * @param payload its bytes, which nobody may change any more
     */
    record Data(int block, ByteBuffer payload) implements TftpPacket {
        /** A view of the bytes with a position of its own, read-only. */
        @Override
        public ByteBuffer payload() {
            return payload.asReadOnlyBuffer();
        }
    }

    /**
     * ACK: all blocks up to this one have arrived.
     *
     * @param block its number, 0 to 65535; 0 also acknowledges an OACK
     */
    record Ack(int block) implements TftpPacket {
    }

    /**
     * OACK: the options that the server grants (RFC 2347).
     *
     * @param options the granted values, by name
     */
    record OptionAck(Map<String, String> options) implements TftpPacket {
        /** Copies the options. */
        public OptionAck {
            options = ordered(options);
        }
    }

    /**
     * ERROR: ends a transfer and is never answered.
     *
     * @param code    0 to 65535, one of the constants or another's
     * @param message for people
     */
    record Error(int code, String message) implements TftpPacket {
        /** Not defined: the message says it. */
        public static final int NOT_DEFINED = 0;
        /** File not found. */
        public static final int FILE_NOT_FOUND = 1;
        /** Access violation. */
        public static final int ACCESS_VIOLATION = 2;
        /** Illegal TFTP operation. */
        public static final int ILLEGAL_OPERATION = 4;
        /** Unknown transfer ID: the packet came from a port that has no part in this transfer. */
        public static final int UNKNOWN_TRANSFER_ID = 5;
    }

    private static Map<String, String> ordered(Map<String, String> options) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }
}
