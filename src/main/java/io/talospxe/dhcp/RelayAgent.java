package io.talospxe.dhcp;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;

/** What a relay put into a request goes back to it (RFC 3046, section 2.2). Stateless. */
final class RelayAgent {

    private RelayAgent() {
    }

    /** The reply with option 82 of the request behind everything else: the relay takes it off again before the client sees it. */
    static DhcpMessage echo(DhcpMessage request, DhcpMessage reply) {
        return request.options().get(OptionCode.RELAY_AGENT_INFORMATION).map(information -> {
            Options.Builder options = Options.builder();
            reply.options().byNumber().forEach((number, value) -> options.put(OptionCode.of(number), value));
            return reply.withOptions(options.put(OptionCode.RELAY_AGENT_INFORMATION, information).build());
        }).orElse(reply);
    }
}
