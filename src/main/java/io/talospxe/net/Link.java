package io.talospxe.net;

import io.talospxe.ip.Subnet;
import io.talospxe.machine.MacAddress;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A network interface of this host, read from sysfs and the kernel. Changes to it are {@link LinkChanges}. Stateless. */
public final class Link {

    private static final Path INTERFACES = Path.of("/sys/class/net");
    /** linux/if_arp.h: ARPHRD_ETHER; linux/if.h: IFF_UP. */
    private static final String ETHERNET = "1";
    private static final int IFF_UP = 1;

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

        /** Whether the other one lies in this one's network. */
        public boolean reaches(Inet4Address other) {
            return new Subnet(address, prefix).contains(other);
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
        return find(name).orElseThrow(() -> new LinkException("There is no interface '" + name + "'. There are: " + names(all())
            + ". Name one with --if."));
    }

    /** The interface of that name, if it is there. */
    public static Optional<Link> find(String name) {
        return name.isEmpty() || name.contains("/") || name.startsWith(".") || !Files.exists(INTERFACES.resolve(name))
            ? Optional.empty() : Optional.of(new Link(name));
    }

    /** The host's interfaces but loopback, sorted. The JDK would leave out those that have no IPv4 address yet. */
    public static List<Link> all() {
        try (Stream<Path> found = Files.list(INTERFACES)) {
            return found.map(path -> path.getFileName().toString()).filter(name -> !name.equals("lo")).sorted().map(Link::new).toList();
        } catch (IOException noSysfs) {
            return List.of();
        }
    }

    /** Their names for people, with commas between. */
    static String names(List<Link> links) {
        return links.isEmpty() ? "none" : String.join(", ", links.stream().map(Link::name).toList());
    }

    /** The interface's name. */
    public String name() {
        return name;
    }

    /** Its hardware address; empty for one without, as a tunnel, or if it is gone. */
    public Optional<MacAddress> mac() {
        return read("address").filter(MacAddress::isMacAddress).map(MacAddress::parse);
    }

    /** Whether it speaks Ethernet, as whatever boots from a network does. */
    public boolean isEthernet() {
        return read("type").filter(ETHERNET::equals).isPresent();
    }

    /** Whether it is set up (by us, a person or the system). */
    public boolean isUp() {
        return read("flags").map(flags -> (Integer.decode(flags) & IFF_UP) != 0).orElse(false);
    }

    /** Whether a cable, or a peer, is at the other end. The kernel knows only of interfaces that are up. */
    public boolean hasCarrier() {
        return read("carrier").filter("1"::equals).isPresent();
    }

    /** Whether it is a network card, and not a bridge, a tunnel or one end of a pair. */
    public boolean isHardware() {
        return Files.exists(INTERFACES.resolve(name).resolve("device"));
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

    private Optional<String> read(String file) {
        try {
            return Optional.of(Files.readString(INTERFACES.resolve(name).resolve(file)).strip());
        } catch (IOException gone) {
            // The kernel refuses to read the carrier of an interface that is down.
            return Optional.empty();
        }
    }

    private static Address address(InterfaceAddress found) {
        return new Address((Inet4Address) found.getAddress(), found.getNetworkPrefixLength());
    }
}
