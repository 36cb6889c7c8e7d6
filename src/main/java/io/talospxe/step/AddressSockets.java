package io.talospxe.step;

import io.talospxe.net.PortHolder;
import io.vertx.core.http.HttpServer;
import java.net.Inet4Address;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.builder.TemplatedRouteBuilder;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteTemplateDefinition;

/**
 * The sockets that belong to one address of ours, opened and closed as addresses come and go: HTTP, and a route for each {@code routeTemplate}
 * whose id ends in {@value #SUFFIX}. An address that cannot have one of them has the others. Safe for several threads.
 */
public final class AddressSockets {

    /** Ends the id of a template that is to run once for each address; its parameter is {@code address}. */
    public static final String SUFFIX = "-on-address";

    private static final Pattern SOCKET = Pattern.compile("netty:(?<protocol>udp|tcp)://[^?]*:(?<port>[0-9]+|\\{\\{[^}]+}})([?].*)?");

    private final ModelCamelContext context;
    private final Inet4Address first;
    private final Consumer<String> complaint;
    private final Map<Inet4Address, HttpServer> http = new ConcurrentHashMap<>();

    /**
     * @param context   has started
     * @param first     the address on which Camel's own HTTP server listens
     * @param complaint is told in a sentence what could not be opened
     */
    public AddressSockets(ModelCamelContext context, Inet4Address first, Consumer<String> complaint) {
        this.context = Objects.requireNonNull(context);
        this.first = first;
        this.complaint = complaint;
    }

    /** Opens what belongs to the address, as far as it is not open. */
    public synchronized void open(Inet4Address address) {
        if (!address.equals(first) && !http.containsKey(address)) {
            openHttp(address);
        }
        for (String template : templates()) {
            String id = id(template, address);
            if (context.getRoute(id) == null) {
                try {
                    TemplatedRouteBuilder.builder(context, template).routeId(id).parameter("address", address.getHostAddress()).add();
                } catch (Exception refused) {
                    remove(id);
                    complaint.accept("Route " + id + " could not be started, the others go on: " + reason(refused, template));
                }
            }
        }
    }

    /** Closes what belongs to the address. */
    public synchronized void close(Inet4Address address) {
        HttpServer listening = http.remove(address);
        if (listening != null) {
            listening.close();
        }
        templates().forEach(template -> remove(id(template, address)));
    }

    /** The router is Camel's: every address serves the same routes. */
    private void openHttp(Inet4Address address) {
        VertxPlatformHttpServer server = context.hasService(VertxPlatformHttpServer.class);
        HttpServer another = server.getVertx().createHttpServer().requestHandler(server.getServer().requestHandler());
        http.put(address, another);
        another.listen(server.getPort(), address.getHostAddress())
            .onFailure(refused -> complaint.accept("HTTP on " + address.getHostAddress() + " could not be opened: " + refused.getMessage()));
    }

    private List<String> templates() {
        return context.getRouteTemplateDefinitions().stream().map(RouteTemplateDefinition::getId).filter(id -> id.endsWith(SUFFIX)).sorted().toList();
    }

    private void remove(String id) {
        try {
            context.getRouteController().stopRoute(id);
            context.removeRoute(id);
        } catch (Exception refused) {
            complaint.accept("Route " + id + " could not be ended: " + reason(refused));
        }
    }

    private static String id(String template, Inet4Address address) {
        return template.substring(0, template.length() - SUFFIX.length()) + "-on-" + address.getHostAddress().replace('.', '-');
    }

    private static String reason(Throwable refused) {
        Throwable root = refused;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    /** A port that somebody else has is the usual reason: who has it is what a person needs to know. */
    private String reason(Throwable refused, String template) {
        String reason = reason(refused);
        Matcher socket = SOCKET.matcher(context.getRouteTemplateDefinition(template).getRoute().getInput().getUri());
        if (!reason.contains("Address already in use") || !socket.matches()) {
            return reason;
        }
        int port = Integer.parseInt(context.resolvePropertyPlaceholders(socket.group("port")));
        return "port " + port + " (" + socket.group("protocol") + ") is held by "
            + PortHolder.of(socket.group("protocol"), port).orElse("another process") + ". Stop it, then start again";
    }
}
