package io.talospxe;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.talospxe.machine.MacAddress;
import io.talospxe.net.Link;
import io.talospxe.net.Link.LinkException;
import io.talospxe.net.LinkChanges;
import io.talospxe.net.LinkSearch;
import io.talospxe.role.Manner;
import io.talospxe.role.Presence;
import io.talospxe.role.Presence.Lessor;
import io.talospxe.role.Role;
import io.talospxe.role.Standing;
import io.talospxe.step.ClientSocket;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our coming onto the network: the interface is found and brought up, port 68 opened, role and address made out. Whatever is changed on the
 * interface is taken back when the process ends.
 *
 * @param link     the interface
 * @param presence keeps our place from now on
 * @param standing how we stand at first
 */
record Arrival(Link link, Presence presence, Standing standing) {

    private static final Logger LOG = LoggerFactory.getLogger(Arrival.class);

    /**
     * Comes onto the network; returns when we have a role and an address, which may take until there is a link, or a DHCP server.
     *
     * @param plan   what was asked for
     * @param lessor makes the DHCP server if we are to be it
     * @param port   68, but in tests
     * @throws LinkException  if the interface refuses
     * @throws StartException if the port cannot be had, or the role cannot be played
     */
    static Arrival of(Plan plan, Lessor lessor, int port, Clock clock) throws LinkException, StartException, InterruptedException {
        Manner manner = plan.manner();
        LinkSearch search = new LinkSearch(manner.untouched(), LOG::info);
        LinkChanges changes = plan.device().isEmpty() ? search.only() : search.named(plan.device());
        Link link = changes.link();
        AtomicReference<AutoCloseable> held = new AtomicReference<>(changes);
        // A hook, since the JVM does not wait for Camel's listeners when it is told to end.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> giveBack(held.get()), "give-back"));
        if (!manner.untouched()) {
            changes.up();
        }
        if (asks(manner, link)) {
            search.carrier(link);
        }
        Presence presence = presence(manner, changes, lessor, port, clock);
        held.set(presence);
        try {
            return new Arrival(link, presence, presence.start().get());
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof LinkException sentence) {
                throw sentence;
            }
            throw new StartException(refused.getCause().getMessage());
        }
    }

    /** Whether a DHCP server has to be heard before we can begin: on a dead link none could be. */
    private static boolean asks(Manner manner, Link link) {
        boolean addressed = manner.address().isPresent() || link.firstAddress().isPresent();
        return manner.role().isEmpty() || manner.role().get() == Role.PROXY && !addressed;
    }

    private static Presence presence(Manner manner, LinkChanges changes, Lessor lessor, int port, Clock clock) throws LinkException, StartException {
        Link link = changes.link();
        MacAddress mac = link.mac().orElseThrow(() -> new LinkException("Interface " + link.name()
            + " has no hardware address: no machine can boot over it. Name another with --if."));
        EventLoopGroup loop = new EpollEventLoopGroup(1, new DefaultThreadFactory("dhcp-client", true));
        AtomicReference<ClientSocket> socket = new AtomicReference<>();
        Presence presence = new Presence(manner, changes, mac, lessor, loop.next(), message -> socket.get().send(message), clock);
        try {
            socket.set(ClientSocket.open(link.name(), port, loop, presence::heard));
        } catch (RuntimeException refused) {
            throw StartException.of(refused, "The DHCP client", List.of(port), link.name());
        }
        return presence;
    }

    private static void giveBack(AutoCloseable held) {
        try {
            held.close();
        } catch (Exception failed) {
            LOG.warn("What was changed on the interface could not be taken back: {}", failed.getMessage());
        }
    }
}
