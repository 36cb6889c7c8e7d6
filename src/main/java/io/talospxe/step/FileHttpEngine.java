package io.talospxe.step;

import io.talospxe.machine.TransferReport;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/**
 * Answers what {@code platform-http} routes leave, in the way that firmware needs: always a Content-Length, never a redirect, never a
 * request's header or query parameter sent back, files by {@code sendfile(2)} with ranges and validators. Bound in the registry as
 * {@code platform-http-engine}, where Camel looks for it.
 *
 * <p>A route leaves a {@link java.io.File}, a {@link java.nio.file.Path}, bytes, a String or nothing as its body, and may set the headers
 * {@code Content-Type} and {@code CamelHttpResponseCode}; every other header stays inside. Each request starts with the variables
 * {@code address}, the client's IP address, and {@code localAddress}, the one of ours to come back to.
 */
public final class FileHttpEngine extends VertxPlatformHttpEngine {

    private static final String ADDRESS = "address";
    private static final String LOCAL_ADDRESS = "localAddress";

    private final Consumer<TransferReport> reports;
    private final UnaryOperator<String> told;

    /**
     * @param told    the address of ours that a machine is told to come back to, by the one that it asked
     * @param reports told about each file whose content was sent, or partly sent; called on the server's event loop, so it must not block
     */
    public FileHttpEngine(UnaryOperator<String> told, Consumer<TransferReport> reports) {
        this.told = Objects.requireNonNull(told);
        this.reports = Objects.requireNonNull(reports);
    }

    /** Called by camel-platform-http for each route. */
    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor route) {
        getCamelContext().getRegistry().findByType(VertxPlatformHttpRouter.class)
            .forEach(router -> router.errorHandler(404, RouteResponse::notFound));
        return new ResponseConsumer(endpoint, route);
    }

    /** Runs a request through its route and answers it. Camel's own would add its headers, and chunk what has no known length. */
    private final class ResponseConsumer extends VertxPlatformHttpConsumer {

        ResponseConsumer(PlatformHttpEndpoint endpoint, Processor route) {
            super(endpoint, route, getHandlers(), VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()));
        }

        @Override
        protected void handleRequest(RoutingContext context) {
            if (isSuspended()) {
                new RouteResponse(context).sentence(503, "This part of the server is paused; try again.");
                return;
            }
            Exchange exchange = createExchange(false);
            // Routes may block, which Vert.x's event loop must not; the response is the event loop's alone.
            processHttpRequest(exchange, context)
                .compose(read -> context.vertx().executeBlocking(() -> route(exchange), false))
                .compose(routed -> answer(exchange, context))
                .onFailure(failure -> {
                    getExceptionHandler().handleException("Cannot answer " + context.normalizedPath(), exchange, failure);
                    context.fail(failure);
                })
                .onComplete(done -> {
                    doneUoW(exchange);
                    releaseExchange(exchange, false);
                });
        }

        private Void route(Exchange exchange) throws Exception {
            createUoW(exchange);
            getProcessor().process(exchange);
            return null;
        }

        private Future<Void> answer(Exchange exchange, RoutingContext context) {
            try {
                new RouteResponse(context).send(exchange, reports);
                return Future.succeededFuture();
            } catch (InvalidPayloadException noBytes) {
                return Future.failedFuture(noBytes);
            }
        }

        @Override
        protected Future<Void> populateCamelMessage(RoutingContext context, Exchange exchange, Message message) {
            Future<Void> read = super.populateCamelMessage(context, exchange, message);
            // A route that sets none would otherwise give the client its own header, or query parameter, back.
            message.removeHeader(Exchange.CONTENT_TYPE);
            exchange.setVariable(ADDRESS, context.request().remoteAddress().hostAddress());
            exchange.setVariable(LOCAL_ADDRESS, told.apply(context.request().localAddress().hostAddress()));
            return read;
        }
    }
}
