package io.talospxe;

import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.Network;
import io.talospxe.dhcp.client.ClientLease;
import io.talospxe.ip.Ipv4;
import io.talospxe.net.HostResolvers;
import io.talospxe.net.Link;
import io.talospxe.role.Manner;
import io.talospxe.role.Role;
import io.talospxe.role.Standing;
import io.talospxe.settings.Settings;
import io.talospxe.settings.Settings.SettingsException;
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
 * What this run is going to do, as far as the settings say, checked before anything is touched. Immutable.
 *
 * @param manner    how role and address are come by
 * @param device    the interface's name; empty for the only one with a link
 * @param url       how machines reach us, as a Simple expression of routes
 * @param pool      first and last address to lease; empty for the whole network
 * @param routers   what clients are told to route through; empty for us, or for what the network's former server said
 * @param resolvers whom we ask for names that are not ours; empty for what a lease of ours says, else for those of this host
 * @param leaseTime how long leases last
 * @param routes    the folder of route files
 * @param assets    where assets are looked for, first one first
 */
record Plan(Manner manner, String device, String url, Optional<Pool> pool, List<Inet4Address> routers, List<Inet4Address> resolvers,
            Duration leaseTime, Path routes, List<Path> assets) {

    /**
     * A range of addresses, both ends included.
     *
     * @param first the lowest
     * @param last  the highest
     */
    record Pool(Inet4Address first, Inet4Address last) {
    }

    /**
     * Decides.
     *
     * @param home the program's own folder
     * @param root {@code --root}
     * @throws SettingsException if a value cannot be what it is
     */
    static Plan of(Settings settings, Path home, Path root) throws SettingsException {
        boolean untouched = settings.on("pxe.skip-ifup");
        Optional<Link.Address> asked = settings.text("pxe.address").isEmpty() ? Optional.empty() : Optional.of(cidr(settings));
        Manner manner = new Manner(role(settings, untouched), asked, untouched,
            Duration.ofSeconds(settings.number("pxe.network.patience", 1, 3600)), Duration.ofSeconds(settings.number("pxe.network.pace", 1, 86_400)),
            settings.number("pxe.network.unanswered", 1, 1000), Duration.ofSeconds(settings.number("pxe.network.grace", 0, 86_400)));
        int port = settings.number("pxe.http.port", 1, 65535);
        String url = settings.text("pxe.url").isEmpty() ? "http://${variable.localAddress}:" + port : settings.text("pxe.url");
        // Routes read these two as text: whatever is not 'true' would count as false.
        settings.on("pxe.network.step-down");
        settings.on("pxe.network.take-over");
        Plan plan = new Plan(manner, settings.text("pxe.interface"), url, pool(settings), addresses(settings, "pxe.gateway"),
            addresses(settings, "pxe.dns"), Duration.ofSeconds(settings.number("pxe.dhcp.lease-time", 10, 100_000_000)),
            folder(root, home, "routes").toAbsolutePath(), Stream.of(folder(root, home, "assets"), home.resolve("assets")).distinct().toList());
        if (asked.isPresent() && manner.role().filter(role -> role == Role.SERVER).isPresent()) {
            try {
                plan.network(asked.get(), List.of(), List.of());
            } catch (IllegalArgumentException wrong) {
                throw settings.wrong("pxe.dhcp.pool", "will not do: " + wrong.getMessage());
            }
        }
        return plan;
    }

    /**
     * The network that we lease addresses of.
     *
     * @param address our address on it
     * @param usual   what it has routed through before; empty if it is new
     * @param names   the name servers that clients are told
     * @throws IllegalArgumentException with a sentence if the pool does not lie in it
     */
    Network network(Link.Address address, List<Inet4Address> usual, List<Inet4Address> names) {
        List<Inet4Address> through = !routers.isEmpty() ? routers : !usual.isEmpty() ? usual : List.of(address.address());
        return pool.map(range -> new Network(address.address(), address.prefix(), range.first(), range.last(), through, names))
            .orElseGet(() -> Network.whole(address.address(), address.prefix(), through, names));
    }

    /** Whom we ask for names that are not ours: the settings', else those that a server gave us with that lease, else this host's. */
    List<Inet4Address> forwarders(Optional<ClientLease> lease) {
        if (!resolvers.isEmpty()) {
            return resolvers;
        }
        return lease.map(ClientLease::resolvers).filter(leased -> !leased.isEmpty()).orElseGet(HostResolvers::read);
    }

    /** The first lines that a person sees: what we are, where, and what to do next. */
    List<String> lines(Standing standing, String link) {
        List<String> lines = new ArrayList<>();
        String place = link + " as " + standing.address().map(Link.Address::toString).orElse("a machine without an address");
        lines.add(standing.role() == Role.SERVER
            ? "DHCP server on " + place + ", leasing " + standing.leases().map(DhcpServer::pool).orElseThrow()
            : "proxyDHCP on " + place + ", beside the network's own DHCP server");
        String here = standing.address().map(address -> url.replace("${variable.localAddress}", address.address().getHostAddress())).orElse(url);
        lines.add("Scripts, kernels and configurations: " + here + "   health: " + here + "/health");
        lines.addAll(files());
        return lines;
    }

    /** The same before role and address are known. */
    List<String> intentions() {
        List<String> lines = new ArrayList<>();
        String where = device.isEmpty() ? "the only interface with a link" : device;
        String address = manner.address().map(Link.Address::toString).orElse("the address that it has");
        lines.add(manner.role().map(role -> role == Role.SERVER ? "DHCP server on " + where + " as " + address
                : "proxyDHCP on " + where + " as " + manner.address().map(Link.Address::toString).orElse("the address that it has, or is given by DHCP"))
            .orElse("On " + where + ": proxyDHCP if a DHCP server answers within " + manner.patience().toSeconds() + " s, else DHCP server as " + address
                + ", or 192.168.123.1/24 if it has none"));
        lines.addAll(files());
        return lines;
    }

    private List<String> files() {
        List<String> lines = new ArrayList<>();
        lines.add("Routes: " + routes + "   assets: " + assets.get(0));
        for (String needed : List.of("vmlinuz-amd64", "initramfs-amd64.xz", "controlplane.yaml", "worker.yaml")) {
            if (!Files.isRegularFile(assets.get(0).resolve(needed))) {
                lines.add("Missing: " + assets.get(0).resolve(needed)
                    + " (see assets/README.md); a machine that wants it is told so on its screen.");
            }
        }
        return lines;
    }

    private static Optional<Role> role(Settings settings, boolean untouched) throws SettingsException {
        return switch (settings.text("pxe.role")) {
            case "server" -> Optional.of(Role.SERVER);
            case "proxy" -> Optional.of(Role.PROXY);
            // What the flag has always meant: somebody has set the interface up for a proxy.
            case "auto" -> untouched ? Optional.of(Role.PROXY) : Optional.empty();
            default -> throw settings.wrong("pxe.role", "must be auto, server or proxy");
        };
    }

    private static Optional<Pool> pool(Settings settings) throws SettingsException {
        String pool = settings.text("pxe.dhcp.pool");
        if (pool.isEmpty()) {
            return Optional.empty();
        }
        String[] ends = pool.split("-", -1);
        if (ends.length != 2) {
            throw settings.wrong("pxe.dhcp.pool", "must be two addresses with a dash between, as 192.168.123.100-192.168.123.199");
        }
        try {
            return Optional.of(new Pool(Ipv4.parse(ends[0]), Ipv4.parse(ends[1])));
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
        if (settings.text(key).isEmpty()) {
            return List.of();
        }
        try {
            return Arrays.stream(settings.text(key).split(",")).map(Ipv4::parse).toList();
        } catch (IllegalArgumentException wrong) {
            throw settings.wrong(key, "will not do: " + wrong.getMessage());
        }
    }

    private static Path folder(Path root, Path home, String name) {
        return Files.isDirectory(root.resolve(name)) ? root.resolve(name) : home.resolve(name);
    }
}
