package io.talospxe.net;

import io.talospxe.net.Link.Address;
import io.talospxe.net.Link.LinkException;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What we change on one interface, and how it is taken back. Changes go through iproute2 and are logged as the command that a person could
 * type. The command that takes a change back is written down before the change is made, in a folder that the next start of the computer
 * empties as it does the kernel's tables; so a run after one that was killed first takes back what that one left. Safe for several threads.
 */
public final class LinkChanges implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LinkChanges.class);

    private static final Path FOLDER = Path.of("/run/talos-pxe");
    private static final Pattern UNDO = Pattern.compile("(address delete|route delete|link set) [A-Za-z0-9:./@_ -]+");
    private static final String LINK_DOWN = "link set";
    /** Behind what a person or the system has set, so that a computer with another way out keeps it. */
    private static final String METRIC = "1024";

    private final Link link;
    private final Path journal;
    private final List<String> undo = new ArrayList<>();
    private boolean unwritable;

    private LinkChanges(Link link, Path journal) {
        this.link = link;
        this.journal = journal;
    }

    /**
     * Changes of an interface; takes back first what an earlier run that was killed has left on it, or on interfaces that it tried.
     *
     * @throws LinkException if another run is at work on it
     */
    public static LinkChanges on(Link link) throws LinkException {
        return on(link, FOLDER);
    }

    /** @param folder where journals are kept */
    static LinkChanges on(Link link, Path folder) throws LinkException {
        // Interfaces of one name in two network namespaces are two.
        String network = namespace();
        Path journal = folder.resolve(network + "-" + link.name());
        LinkChanges changes = new LinkChanges(link, journal);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, network + "-*")) {
            for (Path file : left) {
                Journal found = Journal.read(file);
                boolean own = file.equals(journal);
                if (!found.ownerLives()) {
                    changes.recover(file, found.lines(), own);
                } else if (own) {
                    throw new LinkException("Another talos-pxe (pid " + found.pid() + ") is at work on " + link.name() + ". Stop it first.");
                }
            }
        } catch (IOException nothingLeft) {
            LOG.debug("No journals in {}: {}", folder, nothingLeft.toString());
        }
        return changes;
    }

    /** The interface. */
    public Link link() {
        return link;
    }

    /**
     * Sets the link up, if it is not.
     *
     * @throws LinkException if iproute2 refuses
     */
    public synchronized void up() throws LinkException {
        if (!link.isUp()) {
            change("link set dev " + link.name() + " down", "link", "set", "dev", link.name(), "up");
        }
    }

    /**
     * Adds an address.
     *
     * @throws LinkException if iproute2 refuses
     */
    public synchronized void add(Address address) throws LinkException {
        change("address delete " + address + " dev " + link.name(), "address", "add", address.toString(), "broadcast", "+", "dev", link.name());
    }

    /** Takes an address that we added away before the end; one that we did not add stays. */
    public synchronized void remove(Address address) {
        takeBack("address delete " + address + " dev " + link.name());
    }

    /**
     * Adds a route; it counts only where the host has no better one.
     *
     * @param destination as iproute2 writes it, {@code 0.0.0.0/0} being the default
     * @param gateway     the next router; empty for a destination on this link
     * @throws LinkException if iproute2 refuses
     */
    public synchronized void addRoute(String destination, Optional<Inet4Address> gateway) throws LinkException {
        String[] add = route("add", destination, gateway);
        change(String.join(" ", route("delete", destination, gateway)), add);
    }

    /** Takes a route that we added away before the end. */
    public synchronized void removeRoute(String destination, Optional<Inet4Address> gateway) {
        takeBack(String.join(" ", route("delete", destination, gateway)));
    }

    /** Takes everything back, newest first. */
    @Override
    public synchronized void close() {
        for (String command : newestFirst(undo)) {
            takeBack(command);
        }
    }

    private String[] route(String verb, String destination, Optional<Inet4Address> gateway) {
        List<String> words = new ArrayList<>(List.of("route", verb, destination));
        gateway.ifPresent(router -> words.addAll(List.of("via", router.getHostAddress())));
        words.addAll(List.of("dev", link.name(), "metric", METRIC, "proto", "dhcp"));
        return words.toArray(String[]::new);
    }

    private void change(String back, String... words) throws LinkException {
        undo.add(back);
        write();
        try {
            LOG.info("ip {}", String.join(" ", words));
            ip(words);
        } catch (LinkException refused) {
            undo.remove(back);
            write();
            throw refused;
        }
    }

    private void takeBack(String command) {
        if (!undo.contains(command)) {
            return;
        }
        run(command);
        undo.remove(command);
        write();
    }

    /** The kernel takes routes away with their address and addresses with their interface: that something is gone already is no failure. */
    private static void run(String command) {
        try {
            LOG.info("ip {}", command);
            ip(command.split(" "));
        } catch (LinkException gone) {
            LOG.debug("{}", gone.getMessage());
        }
    }

    private void recover(Path file, List<String> lines, boolean own) throws IOException {
        LOG.warn("An earlier run of talos-pxe was killed before it could take back what it had changed on {}: this is done now.",
            file.getFileName().toString().replaceFirst("[^-]*-", ""));
        for (String command : newestFirst(lines)) {
            if (!UNDO.matcher(command).matches()) {
                continue;
            }
            if (own && command.startsWith(LINK_DOWN)) {
                // Down and up again would cost the link's negotiation. It goes down at our end.
                undo.add(command);
            } else {
                run(command);
            }
        }
        if (own) {
            write();
        } else {
            Files.deleteIfExists(file);
        }
    }

    private void write() {
        try {
            if (undo.isEmpty()) {
                Files.deleteIfExists(journal);
                return;
            }
            Files.createDirectories(journal.getParent(), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path next = journal.resolveSibling("." + journal.getFileName());
            Files.write(next, Journal.of(undo));
            Files.move(next, journal, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException refused) {
            if (!unwritable) {
                LOG.warn("{} cannot be written ({}): if this run is killed, what it changed on {} stays.", journal, refused.getMessage(), link.name());
            }
            unwritable = true;
        }
    }

    private static List<String> newestFirst(List<String> commands) {
        List<String> reversed = new ArrayList<>(commands);
        Collections.reverse(reversed);
        return reversed;
    }

    /** The inode of our network namespace. */
    private static String namespace() {
        try {
            return String.valueOf(Files.readAttributes(Path.of("/proc/self/ns/net"), BasicFileAttributes.class).fileKey()).replaceAll(".*ino=([0-9]+).*", "$1");
        } catch (IOException noProc) {
            return "0";
        }
    }

    private static void ip(String... arguments) throws LinkException {
        String command = "ip " + String.join(" ", arguments);
        try {
            String[] words = new String[arguments.length + 1];
            words[0] = "ip";
            System.arraycopy(arguments, 0, words, 1, arguments.length);
            Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes()).strip();
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new LinkException("'" + command + "' did not end within 10 seconds");
            }
            if (process.exitValue() != 0) {
                throw new LinkException("'" + command + "' failed: " + output
                    + ". Run as root, or with --skip-ifup on an interface that is ready.");
            }
        } catch (IOException missing) {
            throw new LinkException("'" + command + "' could not be run: is iproute2 installed?");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new LinkException("'" + command + "' was interrupted");
        }
    }

    /**
     * What a journal's file holds: the process that wrote it in the first line, then the commands without the word {@code ip}.
     *
     * @param owner process id and start in milliseconds of the epoch
     * @param lines the commands, oldest first
     */
    private record Journal(String owner, List<String> lines) {

        static Journal read(Path file) throws IOException {
            List<String> lines = Files.readAllLines(file);
            return new Journal(lines.isEmpty() ? "" : lines.get(0), lines.isEmpty() ? List.of() : lines.subList(1, lines.size()));
        }

        static List<String> of(List<String> commands) {
            List<String> lines = new ArrayList<>();
            lines.add(identity(ProcessHandle.current()));
            lines.addAll(commands);
            return lines;
        }

        String pid() {
            return owner.split(" ", 2)[0];
        }

        boolean ownerLives() {
            String pid = pid();
            Optional<ProcessHandle> process = pid.matches("[0-9]{1,9}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
            return process.filter(ProcessHandle::isAlive).filter(alive -> identity(alive).equals(owner)).isPresent();
        }

        private static String identity(ProcessHandle process) {
            return process.pid() + " " + process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
        }
    }
}
