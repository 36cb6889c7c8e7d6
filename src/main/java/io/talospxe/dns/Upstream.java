package io.talospxe.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Message;
import org.xbill.DNS.SimpleResolver;

/** Asks another name server once. */
@FunctionalInterface
interface Upstream {

    /**
     * Sends a question and gives what comes back, asking again over TCP if it comes truncated. Returns at once; fails if nothing came within
     * a few seconds, or not what was asked for. The id and the port are drawn at random for each question (RFC 5452).
     */
    CompletionStage<Message> ask(InetSocketAddress server, Message question);

    /**
     * dnsjava's sockets.
     *
     * @param limit how long to wait for an answer
     */
    static Upstream bySockets(Duration limit) {
        return (server, question) -> {
            SimpleResolver resolver = new SimpleResolver(server);
            resolver.setEDNS(-1);
            resolver.setTimeout(limit);
            return resolver.sendAsync(question);
        };
    }
}
