package io.talospxe.net;

import io.talospxe.net.Link.LinkException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Finds the interface to serve on: the one that is named, else the only one with a carrier. Waits for one that is not there yet or has no
 * link, for a stick boots faster than a switch, and says what it waits for. For one thread.
 */
public final class LinkSearch {

    private static final Duration LOOK = Duration.ofMillis(250);
    /** How long the other cards get to find their link once the first has one. */
    private static final Duration SETTLE = Duration.ofSeconds(2);
    private static final Duration REMIND = Duration.ofMinutes(1);

    private final Consumer<String> say;
    private final Supplier<List<Link>> links;
    private final Pause pause;
    private final boolean untouched;
    private final Map<String, LinkChanges> raised = new HashMap<>();
    private Duration silent = REMIND;

    /** Lets time pass. */
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    /**
     * @param untouched whether interfaces must be left as they are, so that one that is down stays down
     * @param say       is told what is waited for, in sentences
     */
    public LinkSearch(boolean untouched, Consumer<String> say) {
        this(untouched, say, Link::all, time -> Thread.sleep(time.toMillis()));
    }

    /**
     * @param links the host's interfaces as they are now
     * @param pause lets time pass
     */
    LinkSearch(boolean untouched, Consumer<String> say, Supplier<List<Link>> links, Pause pause) {
        this.untouched = untouched;
        this.say = say;
        this.links = links;
        this.pause = pause;
    }

    /**
     * The interface of that name, as soon as it is there.
     *
     * @throws LinkException if another run of ours is at work on it
     */
    public LinkChanges named(String name) throws LinkException, InterruptedException {
        for (;;) {
            Optional<Link> found = Link.find(name);
            if (found.isPresent()) {
                return LinkChanges.on(found.get());
            }
            await("There is no interface '" + name + "' yet; waiting for it. There are: " + Link.names(links.get()) + ".");
        }
    }

    /**
     * The only interface that has a link, as soon as one has. Network cards are looked at, and other interfaces only on a host without cards.
     * Cards that are down are set up to see, and taken down again if it was not them.
     *
     * @throws LinkException if several have one: the sentence lists them
     */
    public LinkChanges only() throws LinkException, InterruptedException {
        try {
            while (connected().isEmpty()) {
                raise();
                List<Link> candidates = candidates();
                await(candidates.isEmpty() ? "There is no network interface yet; waiting for one."
                    : "No link yet on " + Link.names(candidates) + ": waiting for a cable, or for the switch to wake up.");
            }
            if (!raised.isEmpty()) {
                pause.of(SETTLE);
            }
            List<Link> connected = connected();
            if (connected.size() > 1) {
                throw new LinkException("Several interfaces have a link: " + Link.names(connected) + ". Name the one that the machines are on with --if.");
            }
            if (connected.isEmpty()) {
                return only();
            }
            LinkChanges chosen = raised.remove(connected.get(0).name());
            return chosen != null ? chosen : LinkChanges.on(connected.get(0));
        } finally {
            raised.values().forEach(LinkChanges::close);
            raised.clear();
        }
    }

    /** Returns when the interface has a link. It should be up. */
    public void carrier(Link link) throws InterruptedException {
        while (!link.hasCarrier()) {
            await("No link on " + link.name() + " yet: waiting for a cable, or for the switch to wake up.");
        }
    }

    private List<Link> candidates() {
        List<Link> ethernet = links.get().stream().filter(Link::isEthernet).toList();
        List<Link> cards = ethernet.stream().filter(Link::isHardware).toList();
        return cards.isEmpty() ? ethernet : cards;
    }

    private List<Link> connected() {
        return candidates().stream().filter(Link::hasCarrier).toList();
    }

    private void raise() throws LinkException {
        if (untouched) {
            return;
        }
        for (Link link : candidates()) {
            if (!link.isUp()) {
                raised.put(link.name(), LinkChanges.on(link));
                raised.get(link.name()).up();
            }
        }
    }

    private void await(String sentence) throws InterruptedException {
        if (silent.compareTo(REMIND) >= 0) {
            say.accept(sentence);
            silent = Duration.ZERO;
        }
        pause.of(LOOK);
        silent = silent.plus(LOOK);
    }
}
