package io.talospxe.dns;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What is answered to a question, whoever asks it: records as bytes, ready to be fitted to each asker. Kept as bytes because that makes a
 * cached answer as cheap as a copy. Immutable.
 */
public final class Answer {

    private static final int MASK_AD = 1 << 15 - Flags.AD;

    private final byte[] wire;
    private final List<Integer> ttls;
    private final long made;
    private final long life;

    private Answer(byte[] wire, long made, long life) {
        this.wire = wire;
        this.ttls = ttls(wire);
        this.made = made;
        this.life = life;
    }

    /**
     * Takes a message for an answer.
     *
     * @param message an answer with its question and without OPT record
     * @param made    when its records had the time to live that they have, on the program's nanosecond clock
     * @param life    how long it may be given again; zero for not at all
     */
    static Answer of(Message message, long made, Duration life) {
        return new Answer(message.toWire(Message.MAXLENGTH), made, life.toNanos());
    }

    /** An answer without records. */
    static Answer of(Query query, int rcode, long made) {
        Message message = answering(query.name(), query.type());
        message.getHeader().setRcode(rcode);
        return of(message, made, Duration.ZERO);
    }

    /** The beginning of an answer: NOERROR, and the question. */
    static Message answering(Name name, int type) {
        Message message = new Message(0);
        Header header = message.getHeader();
        header.setFlag(Flags.QR);
        message.addRecord(Record.newRecord(name, type, DClass.IN), Section.QUESTION);
        return message;
    }

    /** Whether it may still be given at that time. */
    boolean fresh(long now) {
        return now - made < life;
    }

    /** Its size in bytes. */
    int length() {
        return wire.length;
    }

    /** Its response code. */
    int rcode() {
        return wire[3] & 0xf;
    }

    /**
     * The answer for one asker: its id and flags, its spelling of the name (RFC 4343), times to live as they are by now, an OPT record if
     * it sent one, and no more bytes than it takes.
     *
     * @param query the same question
     * @param now   the time on the program's nanosecond clock
     */
    public Reply to(Query query, long now) {
        long left = Math.max(0, life - (now - made));
        int size = wire.length + query.optLength();
        if (size > query.limit()) {
            return new Reply(query.truncated(wire[2] << 8 & 1 << 15 - Flags.AA), List.of(), now, left);
        }
        byte[] bytes = Arrays.copyOf(wire, size);
        ByteBuffer out = ByteBuffer.wrap(bytes);
        int flags = out.getShort(2) | 1 << 15 - Flags.RA | (query.recursionDesired() ? 1 << 15 - Flags.RD : 0)
            | (query.checkingDisabled() ? 1 << 15 - Flags.CD : 0);
        out.putShort((short) query.id()).putShort((short) (query.wantsAuthenticData() ? flags : flags & ~MASK_AD));
        out.put(Query.HEADER, query.wire(), Query.HEADER, query.questionEnd() - Query.HEADER);
        int age = (int) Duration.ofNanos(now - made).toSeconds();
        ttls.forEach(at -> out.putInt(at, Math.max(0, out.getInt(at) - age)));
        if (query.optLength() > 0) {
            out.putShort(10, (short) (out.getShort(10) + 1));
            query.putOpt(out.position(wire.length), Rcode.NOERROR);
        }
        return new Reply(bytes, ttls, now, left);
    }

    /** Finds the time-to-live fields in a message that we wrote ourselves. */
    private static List<Integer> ttls(byte[] wire) {
        ByteBuffer in = ByteBuffer.wrap(wire);
        int records = in.getShort(6) + in.getShort(8) + in.getShort(10);
        in.position(Query.HEADER);
        skipName(in);
        in.position(in.position() + 4);
        List<Integer> found = new ArrayList<>();
        for (int record = 0; record < records; record++) {
            skipName(in);
            if (in.getShort() == Type.OPT) {
                throw new IllegalArgumentException("an answer gets its OPT record when it is fitted to its asker");
            }
            in.getShort();
            found.add(in.position());
            in.getInt();
            int length = in.getShort() & 0xffff;
            in.position(in.position() + length);
        }
        return List.copyOf(found);
    }

    private static void skipName(ByteBuffer in) {
        int length = in.get() & 0xff;
        while (length > 0 && length < 0xc0) {
            in.position(in.position() + length);
            length = in.get() & 0xff;
        }
        if (length >= 0xc0) {
            in.get();
        }
    }
}
