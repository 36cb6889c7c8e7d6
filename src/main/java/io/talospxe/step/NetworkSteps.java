package io.talospxe.step;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.role.NetworkChange;
import io.talospxe.role.Presence;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** The steps of {@code network.yaml}, bean {@code network}: who else is here, and which role we have. Safe for several threads. */
public final class NetworkSteps {

    private static final String CHANGES = "seda:network?size=1000&discardWhenFull=true&waitForTaskToComplete=Never&failIfNoConsumers=false"
        + "&discardIfNoConsumers=true";

    private final Optional<Presence> presence;

    /** @param presence keeps our place in the network; empty if routes are only checked */
    public NetworkSteps(Optional<Presence> presence) {
        this.presence = presence;
    }

    /** Takes note of a client that speaks to another server. The body is a {@link DhcpMessage}, and stays as it is. */
    public void overhear(Exchange exchange) {
        presence.ifPresent(ours -> ours.overheard(exchange.getMessage().getBody(DhcpMessage.class)));
    }

    /** Becomes a proxy beside the DHCP server that has appeared. Nothing if we are one. */
    public void stepDown() {
        presence.ifPresent(Presence::stepDown);
    }

    /** Becomes the network's DHCP server. Nothing if we are it. */
    public void takeOver() {
        presence.ifPresent(Presence::takeOver);
    }

    /** Sends a change to {@code network.yaml}: as the body, its kind and our role also as the variables {@code change} and {@code role}. */
    public static void tell(ProducerTemplate template, NetworkChange change) {
        template.asyncSend(CHANGES, exchange -> {
            exchange.getMessage().setBody(change);
            exchange.setVariable("change", change.kind().name());
            exchange.setVariable("role", change.role().label());
        });
    }
}
