package io.talospxe.asset;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which bytes of a file a {@code Range} header asks for (RFC 9110, section 14). */
public sealed interface ByteRange {

    /** Everything: the header is absent, not understood, or asks for several ranges, which a server may ignore (section 14.2). */
    record Whole() implements ByteRange { }

    /**
     * One stretch inside the file.
     *
     * @param first position of its first byte, counted from 0
     * @param last  position of its last byte, at least {@code first} and less than the file's size
     */
    record Part(long first, long last) implements ByteRange {

        /** Bytes in the stretch. */
        public long length() {
            return last - first + 1;
        }

        /** The {@code Content-Range} of a 206 response (section 14.4). */
        public String contentRange(long size) {
            return "bytes " + first + "-" + last + "/" + size;
        }
    }

    /** Begins behind the file's end: to be answered with 416. */
    record Unsatisfiable() implements ByteRange {

        /** The {@code Content-Range} of a 416 response (section 14.4). */
        public String contentRange(long size) {
            return "bytes */" + size;
        }
    }

    /** One range: first and last position, of which either may be left out. */
    Pattern ONE_RANGE = Pattern.compile("bytes=[ \t]*([0-9]*)-([0-9]*)[ \t]*", Pattern.CASE_INSENSITIVE);

    /**
     * Reads a {@code Range} header.
     *
     * @param header its value, or null if there is none
     * @param size   the file's size in bytes
     */
    static ByteRange parse(String header, long size) {
        Matcher range = ONE_RANGE.matcher(header == null ? "" : header);
        if (!range.matches()) {
            return new Whole();
        }
        String from = range.group(1);
        String to = range.group(2);
        if (from.isEmpty()) {
            return to.isEmpty() ? new Whole() : suffix(position(to), size);
        }
        long first = position(from);
        long last = to.isEmpty() ? Long.MAX_VALUE : position(to);
        if (last < first) {
            return new Whole();
        }
        return first < size ? new Part(first, Math.min(last, size - 1)) : new Unsatisfiable();
    }

    private static ByteRange suffix(long length, long size) {
        if (length == 0) {
            return new Unsatisfiable();
        }
        // The last bytes of an empty file are the empty file; Content-Range has no words for that.
        return size == 0 ? new Whole() : new Part(Math.max(0, size - length), size - 1);
    }

    // Digits without end are valid syntax (section 14.1.1): a position beyond any file, not an error.
    private static long position(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException beyondAnyFile) {
            return Long.MAX_VALUE;
        }
    }
}
