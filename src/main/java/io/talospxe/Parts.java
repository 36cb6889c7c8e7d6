package io.talospxe;

import io.netty.channel.EventLoopGroup;
import io.talospxe.asset.AssetStore;
import io.talospxe.cluster.ControlPlanes;
import io.talospxe.dhcp.LeaseStore;
import io.talospxe.dns.AnswerMemory;
import io.talospxe.dns.DnsNames;
import io.talospxe.dns.Forwarder;
import io.talospxe.machine.MachineFile;
import io.talospxe.machine.Timeline;
import io.talospxe.net.Link;
import io.talospxe.net.Neighbours;
import io.talospxe.role.Standing;
import io.talospxe.settings.Settings;
import io.talospxe.settings.Settings.SettingsException;
import io.talospxe.step.AssetSteps;
import io.talospxe.step.ControlPlaneSteps;
import io.talospxe.step.DhcpSteps;
import io.talospxe.step.DnsSocket;
import io.talospxe.step.DnsSteps;
import io.talospxe.step.EventSteps;
import io.talospxe.step.HealthSteps;
import io.talospxe.step.InterfaceSocket;
import io.talospxe.step.MachineSteps;
import io.talospxe.step.NetworkSteps;
import io.talospxe.step.PassThrough;
import io.talospxe.step.TftpSteps;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts that routes name, built from the settings and bound under their names.
 *
 * @param link     the interface
 * @param standing our role and address at the moment
 * @param leases   who has which address of us
 * @param planes   the machines that hold the cluster
 */
record Parts(Settings settings, Plan plan, Link link, Supplier<Standing> standing, LeaseStore leases, ControlPlanes planes,
             Clock clock) {

    private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

    /**
     * Camel with the route files and the parts, not started.
     *
     * @param network   the steps of {@code network.yaml}
     * @param http      makes what answers HTTP requests
     * @param loops   event loops for transfers and connections that are passed through; null if routes are only checked
     * @throws SettingsException if a value cannot be what it is
     */
    Main main(NetworkSteps network, Function<EventSteps, PlatformHttpEngine> http, EventLoopGroup loops) throws SettingsException {
        AssetStore assets = new AssetStore(plan.assets());
        Timeline timeline = new Timeline(clock);
        MachineFile machines = new MachineFile(plan.routes().resolve("machines.properties"), LOG::warn);
        Duration window = Duration.ofHours(settings.number("pxe.config.hours", 1, 8760));
        int limit = settings.number("pxe.tftp.transfers", 1, 60_000);
        int blockSize = settings.number("pxe.tftp.block-size", 8, 65_464);
        PassThrough passThrough = new PassThrough(loops, settings.number("pxe.endpoint.connections", 1, 60_000),
            Duration.ofSeconds(settings.number("pxe.endpoint.idle", 1, 1_000_000)),
            Duration.ofSeconds(settings.number("pxe.endpoint.half-closed", 1, 1_000_000)), planes::failed);
        requireAnswer();
        Surroundings surroundings = new Surroundings(plan, link, standing, leases, planes, clock);
        DnsNames names = names(surroundings);
        Forwarder forwarder = new Forwarder(surroundings, settings.number("pxe.dns.port", 1, 65535), System::nanoTime);
        AnswerMemory memory = new AnswerMemory();
        Main main = new Main();
        main.configure().withRoutesIncludePattern("file:" + plan.routes() + "/*.yaml");
        // What is in force was decided in Settings; Camel would let the environment beat the flags.
        settings.all().forEach(main::addOverrideProperty);
        main.addOverrideProperty("pxe.url", plan.url());
        main.addOverrideProperty("camel.server.port", settings.text("pxe.http.port"));
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport configured) {
                CamelContext context = configured.getCamelContext();
                EventSteps events = new EventSteps(link.name(), timeline, context.createProducerTemplate());
                Registry registry = context.getRegistry();
                registry.bind("interfaceSocket", new InterfaceSocket(link.name()));
                registry.bind("platform-http-engine", http.apply(events));
                registry.bind("events", events);
                registry.bind("network", network);
                registry.bind("controlPlanes", new ControlPlaneSteps(planes));
                registry.bind("passThrough", passThrough);
                registry.bind("dns", new DnsSteps(names, forwarder, surroundings, memory, System::nanoTime));
                registry.bind("dnsSocket", new DnsSocket(memory, System::nanoTime));
                registry.bind("dhcp", new DhcpSteps(standing, link.mac(), clock));
                registry.bind("machines", new MachineSteps(machines, timeline, new Neighbours(), window));
                registry.bind("assets", new AssetSteps(assets));
                registry.bind("health", new HealthSteps());
                registry.bind("tftp", new TftpSteps(link.name(), asked -> standing.get().tell(asked), assets::firstOf, events::tell, loops, limit, blockSize));
            }
        });
        return main;
    }

    /** A misspelt one would be taken for the other by the route. */
    private void requireAnswer() throws SettingsException {
        if (!List.of("us", "nodes").contains(settings.text("pxe.controlplane.answer"))) {
            throw settings.wrong("pxe.controlplane.answer", "must be us or nodes");
        }
    }

    private DnsNames names(Surroundings surroundings) throws SettingsException {
        try {
            return new DnsNames(settings.text("pxe.controlplane"), surroundings, System::nanoTime);
        } catch (IllegalArgumentException wrong) {
            throw settings.wrong("pxe.controlplane", "will not do: " + wrong.getMessage());
        }
    }
}
