package io.talospxe.step;

import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.machine.BootEvent;
import io.talospxe.machine.MacAddress;
import io.talospxe.machine.Stage;
import io.talospxe.machine.Timeline;
import io.talospxe.machine.TransferReport;
import java.net.Inet4Address;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * Turns what routes and transfers report into {@link BootEvent}s for {@code events.yaml}; bean {@code events}. Safe for several threads.
 */
public final class EventSteps {

    /** A full queue drops lines rather than hold up an answer. */
    private static final String EVENTS = "seda:events?size=10000&discardWhenFull=true&waitForTaskToComplete=Never&failIfNoConsumers=false"
        + "&discardIfNoConsumers=true";

    private final String device;
    private final Timeline timeline;
    private final ProducerTemplate template;

    /**
     * @param device   the interface's name, as log lines show it
     * @param timeline is told every event
     * @param template sends to {@code seda:events}
     */
    public EventSteps(String device, Timeline timeline, ProducerTemplate template) {
        this.device = device;
        this.timeline = timeline;
        this.template = template;
    }

    /**
     * Reports what an exchange is about and leaves it as it is. A {@link DhcpMessage} body speaks for itself; otherwise the variables
     * {@code stage} (a name of {@link Stage}) and {@code detail} (the rest of the line) do, with {@code mac} and {@code address}.
     */
    public void record(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        String mac = text(exchange, "mac");
        if (body instanceof DhcpMessage message) {
            tell(dhcp(message, mac, text(exchange, "bootFile"), text(exchange, "architecture")));
        } else {
            Stage stage = Stage.valueOf(text(exchange, "stage").toUpperCase(Locale.ROOT));
            String address = text(exchange, "address");
            String machine = mac.isEmpty() ? address : address + " " + mac.replace('-', ':');
            tell(new BootEvent(stage, mac, address, machine.strip() + " " + text(exchange, "detail")));
        }
    }

    /** Reports the end of a file's transfer. A configuration is reported by its route, which knows the machine. */
    public void tell(TransferReport report) {
        if (report.complete() && report.file().startsWith("config/")) {
            return;
        }
        Stage done = report.file().matches("(vmlinuz|initramfs).*") ? Stage.FETCHED : Stage.LOADED;
        tell(new BootEvent(report.complete() ? done : Stage.FAILED, "", report.address(), report.toString()));
    }

    private void tell(BootEvent event) {
        timeline.record(event);
        template.sendBody(EVENTS, event);
    }

    /** dnsmasq's shape: {@code DHCPOFFER(eth0) 192.168.123.7 52:54:00:12:34:56 uefi-x64/ipxe.efi}. */
    private BootEvent dhcp(DhcpMessage message, String mac, String bootFile, String architecture) {
        boolean reply = message.op() == DhcpMessage.BOOTREPLY;
        Optional<Inet4Address> address = reply ? given(message.yiaddr()).or(() -> given(message.ciaddr()))
            : given(message.ciaddr()).or(() -> message.options().address(OptionCode.REQUESTED_ADDRESS));
        boolean proxy = reply && message.type().orElse(null) != MessageType.NAK;
        String rest = !reply ? architecture
            : message.options().text(OptionCode.MESSAGE).orElse(message.options().has(OptionCode.BOOT_FILE_NAME) ? bootFile : "");
        String line = message.name() + "(" + device + ") "
            + address.map(known -> known.getHostAddress() + " ").orElse(proxy ? "proxy " : "")
            + MacAddress.of(message.chaddr().toBytes()) + (rest.isEmpty() ? "" : " " + rest);
        return new BootEvent(stage(message), mac, address.map(Inet4Address::getHostAddress).orElse(""), line);
    }

    private static Stage stage(DhcpMessage message) {
        if (message.op() == DhcpMessage.BOOTREQUEST) {
            return Stage.ASKED;
        }
        return switch (message.type().orElse(MessageType.NAK)) {
            case OFFER -> Stage.OFFERED;
            case ACK -> given(message.yiaddr()).isPresent() ? Stage.LEASED : Stage.INSTRUCTED;
            default -> Stage.FAILED;
        };
    }

    private static Optional<Inet4Address> given(Inet4Address address) {
        return address.isAnyLocalAddress() ? Optional.empty() : Optional.of(address);
    }

    private static String text(Exchange exchange, String variable) {
        return exchange.getVariable(variable, "", String.class);
    }
}
