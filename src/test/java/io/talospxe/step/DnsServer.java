package io.talospxe.step;

import io.talospxe.dns.AnswerMemory;
import io.talospxe.dns.DnsNames;
import io.talospxe.dns.Forwarder;
import io.talospxe.dns.Site;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The shipped DNS routes on one address; what they need of others is a stub. */
final class DnsServer implements AutoCloseable {

    /** Shorter than in earnest, so that a test need not wait. */
    static final int IDLE_SECONDS = 3;

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final int port;
    private final ControlPlanes controlPlanes;

    /** The stub of bean {@code controlPlanes}: all of the site's, healthy or not. */
    public static final class ControlPlanes {
        private final Site site;
        private final AtomicInteger calls = new AtomicInteger();

        ControlPlanes(Site site) {
            this.site = site;
        }

        /** Sets the variable {@code addresses}; fails if the site has too many. */
        public void addresses(Exchange exchange) {
            calls.incrementAndGet();
            if (site.controlPlanes().size() > 9) {
                throw new IllegalStateException("too many control planes");
            }
            exchange.setVariable("addresses", String.join(",", site.controlPlanes().stream().map(InetAddress::getHostAddress).toList()));
        }
    }

    /** Serves on a free port of 127.0.0.1. */
    DnsServer(Site site, Map<String, String> settings) throws Exception {
        this(site, "127.0.0.1", freePort(), settings);
    }

    /** @param settings what differs from the shipped settings */
    DnsServer(Site site, String address, int port, Map<String, String> settings) throws Exception {
        this.port = port;
        this.controlPlanes = new ControlPlanes(site);
        Properties properties = new Properties();
        try (InputStream shipped = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            properties.load(shipped);
        }
        properties.putAll(settings);
        properties.setProperty("pxe.dns.port", Integer.toString(port));
        camel.getPropertiesComponent().setInitialProperties(properties);
        AnswerMemory memory = new AnswerMemory();
        camel.getRegistry().bind("dnsSocket", new DnsSocket(memory, System::nanoTime, IDLE_SECONDS));
        camel.getRegistry().bind("dns", new DnsSteps(new DnsNames(properties.getProperty("pxe.controlplane"), site, System::nanoTime),
            new Forwarder(site, port, System::nanoTime), site, memory, System::nanoTime));
        camel.getRegistry().bind("controlPlanes", controlPlanes);
        PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveMandatoryResource(camel, "file:routes/dns.yaml"));
        camel.start();
        for (String template : List.of("dns-on-address", "dns-tcp-on-address")) {
            TemplatedRouteBuilder.builder(camel, template).routeId(template.replace("-on-address", "-on-") + address)
                .parameter("address", address)
                .add();
        }
    }

    int port() {
        return port;
    }

    /** How often the route has asked for the control planes. */
    int controlPlaneLookups() {
        return controlPlanes.calls.get();
    }

    @Override
    public void close() {
        camel.stop();
    }

    /** A port that is free for both UDP and TCP. */
    static int freePort() throws SocketException {
        while (true) {
            try (DatagramSocket udp = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                 ServerSocket tcp = new ServerSocket(udp.getLocalPort(), 1, InetAddress.getLoopbackAddress())) {
                return tcp.getLocalPort();
            } catch (SocketException fatal) {
                throw fatal;
            } catch (IOException taken) {
                continue;
            }
        }
    }
}
