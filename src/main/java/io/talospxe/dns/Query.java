package io.talospxe.dns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A message from somebody who asks (RFC 1035, section 4; EDNS: RFC 6891). Immutable; its bytes are not to be changed. */
public final class Query {

    /** The largest message that we send or take over UDP, in bytes: fits every path without fragments (DNS flag day 2020). */
    public static final int PAYLOAD = 1232;

    static final int HEADER = 12;

    private static final int PLAIN_PAYLOAD = 512;
    private static final int LARGEST = 65_535;
    private static final int OPT_LENGTH = 11;
    // TKEY to MAILA, RFC 6895, section 3.1: types that are no data; 255 is ANY
    private static final int FIRST_META_TYPE = 249;

    private final byte[] wire;
    private final boolean tcp;
    private final int questionEnd;
    private final Name name;
    private final int type;
    private final Optional<OPTRecord> opt;
    private final int objection;

    private Query(byte[] wire, boolean tcp, int objection) {
        this(wire, tcp, HEADER, Name.root, Type.A, Optional.empty(), objection);
    }

    private Query(byte[] wire, boolean tcp, int questionEnd, Name name, int type, Optional<OPTRecord> opt, int objection) {
        this.wire = wire;
        this.tcp = tcp;
        this.questionEnd = questionEnd;
        this.name = name;
        this.type = type;
        this.opt = opt;
        this.objection = objection;
    }

    /**
     * Reads a message.
     *
     * @param wire the message, which is kept and not copied
     * @param tcp  whether it came over TCP, where answers of any length may go back
     * @return empty for what must be left unanswered: an answer (it would start a loop), or less than a header
     */
    public static Optional<Query> read(byte[] wire, boolean tcp) {
        if (wire.length < HEADER || !mayBe(wire.length, wire[2])) {
            return Optional.empty();
        }
        if ((wire[2] >> 3 & 0xf) != Opcode.QUERY) {
            return Optional.of(new Query(wire, tcp, Rcode.NOTIMP));
        }
        try {
            return Optional.of(read(new Message(wire), wire, tcp));
        } catch (IOException | RuntimeException malformed) {
            // RuntimeException too: dnsjava reads what strangers send, and no message of theirs may be more than a malformed one.
            return Optional.of(new Query(wire, tcp, Rcode.FORMERR));
        }
    }

    /** Whether a message can be one that is answered at all: it has a header, and is no answer itself (QR, the third byte's first bit). */
    public static boolean mayBe(int length, byte third) {
        return length >= HEADER && third >= 0;
    }

    private static Query read(Message message, byte[] wire, boolean tcp) {
        List<Record> questions = message.getSection(Section.QUESTION);
        List<Record> opts = message.getSection(Section.ADDITIONAL).stream().filter(OPTRecord.class::isInstance).toList();
        int end = questionEnd(wire);
        if (questions.size() != 1 || opts.size() > 1 || end < 0) {
            return new Query(wire, tcp, Rcode.FORMERR);
        }
        Record question = questions.get(0);
        Optional<OPTRecord> opt = opts.stream().map(OPTRecord.class::cast).findFirst();
        return new Query(wire, tcp, end, question.getName().canonicalize(), question.getType(), opt, objection(message, question, opt));
    }

    private static int objection(Message message, Record question, Optional<OPTRecord> opt) {
        int type = question.getType();
        if (opt.isPresent() && opt.get().getVersion() != 0) {
            return Rcode.BADVERS;
        }
        if (question.getDClass() != DClass.IN || type == Type.OPT || type >= FIRST_META_TYPE && type < Type.ANY) {
            return Rcode.REFUSED;
        }
        boolean more = !message.getSection(Section.ANSWER).isEmpty() || !message.getSection(Section.AUTHORITY).isEmpty();
        return more ? Rcode.FORMERR : Rcode.NOERROR;
    }

    /** Where the question ends; -1 if its name is compressed, which nobody does in a question and which would not bear to be copied. */
    private static int questionEnd(byte[] wire) {
        int at = HEADER;
        while (at < wire.length && wire[at] > 0) {
            at += wire[at] + 1;
        }
        return at + 5 <= wire.length && wire[at] == 0 ? at + 5 : -1;
    }

    /** The name asked for, in lower case. */
    public Name name() {
        return name;
    }

    /** The type asked for, as {@link Type} has it. */
    public int type() {
        return type;
    }

    /** {@link Rcode#NOERROR} for a question that can be answered; else the code that it must be refused with. */
    public int objection() {
        return objection;
    }

    /** Whether the asker wants others to be asked (RD). */
    public boolean recursionDesired() {
        return (wire[2] & 1) != 0;
    }

    /** Whether the asker wants signatures (DO, RFC 3225). */
    public boolean dnssecOk() {
        return opt.isPresent() && (opt.get().getFlags() & ExtendedFlags.DO) != 0;
    }

    /** Whether the asker validates by itself (CD, RFC 4035, section 3.2.2). */
    public boolean checkingDisabled() {
        return (wire[3] & 0x10) != 0;
    }

    /** Whether the asker understands what AD means in an answer (RFC 6840, section 5.8). */
    boolean wantsAuthenticData() {
        return dnssecOk() || (wire[3] & 0x20) != 0;
    }

    /** The bytes that were received. */
    public byte[] wire() {
        return wire;
    }

    int id() {
        return (wire[0] & 0xff) << 8 | wire[1] & 0xff;
    }

    int questionEnd() {
        return questionEnd;
    }

    /** How many bytes an answer may have. */
    int limit() {
        if (tcp) {
            return LARGEST;
        }
        return opt.map(record -> Math.max(PLAIN_PAYLOAD, Math.min(PAYLOAD, record.getPayloadSize()))).orElse(PLAIN_PAYLOAD);
    }

    /** How many bytes {@link #putOpt} puts. */
    int optLength() {
        return opt.isPresent() ? OPT_LENGTH : 0;
    }

    /** Puts our OPT record if the asker sent one (RFC 6891, section 7). */
    void putOpt(ByteBuffer out, int rcode) {
        if (opt.isPresent()) {
            out.put((byte) 0).putShort((short) Type.OPT).putShort((short) PAYLOAD).put((byte) (rcode >> 4)).put((byte) 0)
                .putShort((short) (dnssecOk() ? 0x8000 : 0)).putShort((short) 0);
        }
    }

    /** An answer without records: the question, as far as it could be read, and a code. */
    public byte[] with(int rcode) {
        return empty(rcode, 0);
    }

    /** An answer that only says: ask again over TCP. */
    byte[] truncated(int flags) {
        return empty(Rcode.NOERROR, flags | 1 << 15 - Flags.TC);
    }

    private byte[] empty(int rcode, int flags) {
        ByteBuffer out = ByteBuffer.allocate(questionEnd + optLength());
        out.putShort((short) id()).putShort((short) (flags | 1 << 15 | wire[2] << 8 & 0x7900 | 0x80 | wire[3] & 0x10 | rcode & 0xf));
        out.putShort((short) (questionEnd > HEADER ? 1 : 0)).putInt(0).putShort((short) (opt.isPresent() ? 1 : 0));
        out.put(wire, HEADER, questionEnd - HEADER);
        putOpt(out, rcode);
        return out.array();
    }
}
