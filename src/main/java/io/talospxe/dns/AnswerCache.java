package io.talospxe.dns;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.xbill.DNS.Name;

/** Answers of forwarders for as long as their times to live say. The least used goes when there are too many. Safe for several threads. */
final class AnswerCache {

    private static final int ENTRIES = 10_000;
    private static final int BYTES = 16 * 1024 * 1024;

    private final Map<Key, Answer> answers = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    /**
     * What makes two questions one: a validator must not be given what was fetched for somebody else (RFC 4035, section 4.5).
     *
     * @param name             the name in lower case
     * @param type             the type
     * @param dnssecOk         whether signatures are wanted
     * @param checkingDisabled whether the forwarder shall leave them unchecked
     */
    record Key(Name name, int type, boolean dnssecOk, boolean checkingDisabled) {
        static Key of(Query query) {
            return new Key(query.name(), query.type(), query.dnssecOk(), query.checkingDisabled());
        }
    }

    /** The answer, if there is one that still lives. */
    synchronized Optional<Answer> get(Key key, long now) {
        Answer found = answers.get(key);
        if (found != null && !found.fresh(now)) {
            bytes -= answers.remove(key).length();
            return Optional.empty();
        }
        return Optional.ofNullable(found);
    }

    /** Keeps an answer that lives for some time. */
    synchronized void put(Key key, Answer answer, long now) {
        if (!answer.fresh(now)) {
            return;
        }
        Answer former = answers.put(key, answer);
        bytes += answer.length() - (former == null ? 0 : former.length());
        while (answers.size() > ENTRIES || bytes > BYTES) {
            Key eldest = answers.keySet().iterator().next();
            bytes -= answers.remove(eldest).length();
        }
    }

    synchronized int size() {
        return answers.size();
    }
}
