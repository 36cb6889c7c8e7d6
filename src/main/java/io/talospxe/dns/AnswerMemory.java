package io.talospxe.dns;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers of the last seconds, for askers that repeat a question byte for byte. A route decides what is answered, and it may decide by the
 * asker: so an answer is given again only to the same address, on the same address of ours, and for {@value #SECONDS} seconds at most,
 * after which the route is asked again. Bounded. Safe for several threads.
 */
public final class AnswerMemory {

    private static final int SECONDS = 5;
    private static final int ENTRIES = 10_000;
    private static final int LONGEST_QUERY = 300;
    private static final int ID_LENGTH = 2;

    private final Map<Key, Reply> replies = new ConcurrentHashMap<>();

    /** Who asked where, and all that was asked but the id. Comparable, so that a thousand keys that collide cost a dozen comparisons. */
    private record Key(byte[] bytes, int hash) implements Comparable<Key> {

        Key(byte[] bytes) {
            this(bytes, Arrays.hashCode(bytes));
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Key key && hash == key.hash && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public int compareTo(Key other) {
            return Arrays.compare(bytes, other.bytes);
        }
    }

    /**
     * Begins a key: the two addresses, and room for the query less its id, which the caller copies to the end of it.
     *
     * @param local  our address
     * @param asker  the asker's address
     * @param length the query's length in bytes; see {@link #holds}
     */
    public static byte[] key(InetAddress local, InetAddress asker, int length) {
        byte[] here = local.getAddress();
        byte[] there = asker.getAddress();
        byte[] key = Arrays.copyOf(here, here.length + there.length + length - ID_LENGTH);
        System.arraycopy(there, 0, key, here.length, there.length);
        return key;
    }

    /** Whether a query of that many bytes can be in here. */
    public static boolean holds(int length) {
        return length > Query.HEADER && length <= LONGEST_QUERY;
    }

    /**
     * The answer to be given again, if there is one that still may. What remains to be done to a copy of its bytes: the asker's id, and
     * times to live less the seconds since it was made.
     *
     * @param key a complete key, which is not to be changed any more
     * @param now the time on the program's nanosecond clock
     */
    public Optional<Reply> recall(byte[] key, long now) {
        return Optional.ofNullable(replies.get(new Key(key))).filter(found -> now - found.made() < found.life());
    }

    /** Keeps an answer if it may be given again. */
    public void remember(InetAddress local, InetAddress asker, Query query, Reply reply) {
        byte[] wire = query.wire();
        long life = Math.min(reply.life(), Duration.ofSeconds(SECONDS).toNanos());
        if (life <= 0 || !holds(wire.length) || reply.bytes().length > Query.PAYLOAD) {
            return;
        }
        if (replies.size() >= ENTRIES) {
            // They last for seconds only: to begin anew costs less than to keep an order.
            replies.clear();
        }
        byte[] key = key(local, asker, wire.length);
        System.arraycopy(wire, ID_LENGTH, key, key.length - wire.length + ID_LENGTH, wire.length - ID_LENGTH);
        replies.put(new Key(key), new Reply(reply.bytes(), reply.ttls(), reply.made(), life));
    }
}
