package io.talospxe.dns;

import java.util.List;

/**
 * An answer as one asker gets it. Immutable; its bytes are not to be changed.
 *
 * @param bytes the message
 * @param ttls  where in the message time-to-live fields are, as offsets in bytes
 * @param made  when it was made, on the program's nanosecond clock
 * @param life  for how many nanoseconds the same may be given again to whoever repeats the question; 0 for not at all
 */
public record Reply(byte[] bytes, List<Integer> ttls, long made, long life) {

    /** Copies the list. */
    public Reply {
        ttls = List.copyOf(ttls);
    }

    /** An answer that is good for once. */
    static Reply once(byte[] bytes, long now) {
        return new Reply(bytes, List.of(), now, 0);
    }
}
