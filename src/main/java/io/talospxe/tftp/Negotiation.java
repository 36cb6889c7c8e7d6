package io.talospxe.tftp;

import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * What client and server agree on before the first block (RFC 2347). An option that we do not know, or whose value makes no sense, is left
 * out of the answer, as that RFC asks. Immutable.
 *
 * @param blockSize  bytes in every block but the last
 * @param windowSize blocks that are sent before an ACK is awaited
 * @param timeout    how long to wait for an ACK, if the client has said it
 * @param granted    the OACK's options, empty if there is to be none
 */
record Negotiation(int blockSize, int windowSize, Optional<Duration> timeout, Map<String, String> granted) {

    /** RFC 2348: the least and the most that may be asked for. */
    static final int MIN_BLOCK_SIZE = 8;
    static final int MAX_BLOCK_SIZE = 65464;
    /** Enough for any link; more would only flood a ROM's few receive buffers. */
    static final int MAX_WINDOW_SIZE = 64;

    private static final int DEFAULT_BLOCK_SIZE = 512;
    private static final int MAX_TIMEOUT_SECONDS = 255;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

    /**
     * Grants what a request asks for as far as it can be had: {@code blksize} (RFC 2348), {@code timeout} and {@code tsize} (RFC 2349),
     * {@code windowsize} (RFC 7440).
     *
     * @param size         how much there is to send, if known
     * @param maxBlockSize what {@code blksize} is reduced to if more is asked for
     */
    static Negotiation of(ReadRequest request, OptionalLong size, int maxBlockSize) {
        int blockSize = DEFAULT_BLOCK_SIZE;
        int windowSize = 1;
        Optional<Duration> timeout = Optional.empty();
        Map<String, String> granted = new LinkedHashMap<>();
        for (Map.Entry<String, String> option : request.options().entrySet()) {
            OptionalInt asked = number(option.getValue());
            if (asked.isEmpty()) {
                continue;
            }
            int value = asked.getAsInt();
            switch (option.getKey()) {
                case "blksize" -> {
                    if (value >= MIN_BLOCK_SIZE) {
                        blockSize = Math.min(value, maxBlockSize);
                        granted.put("blksize", Integer.toString(blockSize));
                    }
                }
                case "windowsize" -> {
                    if (value >= 1) {
                        windowSize = Math.min(value, MAX_WINDOW_SIZE);
                        granted.put("windowsize", Integer.toString(windowSize));
                    }
                }
                case "timeout" -> {
                    // RFC 2349: to be granted as it is or not at all.
                    if (value >= 1 && value <= MAX_TIMEOUT_SECONDS) {
                        timeout = Optional.of(Duration.ofSeconds(value));
                        granted.put("timeout", Integer.toString(value));
                    }
                }
                case "tsize" -> size.ifPresent(bytes -> granted.put("tsize", Long.toString(bytes)));
                default -> {
                    // RFC 2347: not known, so not acknowledged.
                }
            }
        }
        return new Negotiation(blockSize, windowSize, timeout, granted);
    }

    private static OptionalInt number(String value) {
        return NUMBER.matcher(value).matches() ? OptionalInt.of(Integer.parseInt(value)) : OptionalInt.empty();
    }
}
