package io.talospxe.step;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.talospxe.asset.AssetStore;
import io.talospxe.machine.TransferReport;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The shipped TFTP route on a free loopback port; what it needs of other pages is a stub. */
final class TftpServer implements AutoCloseable {

    /** The text that the stub of {@code direct:autoexec-script} leaves. */
    static final String SCRIPT = "#!ipxe\necho ${netX/mac} Grüße\n";

    private final EventLoopGroup loops = new EpollEventLoopGroup(2);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final List<TransferReport> reports = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile boolean refusing;

    /**
     * @param assets the assets folder
     * @param limit  how many transfers may run at a time
     */
    TftpServer(Path assets, int limit) throws Exception {
        this("", new AssetStore(List.of(assets))::firstOf, limit);
    }

    /**
     * @param device the interface to be tied to, on all of its addresses; empty for 127.0.0.1
     * @param files  finds the first file of several comma-separated asset names
     * @param limit  how many transfers may run at a time
     */
    TftpServer(String device, Function<String, Optional<Path>> files, int limit) throws Exception {
        port = freePort();
        Properties properties = new Properties();
        properties.setProperty("pxe.tftp.host", device.isEmpty() ? "127.0.0.1" : "0.0.0.0");
        properties.setProperty("pxe.tftp.port", Integer.toString(port));
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getRegistry().bind("interfaceSocket", new InterfaceSocket(device));
        camel.getRegistry().bind("tftp", new TftpSteps(device, asked -> asked, files, reports::add, loops, limit, 1468));
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:admit-address").process(exchange -> exchange.setVariable("admitted", refusing ? "no" : "yes"));
                from("direct:no-reply").setBody(exchange -> null).stop();
                from("direct:autoexec-script").process(exchange -> exchange.setVariable("content", SCRIPT));
            }
        });
        for (String page : List.of("errors", "tftp")) {
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveMandatoryResource(camel, "file:routes/" + page + ".yaml"));
        }
        camel.start();
    }

    int port() {
        return port;
    }

    /** What was reported so far, in order. */
    List<TransferReport> reports() {
        return reports;
    }

    /** From now on every machine is refused by the boot policy. */
    void refuseEverybody() {
        refusing = true;
    }

    @Override
    public void close() {
        camel.stop();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static int freePort() throws SocketException {
        try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
