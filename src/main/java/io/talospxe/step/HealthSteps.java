package io.talospxe.step;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;

/** Answers the health URL; bean {@code health}. Safe for several threads. */
public final class HealthSteps {

    /**
     * Sets body and response code: 200 and {@code {"status":"UP"}} if every route runs, else 503 and the ids of those that do not.
     */
    public void report(Exchange exchange) {
        CamelContext context = exchange.getContext();
        List<String> down = context.getRoutes().stream().map(Route::getRouteId)
            .filter(id -> context.getRouteController().getRouteStatus(id) != ServiceStatus.Started).sorted().toList();
        exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, down.isEmpty() ? 200 : 503);
        exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
        exchange.getMessage().setBody(down.isEmpty()
            ? "{\"status\":\"UP\"}\n" : "{\"status\":\"DOWN\",\"routes\":[\"" + String.join("\",\"", down) + "\"]}\n");
    }
}
