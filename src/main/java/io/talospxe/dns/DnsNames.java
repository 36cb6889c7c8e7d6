package io.talospxe.dns;

import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The names that we are the authority for (RFC 1034, section 4.3.2): {@code talos.} with {@code talos-pxe.talos.}, the cluster's control
 * plane and the machines that lease an address of us, and the names of their addresses. There is nothing to transfer or to edit: all of it
 * follows from the {@link Site}. Safe for several threads.
 *
 * <p>A control plane's name outside {@code talos.} is a zone of its own, so that the rest of its domain stays what it is. Of the reverse
 * tree, each 256 addresses are a zone, as far as they are of the network that we lease; elsewhere each address of our own or of a control
 * plane is one.
 */
public final class DnsNames {

    /** The time to live of all our records: a machine that comes or goes is known as such after these seconds. */
    public static final Duration TTL = Duration.ofSeconds(5);

    private static final Name ZONE = Name.fromConstantString("talos.");
    private static final Name OURSELVES = Name.fromConstantString("talos-pxe.talos.");
    private static final Name HOSTMASTER = Name.fromConstantString("hostmaster.talos.");
    /** How old what we know of the site may be, and for how long an answer from it may be given again. */
    private static final Duration AGE = Duration.ofSeconds(1);

    private final Name controlPlane;
    private final Site site;
    private final LongSupplier nanoTime;
    private volatile Snapshot snapshot;

    /** Whose business a name is. */
    public enum Authority {
        /** The control plane's name, answered with addresses that others choose. */
        CONTROL_PLANE,
        /** Ours: answered from what we know, also by saying that there is no such name. */
        OURS,
        /** Somebody else's: forwarded. */
        OTHER
    }

    /** All names with addresses, and all addresses with names, at one time. */
    private record Snapshot(Map<Name, List<Inet4Address>> addresses, Map<Name, Name> pointers, Optional<Subnet> leased, long serial,
                            long taken) {
        Snapshot numbered(long number) {
            return new Snapshot(addresses, pointers, leased, number, taken);
        }

        boolean same(Snapshot other) {
            return addresses.equals(other.addresses) && pointers.equals(other.pointers) && leased.equals(other.leased);
        }
    }

    /**
     * @param controlPlane the control plane's name, with or without the final dot
     * @param site         what is there at the moment
     * @param nanoTime     the program's nanosecond clock
     * @throws IllegalArgumentException with a sentence if {@code controlPlane} is not a host name
     */
    public DnsNames(String controlPlane, Site site, LongSupplier nanoTime) {
        this.controlPlane = hostName(controlPlane);
        this.site = site;
        this.nanoTime = nanoTime;
    }

    private static Name hostName(String text) {
        String label = "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?";
        try {
            if (!text.matches("(" + label + "\\.)*" + label + "\\.?") || text.matches("[0-9.]+")) {
                throw new TextParseException("not letters, digits and hyphens");
            }
            return Name.fromString(text, Name.root).canonicalize();
        } catch (TextParseException unusable) {
            throw new IllegalArgumentException("'" + text + "' is not a host name; use one like controlplane.talos", unusable);
        }
    }

    /** Whose business a name is. */
    public Authority authority(Name name) {
        if (name.equals(controlPlane)) {
            return Authority.CONTROL_PLANE;
        }
        return zone(name, current()).isPresent() ? Authority.OURS : Authority.OTHER;
    }

    /** Answers a question about a name of ours. */
    public Answer answer(Query query) {
        Snapshot known = current();
        return answer(query, known, known.addresses.getOrDefault(query.name(), List.of()), exists(query.name(), known));
    }

    /**
     * Answers a question about a name that has these addresses, and is there even if it has none. What is asked of it besides addresses is
     * answered as for any other name of ours.
     */
    public Answer answer(Query query, Collection<Inet4Address> addresses) {
        return answer(query, current(), addresses, true);
    }

    private Answer answer(Query query, Snapshot known, Collection<Inet4Address> addresses, boolean exists) {
        Name name = query.name();
        Name zone = zone(name, known).orElse(name);
        List<Record> all = new ArrayList<>();
        addresses.forEach(address -> all.add(new ARecord(name, DClass.IN, TTL.toSeconds(), address)));
        Optional.ofNullable(known.pointers.get(name)).ifPresent(host -> all.add(new PTRRecord(name, DClass.IN, TTL.toSeconds(), host)));
        if (name.equals(zone)) {
            all.add(new NSRecord(name, DClass.IN, TTL.toSeconds(), OURSELVES));
            all.add(soa(zone, known));
        }
        Message message = Answer.answering(name, query.type());
        message.getHeader().setFlag(Flags.AA);
        // RFC 8482, section 4.1: of ANY, one set of records is enough.
        int type = query.type() == Type.ANY && !all.isEmpty() ? all.get(0).getType() : query.type();
        List<Record> found = all.stream().filter(record -> record.getType() == type).toList();
        found.forEach(record -> message.addRecord(record, Section.ANSWER));
        if (found.isEmpty()) {
            message.getHeader().setRcode(all.isEmpty() && !exists ? Rcode.NXDOMAIN : Rcode.NOERROR);
            message.addRecord(soa(zone, known), Section.AUTHORITY);
        } else if (type == Type.NS) {
            known.addresses.getOrDefault(OURSELVES, List.of())
                .forEach(address -> message.addRecord(new ARecord(OURSELVES, DClass.IN, TTL.toSeconds(), address), Section.ADDITIONAL));
        }
        return Answer.of(message, nanoTime.getAsLong(), AGE);
    }

    /** What anybody gets who asks for everything about a name that is not ours (RFC 8482, section 4.2). */
    public Answer minimalAny(Query query) {
        Message message = Answer.answering(query.name(), Type.ANY);
        message.addRecord(new HINFORecord(query.name(), DClass.IN, TTL.toSeconds(), "RFC8482", ""), Section.ANSWER);
        return Answer.of(message, nanoTime.getAsLong(), AGE);
    }

    /** Times to live and the negative time to live are one (RFC 2308, section 4); nobody transfers the zone, so the rest is form. */
    private static SOARecord soa(Name zone, Snapshot known) {
        long ttl = TTL.toSeconds();
        return new SOARecord(zone, DClass.IN, ttl, OURSELVES, HOSTMASTER, known.serial, 3600, 600, 86_400, ttl);
    }

    /** Names without records exist if there are names below them (RFC 8020), and the control plane's even with no address. */
    private boolean exists(Name name, Snapshot known) {
        return Stream.concat(Stream.of(controlPlane, OURSELVES), known.addresses.keySet().stream())
            .anyMatch(there -> there.subdomain(name));
    }

    /** The top of the zone of ours that holds the name. */
    private Optional<Name> zone(Name name, Snapshot known) {
        if (name.subdomain(ZONE)) {
            return Optional.of(ZONE);
        }
        if (name.subdomain(controlPlane)) {
            return Optional.of(controlPlane);
        }
        return ReverseName.network(name).flatMap(network -> {
            Name whole = network.prefix() == 32 ? ReverseName.of(network.address()) : name;
            if (known.leased.isPresent() && network.prefix() >= known.leased.get().prefix()
                && known.leased.get().contains(network.address())) {
                return Optional.of(ReverseName.zone(network.address()));
            }
            return known.pointers.containsKey(whole) ? Optional.of(whole) : Optional.empty();
        });
    }

    private Snapshot current() {
        Snapshot last = snapshot;
        long now = nanoTime.getAsLong();
        if (last != null && now - last.taken < AGE.toNanos()) {
            return last;
        }
        Snapshot next = take(last == null ? Instant.now().getEpochSecond() : last.serial, now);
        // Two threads may do this at once; both come to the same.
        snapshot = last == null || next.same(last) ? next : next.numbered(last.serial + 1 & 0xffff_ffffL);
        return snapshot;
    }

    private Snapshot take(long serial, long now) {
        Map<Name, List<Inet4Address>> addresses = new HashMap<>();
        Map<Name, Name> pointers = new HashMap<>();
        site.controlPlanes().forEach(address -> pointers.put(ReverseName.of(address), controlPlane));
        // The later end overwrites; nobody takes a name that stands for the cluster or for us.
        site.hosts().stream().sorted(Comparator.comparing(Host::expires)).forEach(host -> host.label().map(DnsNames::below)
            .filter(name -> !name.equals(controlPlane) && !name.equals(OURSELVES)).ifPresent(name -> {
                List<Inet4Address> former = addresses.put(name, List.of(host.address()));
                if (former != null) {
                    pointers.remove(ReverseName.of(former.get(0)), name);
                }
                pointers.put(ReverseName.of(host.address()), name);
            }));
        List<Inet4Address> own = List.copyOf(site.own());
        addresses.put(OURSELVES, own);
        own.forEach(address -> pointers.put(ReverseName.of(address), OURSELVES));
        return new Snapshot(Map.copyOf(addresses), Map.copyOf(pointers), site.leased(), serial, now);
    }

    private static Name below(String label) {
        try {
            return Name.concatenate(Name.fromString(label), ZONE);
        } catch (TextParseException | NameTooLongException impossible) {
            throw new AssertionError("a label fits below a short zone: " + label, impossible);
        }
    }
}
