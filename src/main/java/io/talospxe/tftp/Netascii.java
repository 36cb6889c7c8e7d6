package io.talospxe.tftp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;

/**
 * Content as text on the wire: LF becomes CR LF, and a lone CR becomes CR NUL (RFC 1350, section 1; RFC 764). Converted while it is read,
 * so the size is not known before the end. Can be read again from the start of any of the last {@value #REMEMBERED} blocks.
 */
final class Netascii implements Content {

    private static final int REMEMBERED = Negotiation.MAX_WINDOW_SIZE + 1;

    private final Content source;
    private final Deque<Mark> marks = new ArrayDeque<>();

    Netascii(Content source) {
        this.source = source;
        marks.add(new Mark(0, 0, false));
    }

    /** Where a block of the text starts in the source; {@code halfway} if it starts with the second byte of a converted pair. */
    private record Mark(long position, long sourcePosition, boolean halfway) {
    }

    @Override
    public OptionalLong size() {
        return OptionalLong.empty();
    }

    @Override
    public ByteBuffer read(long position, int length) throws IOException {
        while (marks.getLast().position > position) {
            marks.removeLast();
        }
        Mark start = marks.getLast();
        ByteBuffer raw = source.read(start.sourcePosition, length);
        ByteBuffer text = ByteBuffer.allocate(length);
        boolean halfway = start.halfway;
        int taken = 0;
        while (text.hasRemaining() && taken < raw.remaining()) {
            byte next = raw.get(raw.position() + taken);
            if (next != '\n' && next != '\r') {
                text.put(next);
                taken++;
            } else if (halfway) {
                text.put(next == '\n' ? next : 0);
                halfway = false;
                taken++;
            } else {
                text.put((byte) '\r');
                halfway = true;
            }
        }
        if (text.position() > 0) {
            marks.addLast(new Mark(position + text.position(), start.sourcePosition + taken, halfway));
        }
        if (marks.size() > REMEMBERED) {
            marks.removeFirst();
        }
        return text.flip();
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
