package io.talospxe;

import io.talospxe.dhcp.Network;
import io.talospxe.dhcp.wire.Ipv4;
import io.talospxe.net.Link;
import io.talospxe.net.Link.LinkException;
import io.talospxe.settings.Settings;
import io.talospxe.settings.Settings.SettingsException;
import java.io.IOException;
import java.net.Inet4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What this run is going to do, decided and checked before anything is touched. Immutable.
 *
 * @param role    {@code server} or {@code proxy}
 * @param link    the interface
 * @param address our address on it
 * @param missing whether the interface lacks the address, so that it has to be added
 * @param network what is leased; empty in proxy role
 * @param url     where machines reach us
 * @param routes  the folder of route files
 * @param assets  where assets are looked for, first one first
 */
record Plan(String role, Link link, Link.Address address, boolean missing, Optional<Network> network, String url, Path routes,
            List<Path> assets) {

    /**
     * Decides.
     *
     * @param home the program's own folder
     * @param root {@code --root}
     * @throws SettingsException if a value cannot be what it is
     * @throws LinkException     if the interface is missing
     */
    static Plan of(Settings settings, Path home, Path root) throws SettingsException, LinkException {
        boolean asItIs = settings.on("pxe.skip-ifup");
        Link link = Link.named(settings.text("pxe.interface"));
        Optional<Link.Address> asked = settings.text("pxe.address").isEmpty() ? Optional.empty() : Optional.of(cidr(settings));
        Link.Address address = asked.or(link::firstAddress).orElseThrow(() -> new SettingsException(
            "Interface " + link.name() + " has no IPv4 address: give it one with --addr, 192.168.123.1/24 say."));
        String role = role(settings, asItIs, asked.isPresent());
        Optional<Network> network = role.equals("server") ? Optional.of(network(settings, address)) : Optional.empty();
        String url = settings.text("pxe.url").isEmpty()
            ? "http://" + address.address().getHostAddress() + ":" + settings.number("pxe.http.port", 1, 65535) : settings.text("pxe.url");
        return new Plan(role, link, address, !asItIs && !link.addresses().contains(address), network, url,
            folder(root, home, "routes").toAbsolutePath(), 
            Stream.of(folder(root, home, "assets"), home.resolve("assets")).distinct().toList());
    }

    /** How long leases last. */
    static Duration leaseTime(Settings settings) throws SettingsException {
        return Duration.ofSeconds(settings.number("pxe.dhcp.lease-time", 10, 100_000_000));
    }

    /** The first lines that a person sees: what we are, where, and what to do next. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        String place = link.name() + " as " + address;
        lines.add(role.equals("server") ? "DHCP server on " + place + ", leasing " + network.map(Network::pool).orElseThrow()
            : "proxyDHCP on " + place + ", beside the network's own DHCP server");
        lines.add("Scripts, kernels and configurations: " + url + "   health: " + url + "/health");
        lines.add("Routes: " + routes + "   assets: " + assets.get(0));
        for (String needed : List.of("vmlinuz-amd64", "initramfs-amd64.xz", "controlplane.yaml", "worker.yaml")) {
            if (!Files.isRegularFile(assets.get(0).resolve(needed))) {
                lines.add("Missing: " + assets.get(0).resolve(needed)
                    + " (see assets/README.md); a machine that wants it is told so on its screen.");
            }
        }
        return lines;
    }

    private static String role(Settings settings, boolean asItIs, boolean asked) throws SettingsException {
        String role = settings.text("pxe.role");
        return switch (role) {
            case "server", "proxy" -> role;
            case "auto" -> {
                if (!asItIs && !asked) {
                    throw new SettingsException("Is there a DHCP server on this network? If there is, start with --role proxy; if not, "
                        + "with --role server, or with --addr 192.168.123.1/24 to give the interface an address first.");
                }
                yield asItIs ? "proxy" : "server";
            }
            default -> throw settings.wrong("pxe.role", "must be auto, server or proxy");
        };
    }

    private static Network network(Settings settings, Link.Address address) throws SettingsException {
        List<Inet4Address> routers = settings.text("pxe.gateway").isEmpty()
            ? List.of(address.address()) : addresses(settings, "pxe.gateway");
        List<Inet4Address> resolvers = settings.text("pxe.dns").isEmpty() ? hostResolvers() : addresses(settings, "pxe.dns");
        try {
            String pool = settings.text("pxe.dhcp.pool");
            if (pool.isEmpty()) {
                return Network.whole(address.address(), address.prefix(), routers, resolvers);
            }
            String[] ends = pool.split("-", -1);
            if (ends.length != 2) {
                throw new IllegalArgumentException("must be two addresses with a dash between, as 192.168.123.100-192.168.123.199");
            }
            return new Network(address.address(), address.prefix(), Ipv4.parse(ends[0]), Ipv4.parse(ends[1]), routers, resolvers);
        } catch (IllegalArgumentException wrong) {
            throw settings.wrong("pxe.dhcp.pool", "will not do: " + wrong.getMessage());
        }
    }

    private static Link.Address cidr(Settings settings) throws SettingsException {
        String[] parts = settings.text("pxe.address").split("/", -1);
        if (parts.length != 2 || !parts[1].matches("[0-9]{1,2}") || Integer.parseInt(parts[1]) > 32) {
            throw settings.wrong("pxe.address", "must be an address with its prefix, as 192.168.123.1/24");
        }
        try {
            return new Link.Address(Ipv4.parse(parts[0]), Integer.parseInt(parts[1]));
        } catch (IllegalArgumentException wrong) {
            throw settings.wrong("pxe.address", "will not do: " + wrong.getMessage());
        }
    }

    private static List<Inet4Address> addresses(Settings settings, String key) throws SettingsException {
        try {
            return Arrays.stream(settings.text(key).split(",")).map(Ipv4::parse).toList();
        } catch (IllegalArgumentException wrong) {
            throw settings.wrong(key, "will not do: " + wrong.getMessage());
        }
    }

    /** This host's name servers, less those on loopback that no other machine could ask. */
    private static List<Inet4Address> hostResolvers() {
        try (Stream<String> lines = Files.lines(Path.of("/etc/resolv.conf"))) {
            return lines.map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length == 2 && words[0].equals("nameserver"))
                .filter(words -> words[1].matches("[0-9.]+") && !words[1].startsWith("127."))
                .map(words -> Ipv4.parse(words[1])).toList();
        } catch (IOException | IllegalArgumentException none) {
            return List.of();
        }
    }

    private static Path folder(Path root, Path home, String name) {
        return Files.isDirectory(root.resolve(name)) ? root.resolve(name) : home.resolve(name);
    }
}
