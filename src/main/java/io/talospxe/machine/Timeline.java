package io.talospxe.machine;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which machines are on their way: when each was last sent a script, by MAC and by address. Holds the newest {@value #LIMIT} keys. Safe
 * for several threads.
 */
public final class Timeline {

    private static final int LIMIT = 20_000;

    private final Clock clock;
    private final Map<String, Instant> scripted = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > LIMIT;
        }
    };

    /** @param clock tells the time */
    public Timeline(Clock clock) {
        this.clock = clock;
    }

    /** Takes note of an event; only {@link Stage#SCRIPTED} matters here. */
    public synchronized void record(BootEvent event) {
        if (event.stage() == Stage.SCRIPTED) {
            Instant now = clock.instant();
            for (String key : new String[] {event.mac(), event.address()}) {
                if (!key.isEmpty()) {
                    scripted.put(key, now);
                }
            }
        }
    }

    /** Whether the machine with that MAC or that address was sent a script within the last {@code window}. Either may be empty. */
    public synchronized boolean booting(String mac, String address, Duration window) {
        Instant since = clock.instant().minus(window);
        return scripted.getOrDefault(mac, Instant.MIN).isAfter(since) || scripted.getOrDefault(address, Instant.MIN).isAfter(since);
    }
}
