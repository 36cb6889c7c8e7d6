package io.talospxe.step;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.talospxe.asset.ByteRange;
import io.talospxe.machine.TransferReport;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one file as an HTTP response: GET and HEAD, conditional requests (RFC 9110, section 13) and one byte range (section 14). The
 * content goes from the page cache to the socket by {@code sendfile(2)} and never through the heap. Used once.
 */
final class FileResponse {

    private static final Logger LOG = LoggerFactory.getLogger(FileResponse.class);
    // IMF-fixdate, RFC 9110, section 5.6.7; RFC_1123_DATE_TIME does not write the day with two digits.
    private static final DateTimeFormatter HTTP_DATE =
        DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);
    // UEFI 2.10, section 24.7.2.3: HTTP Boot decides by these what it was given.
    private static final Map<String, String> TYPES = Map.of(
        "efi", "application/efi",
        "iso", "application/vnd.efi-iso",
        "img", "application/vnd.efi-img",
        "ipxe", "text/plain",
        "txt", "text/plain",
        "yaml", "application/yaml");

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final RouteResponse otherwise;
    private final String asked;
    private final Path file;
    private final Consumer<TransferReport> reports;

    FileResponse(RoutingContext context, Path file, Consumer<TransferReport> reports) {
        this.request = context.request();
        this.response = context.response();
        this.otherwise = new RouteResponse(context);
        this.asked = context.normalizedPath().replaceFirst("^/(assets/)?", "");
        this.file = file;
        this.reports = reports;
    }

    /**
     * Sends the file, or a sentence with 404 if it is gone and with 503 if it cannot be read.
     *
     * @param code status for the whole file, or null for 200
     * @param type its Content-Type, or null to go by the name's ending
     */
    void send(Integer code, String type) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new NoSuchFileException(file.toString());
            }
            // Vert.x writes off the response before it opens the file, too late for a 503.
            if (!Files.isReadable(file)) {
                throw new AccessDeniedException(file.toString());
            }
            send(code, type == null ? typeOf(file) : type, attributes);
        } catch (NoSuchFileException gone) {
            otherwise.sentence(404, file.getFileName() + " is not there any more.");
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read: {}", file, unreadable.toString());
            otherwise.sentence(503, "The server cannot read " + file.getFileName() + "; its log says why.");
        }
    }

    private void send(Integer code, String type, BasicFileAttributes attributes) {
        String tag = tagOf(attributes);
        Instant modified = attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS);
        long size = attributes.size();
        response.putHeader(HttpHeaderNames.ETAG, tag)
            .putHeader(HttpHeaderNames.LAST_MODIFIED, HTTP_DATE.format(modified))
            .putHeader(HttpHeaderNames.ACCEPT_RANGES, "bytes");
        if (isFresh(tag, modified)) {
            response.setStatusCode(304).end();
            return;
        }
        ByteRange range = ByteRange.parse(rangeHeader(tag, modified), size);
        if (range instanceof ByteRange.Unsatisfiable behindTheEnd) {
            response.putHeader(HttpHeaderNames.CONTENT_RANGE, behindTheEnd.contentRange(size));
            otherwise.sentence(416, "The file has " + size + " bytes.");
            return;
        }
        response.putHeader(HttpHeaderNames.CONTENT_TYPE, type);
        if (range instanceof ByteRange.Part part) {
            response.setStatusCode(206).putHeader(HttpHeaderNames.CONTENT_RANGE, part.contentRange(size));
            stream(part.first(), part.length());
        } else if (request.method() == HttpMethod.HEAD) {
            response.putHeader(HttpHeaderNames.CONTENT_LENGTH, String.valueOf(size)).end();
        } else {
            response.setStatusCode(code == null ? 200 : code);
            stream(0, size);
        }
    }

    private void stream(long first, long length) {
        long start = System.nanoTime();
        SentBytes sent = SentBytes.on(request.connection());
        response.sendFile(file.toString(), first, length).onComplete(end -> {
            sent.stop();
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            String failure = end.succeeded() ? "" : "the connection broke (" + end.cause().getMessage() + ")";
            reports.accept(new TransferReport(asked, request.remoteAddress().hostAddress(), end.succeeded() ? length : sent.count(), took,
                failure));
            if (end.failed()) {
                request.connection().close();
            }
        });
    }

    /** RFC 9110, section 13.2.2: If-None-Match, if there is one, decides alone. */
    private boolean isFresh(String tag, Instant modified) {
        String known = request.getHeader(HttpHeaderNames.IF_NONE_MATCH);
        if (known != null) {
            return Arrays.stream(known.split(",")).map(String::strip)
                .anyMatch(one -> one.equals("*") || one.equals(tag) || one.equals("W/" + tag));
        }
        Instant since = date(request.getHeader(HttpHeaderNames.IF_MODIFIED_SINCE));
        return since != null && !modified.isAfter(since);
    }

    /** The Range header, or null if it does not apply: to GET alone, and not if If-Range (section 13.1.5) names another state. */
    private String rangeHeader(String tag, Instant modified) {
        String state = request.getHeader(HttpHeaderNames.IF_RANGE);
        boolean same = state == null || state.equals(tag) || modified.equals(date(state));
        return same && request.method() == HttpMethod.GET ? request.getHeader(HttpHeaderNames.RANGE) : null;
    }

    /** A strong validator: a file that was rewritten differs in its time, one that was replaced in its inode. */
    private static String tagOf(BasicFileAttributes attributes) {
        return String.format("\"%x-%x-%x\"", attributes.size(), attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS),
            String.valueOf(attributes.fileKey()).hashCode());
    }

    private static String typeOf(Path file) {
        String name = file.getFileName().toString();
        String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return TYPES.getOrDefault(ending, "application/octet-stream");
    }

    private static Instant date(String text) {
        try {
            return text == null ? null : HTTP_DATE.parse(text, Instant::from);
        } catch (DateTimeParseException notADate) {
            return null;
        }
    }
}
