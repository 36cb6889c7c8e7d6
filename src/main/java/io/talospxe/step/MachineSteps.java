package io.talospxe.step;

import io.talospxe.machine.MacAddress;
import io.talospxe.machine.MachineFile;
import io.talospxe.machine.Timeline;
import io.talospxe.net.Neighbours;
import java.time.Duration;
import java.util.Locale;
import org.apache.camel.Exchange;

/** The steps that tell which machine this is and what it may have; bean {@code machines}. Safe for several threads. */
public final class MachineSteps {

    private final MachineFile file;
    private final Timeline timeline;
    private final Neighbours neighbours;
    private final Duration window;

    /**
     * @param file       which machine has which profile
     * @param timeline   which machines are booting
     * @param neighbours which hardware address an IP address has
     * @param window     how long after its script a machine still counts as booting
     */
    public MachineSteps(MachineFile file, Timeline timeline, Neighbours neighbours, Duration window) {
        this.file = file;
        this.timeline = timeline;
        this.neighbours = neighbours;
        this.window = window;
    }

    /**
     * Takes the machine from an HTTP query: headers {@code mac}, {@code uuid} and {@code serial} become variables if they can be keys, that
     * is, letters, digits, dots, underscores and dashes. A MAC in any notation becomes {@code 52-54-00-12-34-56}.
     */
    public void identify(Exchange exchange) {
        for (String key : new String[] {"mac", "uuid", "serial"}) {
            String value = exchange.getMessage().getHeader(key, "", String.class);
            if (key.equals("mac") && MacAddress.isMacAddress(value)) {
                exchange.setVariable(key, MacAddress.parse(value).dashed());
            } else if (!key.equals("mac") && value.matches("[A-Za-z0-9._-]{1,64}") && !value.startsWith(".")) {
                exchange.setVariable(key, key.equals("uuid") ? value.toLowerCase(Locale.ROOT) : value);
            }
        }
    }

    /** Sets the variable {@code mac} from the variable {@code address}, if the machine is on a link of ours. */
    public void neighbour(Exchange exchange) {
        neighbours.of(text(exchange, "address")).ifPresent(mac -> exchange.setVariable("mac", mac.dashed()));
    }

    /** The profile that {@code machines.properties} gives the machine of the variables {@code mac}, {@code uuid}, {@code serial}; else "menu". */
    public String profile(Exchange exchange) {
        return file.profile(text(exchange, "mac"), text(exchange, "uuid"), text(exchange, "serial")).orElse("menu");
    }

    /** Whether the machine of the variables {@code mac} and {@code address} is on its way: it was sent a script not too long ago. */
    public boolean booting(Exchange exchange) {
        return timeline.booting(text(exchange, "mac"), text(exchange, "address"), window);
    }

    private static String text(Exchange exchange, String variable) {
        return exchange.getVariable(variable, "", String.class);
    }
}
