package io.talospxe.step;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.talospxe.machine.TransferReport;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;

/** Turns what a route left in its exchange into one HTTP response. Used once, on the event loop, which alone may write. */
final class RouteResponse {

    private static final String TEXT = "text/plain; charset=utf-8";

    private final RoutingContext context;

    RouteResponse(RoutingContext context) {
        this.context = context;
    }

    /** Answers a request that no route takes. */
    static void notFound(RoutingContext context) {
        new RouteResponse(context).sentence(404, "This server has nothing under that address.");
    }

    /** Sends the exchange's body with its Content-Type and status; a route that failed gives 500 and a sentence, never a stack trace. */
    void send(Exchange exchange, Consumer<TransferReport> reports) throws InvalidPayloadException {
        if (exchange.getException() != null) {
            sentence(500, "The server could not answer this; its log says why.");
            return;
        }
        Message message = exchange.getMessage();
        Object body = message.getBody();
        Integer code = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        String type = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        if (body instanceof File file) {
            new FileResponse(context, file.toPath(), reports).send(code, type);
        } else if (body instanceof Path file) {
            new FileResponse(context, file, reports).send(code, type);
        } else if (body == null && code != null && code == 404) {
            notFound(context);
        } else if (body == null) {
            content(code == null ? 204 : code, type, new byte[0]);
        } else if (body instanceof String text) {
            content(code == null ? 200 : code, type == null ? TEXT : type, text.getBytes(StandardCharsets.UTF_8));
        } else {
            content(code == null ? 200 : code, type, message.getMandatoryBody(byte[].class));
        }
    }

    /** Sends one sentence for a person to read. */
    void sentence(int code, String sentence) {
        content(code, TEXT, (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private void content(int code, String type, byte[] bytes) {
        HttpServerResponse response = context.response().setStatusCode(code);
        if (type != null) {
            response.putHeader(HttpHeaderNames.CONTENT_TYPE, type);
        }
        // RFC 9110, section 8.6: 204 has none. All else has one, HEAD included: UEFI HTTP Boot and GRUB read no chunked answers.
        if (code != 204) {
            response.putHeader(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(bytes.length));
        }
        if (context.request().method() == HttpMethod.HEAD) {
            response.end();
        } else {
            response.end(Buffer.buffer(bytes));
        }
    }
}
