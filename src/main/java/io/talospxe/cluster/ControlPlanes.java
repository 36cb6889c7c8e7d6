package io.talospxe.cluster;

import io.talospxe.ip.Ipv4;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control-plane machines of this network, and which of them answer. A machine becomes one by fetching such a configuration, or stands
 * in the settings; every few seconds each is asked whether the Kubernetes API (by a TLS hello) and the Talos API (by a connection: a hello
 * would leave a line in its log each time) live. Safe for several threads.
 */
public final class ControlPlanes implements AutoCloseable {

    /** Machines that joined, the newest; a cluster has three or five, the others were replaced long ago. */
    static final int LIMIT = 100;

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlanes.class);

    private final List<String> fixed;
    private final List<Integer> ports;
    private final Duration interval;
    private final Checks checks;
    private final Thread checker;

    // Guarded by this
    private final Map<String, String> joined = new LinkedHashMap<>();
    private final Map<InetSocketAddress, State> states = new HashMap<>();
    private boolean newcomer;
    private boolean closed;

    /** What is known of a listener: whether it answers, and when ({@link System#nanoTime}) it last did not. */
    private record State(boolean answers, long failed) {
    }

    /**
     * @param fixed          addresses of machines that are control planes whatever they fetch; see {@link #addresses}
     * @param kubernetesPort the port of the Kubernetes API on the machines, 6443
     * @param talosPort      the port of the Talos API on the machines, 50000
     * @param interval       how often each machine is asked
     * @param timeout        how long its answer may take
     */
    public ControlPlanes(List<String> fixed, int kubernetesPort, int talosPort, Duration interval, Duration timeout) {
        this.fixed = List.copyOf(fixed);
        this.ports = List.of(kubernetesPort, talosPort);
        this.interval = interval;
        this.checks = new Checks(Set.of(kubernetesPort), timeout);
        this.checker = new Thread(this::watch, "control-planes");
        checker.setDaemon(true);
    }

    /**
     * Reads a list of IPv4 addresses with commas between; it may be empty.
     *
     * @throws IllegalArgumentException if one is not an address; the message is the end of a sentence that begins with "it"
     */
    public static List<String> addresses(String list) {
        List<String> addresses = Arrays.stream(list.split(",")).map(String::strip).filter(text -> !text.isEmpty()).toList();
        addresses.stream().filter(text -> !Ipv4.isAddress(text)).findFirst().ifPresent(wrong -> {
            throw new IllegalArgumentException(
                "must be IPv4 addresses with commas between, as 10.77.0.5,10.77.0.6; '" + wrong + "' is none");
        });
        return addresses;
    }

    /** Begins to ask the machines, on a thread of its own; nothing is asked while there are none. To be called once. */
    public void start() {
        checker.start();
    }

    /**
     * A machine fetched a control-plane configuration. It replaces what was known under the same key, and whoever had the same address.
     *
     * @param key     its MAC, or its address when the MAC is unknown
     * @param address its IPv4 address
     * @throws IllegalArgumentException if {@code address} is none
     */
    public synchronized void join(String key, String address) {
        if (!Ipv4.isAddress(address)) {
            throw new IllegalArgumentException("'" + address + "' is not an IPv4 address");
        }
        boolean known = all().contains(address);
        leave(key, address);
        joined.put(key, address);
        if (joined.size() > LIMIT) {
            joined.remove(joined.keySet().iterator().next());
        }
        if (!known) {
            newcomer = true;
            notifyAll();
        }
    }

    /** The machine with that key, and whichever machine had that address, is no control plane any more; those of the settings stay. */
    public synchronized void leave(String key, String address) {
        joined.remove(key);
        joined.values().removeIf(address::equals);
    }

    /** The addresses of all control planes, those of the settings first, then in the order in which they joined. */
    public synchronized List<String> all() {
        return Stream.concat(fixed.stream(), joined.values().stream()).distinct().toList();
    }

    /** The addresses of those that answer on one port at least, in the order of {@link #all}. */
    public synchronized List<String> answering() {
        return all().stream().filter(address -> ports.stream().anyMatch(port -> answers(address, port))).toList();
    }

    /**
     * The addresses of those that answer on {@code port}, in the order of {@link #all}. For a port that is never asked, as an ingress of
     * the site's own, of those that answer on any other.
     */
    public synchronized List<String> healthy(int port) {
        return ports.contains(port) ? all().stream().filter(address -> answers(address, port)).toList() : answering();
    }

    /** Somebody could not connect to {@code listener}: it counts as dead until it answers again. Unknown ones are ignored. */
    public synchronized void failed(InetSocketAddress listener) {
        if (listeners().contains(listener)) {
            learn(listener, Optional.of("a connection to it failed"), System.nanoTime());
        }
    }

    /** Ends the questions. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        checker.interrupt();
    }

    private boolean answers(String address, int port) {
        State state = states.get(new InetSocketAddress(literal(address), port));
        return state != null && state.answers;
    }

    private List<InetSocketAddress> listeners() {
        return all().stream().map(ControlPlanes::literal)
            .flatMap(address -> ports.stream().map(port -> new InetSocketAddress(address, port))).toList();
    }

    private void watch() {
        try {
            while (true) {
                List<InetSocketAddress> due = due();
                if (due.isEmpty()) {
                    return;
                }
                long begun = System.nanoTime();
                try {
                    checks.run(due, (listener, why) -> learn(listener, why, begun));
                } catch (ClosedByInterruptException stopped) {
                    return;
                } catch (IOException exhausted) {
                    LOG.warn("The control planes could not be asked whether they live: {}", exhausted.getMessage());
                }
                rest(begun + interval.toNanos());
            }
        } catch (InterruptedException stopped) {
            // close() was called.
        }
    }

    /** Waits until there is somebody to ask; empty when there is nothing more to do. */
    private synchronized List<InetSocketAddress> due() throws InterruptedException {
        while (!closed && all().isEmpty()) {
            wait();
        }
        newcomer = false;
        List<InetSocketAddress> due = closed ? List.of() : listeners();
        states.keySet().retainAll(due);
        return due;
    }

    private synchronized void rest(long until) throws InterruptedException {
        for (long left = until - System.nanoTime(); left > 0 && !newcomer && !closed; left = until - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
    }

    /** Takes note of what a listener answered to a question that was begun at {@code asked}. */
    private synchronized void learn(InetSocketAddress listener, Optional<String> why, long asked) {
        State before = states.getOrDefault(listener, new State(false, asked));
        boolean answers = why.isEmpty();
        // It may have died since the question: then the answer is old.
        if (closed || answers && before.failed - asked > 0) {
            return;
        }
        states.put(listener, new State(answers, answers ? before.failed : System.nanoTime()));
        String address = listener.getAddress().getHostAddress();
        if (answers && !before.answers) {
            LOG.info("Control plane {} answers on {}", address, listener.getPort());
        } else if (!answers && before.answers) {
            LOG.warn("Control plane {} no longer answers on {}: {}", address, listener.getPort(), why.get());
        }
    }

    /** The address that {@code text}, which is known to be one, spells; nobody is asked for a name. */
    private static InetAddress literal(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address", impossible);
        }
    }
}
