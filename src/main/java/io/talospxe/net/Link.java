package io.talospxe.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A network interface of this host. Changes go through iproute2 and are logged as the command that a person could type. */
public final class Link {

    private static final Logger LOG = LoggerFactory.getLogger(Link.class);

    private static final Path INTERFACES = Path.of("/sys/class/net");

    private final String name;

    private Link(String name) {
        this.name = name;
    }

    /**
     * An IPv4 address with the length of its network's prefix.
     *
     * @param address the address
     * @param prefix  0 to 32
     */
    public record Address(Inet4Address address, int prefix) {
        /** As iproute2 writes it: {@code 192.168.123.1/24}. */
        @Override
        public String toString() {
            return address.getHostAddress() + "/" + prefix;
        }
    }

    /** An interface is missing, or a change to it was refused. The message is a sentence for people. */
    public static final class LinkException extends Exception {
        /** @param sentence what is wrong and what to do */
        public LinkException(String sentence) {
            super(sentence);
        }
    }

    /**
     * The interface of that name.
     *
     * @throws LinkException naming the interfaces that there are, if it is not one of them
     */
    public static Link named(String name) throws LinkException {
        if (name.contains("/") || !Files.exists(INTERFACES.resolve(name))) {
            throw new LinkException("There is no interface '" + name + "'. There are: " + String.join(", ", names())
                + ". Name one with --if.");
        }
        return new Link(name);
    }

    /** The host's interfaces but loopback, sorted. The JDK would leave out those that have no IPv4 address yet. */
    private static List<String> names() {
        try (Stream<Path> found = Files.list(INTERFACES)) {
            return found.map(path -> path.getFileName().toString()).filter(name -> !name.equals("lo")).sorted().toList();
        } catch (IOException noSysfs) {
            return List.of();
        }
    }

    /** The interface's name. */
    public String name() {
        return name;
    }

    /** Its IPv4 addresses, in the kernel's order. */
    public List<Address> addresses() {
        try {
            NetworkInterface found = NetworkInterface.getByName(name);
            return found == null ? List.of() : found.getInterfaceAddresses().stream()
                .filter(candidate -> candidate.getAddress() instanceof Inet4Address).map(Link::address).toList();
        } catch (SocketException gone) {
            return List.of();
        }
    }

    /** Its first IPv4 address. */
    public Optional<Address> firstAddress() {
        return addresses().stream().findFirst();
    }

    /**
     * Sets the link up.
     *
     * @throws LinkException if iproute2 refuses
     */
    public void up() throws LinkException {
        ip("link", "set", "dev", name, "up");
    }

    /**
     * Adds an address.
     *
     * @throws LinkException if iproute2 refuses
     */
    public void add(Address address) throws LinkException {
        ip("address", "add", address.toString(), "broadcast", "+", "dev", name);
    }

    /**
     * Takes an address away again.
     *
     * @throws LinkException if iproute2 refuses
     */
    public void remove(Address address) throws LinkException {
        ip("address", "delete", address.toString(), "dev", name);
    }

    private static Address address(InterfaceAddress found) {
        return new Address((Inet4Address) found.getAddress(), found.getNetworkPrefixLength());
    }

    private static void ip(String... arguments) throws LinkException {
        String command = "ip " + String.join(" ", arguments);
        LOG.info("{}", command);
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
}
