package io.talospxe.dhcp.client;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.ip.Ipv4;
import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a server has leased to us. Immutable.
 *
 * @param address   our address
 * @param prefix    length of its network's prefix, 1 to 32
 * @param server    the server's identifier (option 54)
 * @param routes    what to put into the routing table, besides the network itself: those of option 121, else one to everywhere through the
 *                  first router (RFC 3442: a client that reads 121 must not read 3)
 * @param routers   option 3 in the server's order of preference; empty if option 121 took its place
 * @param resolvers name servers (option 6) in the server's order of preference
 * @param domain    the domain of option 15, if it is a domain name
 * @param duration  how long the lease lasts, counted from the REQUEST; {@link #FOREVER} for one without end
 * @param renewal   T1: when to ask the server for more, counted likewise
 * @param rebinding T2: when to ask every server, counted likewise
 */
public record ClientLease(Inet4Address address, int prefix, Inet4Address server, List<Route> routes, List<Inet4Address> routers,
                          List<Inet4Address> resolvers, Optional<String> domain, Duration duration, Duration renewal,
                          Duration rebinding) {

    /** The duration that means a lease without end: 0xffffffff seconds (RFC 2131, section 3.3). */
    public static final Duration FOREVER = Duration.ofSeconds(0xffff_ffffL);
    /**
     * The shortest lease that is kept as it is; a shorter one is taken as this long, as other clients do (udhcpc has 16 s, dhcpcd 20 s).
     * Otherwise a server's slip would have us ask without pause.
     */
    public static final Duration SHORTEST = Duration.ofSeconds(10);

    // RFC 1123, section 2.1, and the underscore of many a site. Whoever puts it into a file need not think of quotes.
    private static final Pattern DOMAIN = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?");

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if a lease that ends does not have T1 before T2 before its end
     */
    public ClientLease {
        routes = List.copyOf(routes);
        routers = List.copyOf(routers);
        resolvers = List.copyOf(resolvers);
        boolean ends = duration.compareTo(FOREVER) != 0;
        if (ends && !inOrder(renewal, rebinding, duration)) {
            throw new IllegalArgumentException("T1 " + renewal + ", T2 " + rebinding + " and the end " + duration + " are out of order");
        }
    }

    /** A server's message cannot be used as a lease. The message is a sentence that names the server. */
    public static final class UnusableLease extends Exception {
        UnusableLease(String sentence) {
            super(sentence, null, false, false);
        }
    }

    /**
     * Reads a lease, or the promise of one, from an ACK or OFFER (RFC 2131, section 4.3.1, table 3). Addresses in it that no host can have
     * are left out.
     *
     * @throws UnusableLease if it lacks what every lease has: a server identifier, an address for us, a lease time
     */
    public static ClientLease of(DhcpMessage reply) throws UnusableLease {
        Options options = reply.options();
        String name = reply.name();
        Inet4Address server = options.address(OptionCode.SERVER_IDENTIFIER).filter(Ipv4::isHost)
            .orElseThrow(() -> new UnusableLease("A " + name + " does not say which server it comes from (option 54)."));
        String from = "The " + name + " of " + server.getHostAddress();
        if (!Ipv4.isHost(reply.yiaddr())) {
            throw new UnusableLease(from + " gives us " + reply.yiaddr().getHostAddress() + ", which is no host's address.");
        }
        OptionalLong seconds = options.number(OptionCode.LEASE_TIME);
        if (seconds.isEmpty()) {
            throw new UnusableLease(from + " does not say how long the lease lasts (option 51).");
        }
        Optional<List<Route>> classless = options.get(OptionCode.CLASSLESS_STATIC_ROUTE).flatMap(Route::classless);
        List<Inet4Address> routers = classless.isPresent() ? List.of() : hosts(options, OptionCode.ROUTERS);
        List<Route> routes = classless.orElseGet(() -> routers.stream().limit(1)
            .map(router -> new Route(Route.DEFAULT, Optional.of(router))).toList());
        Duration duration = longest(Duration.ofSeconds(seconds.getAsLong()), SHORTEST);
        boolean ends = !duration.equals(FOREVER);
        Duration renewal = ends ? option(options, OptionCode.RENEWAL_TIME, duration.dividedBy(2)) : FOREVER;
        Duration rebinding = ends ? option(options, OptionCode.REBINDING_TIME, usual(duration)) : FOREVER;
        boolean sane = !ends || inOrder(renewal, rebinding, duration) && renewal.compareTo(SHORTEST.dividedBy(2)) >= 0;
        return new ClientLease(reply.yiaddr(), network(reply.yiaddr(), options).prefix(), server, routes, routers,
            hosts(options, OptionCode.DOMAIN_NAME_SERVERS),
            options.text(OptionCode.DOMAIN_NAME).filter(text -> DOMAIN.matcher(text).matches()),
            duration, sane ? renewal : duration.dividedBy(2), sane ? rebinding : usual(duration));
    }

    /** The network that our address belongs to. */
    public Subnet subnet() {
        return new Subnet(address, prefix);
    }

    /** Whether it lasts until we give it back. */
    public boolean forever() {
        return duration.equals(FOREVER);
    }

    /** Whether the host is to be set up as for {@code other}: all is the same but the times and the server. */
    public boolean sameSetup(ClientLease other) {
        return address.equals(other.address) && prefix == other.prefix && routes.equals(other.routes)
            && resolvers.equals(other.resolvers) && domain.equals(other.domain);
    }

    /** For people: {@code 10.1.2.3/24 from 10.1.2.1 for 3600 s}. */
    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefix + " from " + server.getHostAddress()
            + (forever() ? " for ever" : " for " + duration.toSeconds() + " s");
    }

    /**
     * The network of {@code host} by option 1 (RFC 2132, section 3.3). Without it, or if its ones have gaps, by the class of the address
     * (RFC 791, section 3.2).
     */
    static Subnet network(Inet4Address host, Options options) {
        int mask = options.address(OptionCode.SUBNET_MASK).map(Ipv4::bits).orElse(0);
        int ones = Integer.numberOfLeadingZeros(~mask);
        return new Subnet(host, ones > 0 && mask == Subnet.mask(ones) ? ones : byClass(host));
    }

    private static int byClass(Inet4Address host) {
        int first = Ipv4.bits(host) >>> 24;
        return first < 128 ? 8 : first < 192 ? 16 : 24;
    }

    /** T2 if the server does not say: 7/8 of the lease (RFC 2131, section 4.4.5). */
    private static Duration usual(Duration duration) {
        return duration.multipliedBy(7).dividedBy(8);
    }

    private static Duration option(Options options, OptionCode code, Duration otherwise) {
        OptionalLong seconds = options.number(code);
        return seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : otherwise;
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static boolean inOrder(Duration renewal, Duration rebinding, Duration duration) {
        return !renewal.isNegative() && !renewal.isZero() && renewal.compareTo(rebinding) < 0 && rebinding.compareTo(duration) < 0;
    }

    /** A list of addresses; none if the value is not made of whole ones. */
    private static List<Inet4Address> hosts(Options options, OptionCode code) {
        byte[] value = options.get(code).map(Octets::toBytes).orElse(new byte[0]);
        return value.length % 4 != 0 ? List.of()
            : IntStream.range(0, value.length / 4).mapToObj(i -> Ipv4.of(value, i * 4)).filter(Ipv4::isHost).distinct().toList();
    }
}
