package io.talospxe.step;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.talospxe.cluster.ControlPlanes;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The shipped routes/endpoint.yaml on one address, as the program opens it, without the rest of the program. */
public final class EndpointServer implements AutoCloseable {

    private static final String ROUTE = "endpoint";

    private final EventLoopGroup loops = new EpollEventLoopGroup(2);
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final ControlPlanes controlPlanes;
    private final PassThrough passThrough;

    /**
     * @param controlPlanes the machines; closed with this
     * @param limits        connections at a time, and how long a silent and a half-closed one lives
     */
    public EndpointServer(ControlPlanes controlPlanes, Limits limits) throws Exception {
        this.controlPlanes = controlPlanes;
        passThrough = new PassThrough(loops, limits.connections, limits.idle, limits.halfClosed, controlPlanes::failed);
        camel.getRegistry().bind("controlPlanes", new ControlPlaneSteps(controlPlanes));
        camel.getRegistry().bind("passThrough", passThrough);
    }

    /**
     * What a connection may take.
     *
     * @param connections how many there may be
     * @param idle        how long one may be silent
     * @param halfClosed  the same for one that is half closed
     */
    public record Limits(int connections, Duration idle, Duration halfClosed) {
    }

    /** Binds another part, for routes of the test's own. */
    EndpointServer with(String name, Object part) {
        camel.getRegistry().bind(name, part);
        return this;
    }

    /** Opens {@code endpoint-on-address}, or another template of {@code page}. */
    public EndpointServer open(String page, String template, String address, Map<String, String> settings) throws Exception {
        Properties properties = new Properties();
        properties.putAll(settings);
        camel.getPropertiesComponent().setInitialProperties(properties);
        for (String file : new String[] {"routes/errors.yaml", page}) {
            PluginHelper.getRoutesLoader(camel).loadRoutes(ResourceHelper.resolveMandatoryResource(camel, "file:" + file));
        }
        TemplatedRouteBuilder.builder(camel, template).routeId(ROUTE).parameter("address", address).add();
        camel.start();
        return this;
    }

    /** Stops the route, as when our address changes. */
    void stopRoute() throws Exception {
        camel.getRouteController().stopRoute(ROUTE);
    }

    @Override
    public void close() {
        controlPlanes.close();
        camel.stop();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
