package io.talospxe;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.talospxe.cluster.ControlPlanes;
import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.LeaseStore;
import io.talospxe.dhcp.MemoryLeaseStore;
import io.talospxe.net.Link;
import io.talospxe.net.Link.LinkException;
import io.talospxe.role.NetworkChange;
import io.talospxe.role.Presence;
import io.talospxe.settings.Settings;
import io.talospxe.settings.Settings.SettingsException;
import io.talospxe.step.AddressSockets;
import io.talospxe.step.FileHttpEngine;
import io.talospxe.step.NetworkSteps;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Comes onto the network and runs Camel until the process is told to stop; or checks whether it could. */
final class Server {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);
    private static final Clock CLOCK = Clock.systemUTC();
    /** Where clients ask for names: DHCP's option 6 has no room for a port. */
    private static final int DNS_PORT = 53;

    private final Settings settings;
    private final Plan plan;

    Server(Settings settings, Plan plan) {
        this.settings = settings;
        this.plan = plan;
    }

    /** Serves until SIGTERM or SIGINT. */
    int run() throws SettingsException, LinkException, StartException {
        EventLoopGroup loops = new EpollEventLoopGroup(2, new DefaultThreadFactory("transfers", true));
        String device = plan.device();
        try {
            ControlPlanes planes = controlPlanes();
            LeaseStore leases = new MemoryLeaseStore();
            boolean authoritative = settings.on("pxe.dhcp.authoritative");
            Arrival arrival = Arrival.of(plan, (address, routers) -> new DhcpServer(plan.network(address, routers, nameServers(address)), leases,
                plan.leaseTime(), authoritative, CLOCK), settings.number("pxe.dhcp.client-port", 1, 65535), CLOCK);
            device = arrival.link().name();
            plan.lines(arrival.standing(), device).forEach(LOG::info);
            Inet4Address address = arrival.standing().address().orElseThrow().address();
            requireFree(address, settings.number("pxe.http.port", 1, 65535), device);
            Main main = new Parts(settings, plan, arrival.link(), arrival.presence()::now, leases, planes, CLOCK)
                .main(new NetworkSteps(Optional.of(arrival.presence())), events -> new FileHttpEngine(asked -> arrival.presence().now().tell(asked), events::tell), loops);
            main.addOverrideProperty("camel.server.host", address.getHostAddress());
            main.addMainListener(new MainListenerSupport() {
                @Override
                public void afterStart(BaseMainSupport started) {
                    follow(started.getCamelContext(), arrival.presence(), address);
                    LOG.info("Ready. Power on a machine on this network now, with network boot first in its boot order.");
                }
            });
            planes.start();
            main.run();
            return main.getExitCode();
        } catch (StartException | SettingsException | LinkException known) {
            throw known;
        } catch (Exception refused) {
            throw StartException.of(refused, "The routes in " + plan.routes(), udpPorts(), device);
        } finally {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    /** Loads every route without opening a socket and prints the plan. */
    int check() throws SettingsException, LinkException, StartException {
        Link link = plan.device().isEmpty() ? Link.named("lo") : Link.named(plan.device());
        Main main = new Parts(settings, plan, link, () -> {
            throw new IllegalStateException("routes are only checked");
        }, new MemoryLeaseStore(), controlPlanes(), CLOCK).main(new NetworkSteps(Optional.empty()), events -> (endpoint, route) -> new UnboundHttpConsumer(endpoint, route), null);
        main.configure().setAutoStartup(false);
        main.addOverrideProperty("camel.server.enabled", "false");
        try {
            main.start();
            plan.intentions().forEach(System.out::println);
            System.out.println(main.getCamelContext().getRoutesSize() + " routes are well-formed.");
            return 0;
        } catch (Exception refused) {
            throw StartException.of(refused, "The routes in " + plan.routes(), udpPorts(), link.name());
        } finally {
            main.stop();
        }
    }

    private ControlPlanes controlPlanes() throws SettingsException {
        try {
            return new ControlPlanes(ControlPlanes.addresses(settings.text("pxe.controlplane.nodes")), settings.number("pxe.endpoint.node-port", 1, 65535),
                settings.number("pxe.talos-api.node-port", 1, 65535), Duration.ofSeconds(settings.number("pxe.controlplane.health-interval", 1, 3600)),
                Duration.ofSeconds(1));
        } catch (IllegalArgumentException wrong) {
            throw settings.wrong("pxe.controlplane.nodes", wrong.getMessage());
        }
    }

    /** Opens and closes sockets as our addresses come and go, and hands changes to their route: off the event loop that tells of them. */
    private static void follow(CamelContext context, Presence presence, Inet4Address first) {
        AddressSockets sockets = new AddressSockets((ModelCamelContext) context, first, LOG::warn);
        ProducerTemplate template = context.createProducerTemplate();
        ExecutorService opener = Executors.newSingleThreadExecutor(new DefaultThreadFactory("addresses", true));
        CountDownLatch opened = new CountDownLatch(1);
        presence.listen(new Presence.Listener() {
            @Override
            public void changed(NetworkChange change) {
                NetworkSteps.tell(template, change);
            }

            @Override
            public void gained(Link.Address address) {
                opener.execute(() -> {
                    sockets.open(address.address());
                    opened.countDown();
                });
            }

            @Override
            public void lost(Link.Address address) {
                opener.execute(() -> sockets.close(address.address()));
            }
        });
        try {
            // Ready is said when names are answered too.
            opened.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whom clients are told to ask for names: us, if we can answer; else those whom we would have asked, if others can reach them. */
    private List<Inet4Address> nameServers(Link.Address ours) {
        int port = Integer.parseInt(settings.text("pxe.dns.port"));
        if (port == DNS_PORT && Files.exists(plan.routes().resolve("dns.yaml")) && isFree(ours.address(), port)) {
            return List.of(ours.address());
        }
        return plan.forwarders(Optional.empty()).stream().filter(address -> !address.isLoopbackAddress()).toList();
    }

    private static boolean isFree(Inet4Address address, int port) {
        try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(address, port))) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** Camel only warns when the HTTP port is taken, and goes on without it. */
    private static void requireFree(Inet4Address address, int port, String device) throws StartException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(address, port));
        } catch (IOException taken) {
            throw StartException.portHeld("tcp", port, device);
        }
    }

    private List<Integer> udpPorts() {
        return Stream.of("pxe.dhcp.port", "pxe.boot-server.port", "pxe.tftp.port").map(settings::text).map(Integer::parseInt).toList();
    }

    /** Stands in for an HTTP route's consumer when nothing shall be opened. */
    private static final class UnboundHttpConsumer extends DefaultConsumer implements PlatformHttpConsumer {
        UnboundHttpConsumer(PlatformHttpEndpoint endpoint, Processor route) {
            super(endpoint, route);
        }

        @Override
        public PlatformHttpEndpoint getEndpoint() {
            return (PlatformHttpEndpoint) super.getEndpoint();
        }
    }
}
