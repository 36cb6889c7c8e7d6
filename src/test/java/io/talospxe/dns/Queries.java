package io.talospxe.dns;

import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Questions as askers send them, made by dnsjava. */
public final class Queries {

    private Queries() {
    }

    /** A question with RD. */
    public static Message message(String name, String type) {
        return Message.newQuery(Record.newRecord(Name.fromConstantString(name), Type.value(type), DClass.IN));
    }

    /** The same with an OPT record. */
    public static Message edns(String name, String type, int payload, boolean dnssecOk) {
        Message message = message(name, type);
        message.addRecord(new OPTRecord(payload, 0, 0, dnssecOk ? ExtendedFlags.DO : 0), Section.ADDITIONAL);
        return message;
    }

    static Query of(Message message) {
        return Query.read(message.toWire(), false).orElseThrow();
    }

    static Query of(String name, String type) {
        return of(message(name, type));
    }

    static Query withoutRecursion(String name, String type) {
        Message message = message(name, type);
        message.getHeader().unsetFlag(Flags.RD);
        return of(message);
    }
}
