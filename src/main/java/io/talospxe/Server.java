package io.talospxe;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.talospxe.asset.AssetStore;
import io.talospxe.dhcp.DhcpServer;
import io.talospxe.dhcp.MemoryLeaseStore;
import io.talospxe.machine.MachineFile;
import io.talospxe.machine.Timeline;
import io.talospxe.net.Link.LinkException;
import io.talospxe.net.Neighbours;
import io.talospxe.net.PortHolder;
import io.talospxe.settings.Settings;
import io.talospxe.settings.Settings.SettingsException;
import io.talospxe.step.AssetSteps;
import io.talospxe.step.DhcpSteps;
import io.talospxe.step.EventSteps;
import io.talospxe.step.FileHttpEngine;
import io.talospxe.step.HealthSteps;
import io.talospxe.step.InterfaceSocket;
import io.talospxe.step.MachineSteps;
import io.talospxe.step.TftpSteps;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the parts that routes name, and runs Camel with them until the process is told to stop. */
final class Server {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final Settings settings;
    private final Plan plan;

    Server(Settings settings, Plan plan) {
        this.settings = settings;
        this.plan = plan;
    }

    /** The server cannot start. The message is a sentence for people. */
    static final class StartException extends Exception {
        StartException(String sentence) {
            super(sentence);
        }
    }

    /** Serves until SIGTERM or SIGINT. */
    int run() throws SettingsException, LinkException, StartException {
        plan.lines().forEach(LOG::info);
        if (plan.missing()) {
            plan.link().up();
            plan.link().add(plan.address());
            // A hook, since the JVM does not wait for Camel's listeners when it is told to end.
            Runtime.getRuntime().addShutdownHook(new Thread(this::giveBack, "give-back"));
        }
        EventLoopGroup transfers = new EpollEventLoopGroup(2, new DefaultThreadFactory("tftp", true));
        try {
            requireFree(settings.number("pxe.http.port", 1, 65535));
            Main main = camel(parts -> new FileHttpEngine(parts::tell), transfers);
            main.addMainListener(new MainListenerSupport() {
                @Override
                public void afterStart(BaseMainSupport started) {
                    LOG.info("Ready. Power on a machine on this network now, with network boot first in its boot order.");
                }
            });
            main.run();
            return main.getExitCode();
        } catch (StartException | SettingsException known) {
            throw known;
        } catch (Exception refused) {
            throw new StartException(sentence(refused));
        } finally {
            transfers.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    /** Loads every route without opening a socket and prints the plan. */
    int check() throws SettingsException, StartException {
        Main main = camel(parts -> (endpoint, route) -> new UnboundHttpConsumer(endpoint, route), null);
        main.configure().setAutoStartup(false);
        main.addOverrideProperty("camel.server.enabled", "false");
        try {
            main.start();
            plan.lines().forEach(System.out::println);
            System.out.println(main.getCamelContext().getRoutesSize() + " routes are well-formed.");
            return 0;
        } catch (Exception refused) {
            throw new StartException(sentence(refused));
        } finally {
            main.stop();
        }
    }

    private Main camel(Function<EventSteps, PlatformHttpEngine> http, EventLoopGroup transfers) throws SettingsException {
        AssetStore assets = new AssetStore(plan.assets());
        Timeline timeline = new Timeline(Clock.systemUTC());
        MachineFile machines = new MachineFile(plan.routes().resolve("machines.properties"), LOG::warn);
        Duration window = Duration.ofHours(settings.number("pxe.config.hours", 1, 8760));
        int limit = settings.number("pxe.tftp.transfers", 1, 60_000);
        int blockSize = settings.number("pxe.tftp.block-size", 8, 65_464);
        Optional<DhcpServer> leases = plan.network().isEmpty() ? Optional.empty() : Optional.of(new DhcpServer(plan.network().get(),
            new MemoryLeaseStore(), Plan.leaseTime(settings), settings.on("pxe.dhcp.authoritative"), Clock.systemUTC()));
        Main main = new Main();
        main.configure().withRoutesIncludePattern("file:" + plan.routes() + "/*.yaml");
        // What is in force was decided in Settings; Camel would let the environment beat the flags.
        settings.all().forEach(main::addOverrideProperty);
        main.addOverrideProperty("pxe.role", plan.role());
        main.addOverrideProperty("pxe.url", plan.url());
        main.addOverrideProperty("pxe.address", plan.address().address().getHostAddress());
        main.addOverrideProperty("camel.server.host", plan.address().address().getHostAddress());
        main.addOverrideProperty("camel.server.port", settings.text("pxe.http.port"));
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configured) {
                CamelContext context = configured.getCamelContext();
                EventSteps events = new EventSteps(plan.link().name(), timeline, context.createProducerTemplate());
                Registry registry = context.getRegistry();
                registry.bind("interfaceSocket", new InterfaceSocket(plan.link().name()));
                registry.bind("platform-http-engine", http.apply(events));
                registry.bind("events", events);
                registry.bind("dhcp", new DhcpSteps(plan.address().address(), leases));
                registry.bind("machines", new MachineSteps(machines, timeline, new Neighbours(), window));
                registry.bind("assets", new AssetSteps(assets));
                registry.bind("health", new HealthSteps());
                registry.bind("tftp", new TftpSteps(plan.link().name(), assets::firstOf, events::tell, transfers, limit, blockSize));
            }
        });
        return main;
    }

    /** Camel only warns when the HTTP port is taken, and goes on without it. */
    private void requireFree(int port) throws StartException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(plan.address().address(), port));
        } catch (IOException taken) {
            throw new StartException(held("tcp", port));
        }
    }

    private String sentence(Exception refused) {
        for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("Address already in use")) {
                return held("udp", takenPort());
            }
            if (message.contains("Permission denied") || message.contains("Operation not permitted")) {
                return "The ports of DHCP and TFTP are for root: start with sudo.";
            }
        }
        Throwable root = refused;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return "The routes in " + plan.routes() + " cannot be started: " + refused.getMessage()
            + (root == refused ? "" : " (" + root.getMessage() + ")");
    }

    /** The first of our UDP ports that somebody else has. */
    private int takenPort() {
        return Stream.of("pxe.dhcp.port", "pxe.boot-server.port", "pxe.tftp.port").map(settings::text).map(Integer::parseInt)
            .filter(port -> PortHolder.of("udp", port).isPresent()).findFirst().orElse(Integer.parseInt(settings.text("pxe.dhcp.port")));
    }

    private String held(String protocol, int port) {
        return "Port " + port + " (" + protocol + ") on " + plan.link().name() + " is held by "
            + PortHolder.of(protocol, port).orElse("another process") + ". Stop it"
            + (port == 67 ? ", or start with --role proxy on another host beside it." : " first.");
    }

    private void giveBack() {
        try {
            plan.link().remove(plan.address());
        } catch (LinkException gone) {
            LOG.warn("{}", gone.getMessage());
        }
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
