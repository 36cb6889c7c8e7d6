package io.talospxe.step;

import io.talospxe.machine.MacAddress;
import io.talospxe.machine.MachineFile;
import io.talospxe.machine.Timeline;
import io.talospxe.net.Neighbours;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** The steps that tell which machine this is and what it may have; bean {@code machines}. Safe for several threads. */
public final class MachineSteps {

    /** What iPXE and Talos put into a URL ends up in a file name. */
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

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
     * Takes the machine from an HTTP query: headers {@code mac}, {@code uuid} and {@code serial} become variables, and those that could not
     * be part of a file's name are left out, an unfit variable {@code profile} included. A MAC in any notation becomes
     * {@code 52-54-00-12-34-56}.
     */
    public void identify(Exchange exchange) {
        set(exchange, "mac", query(exchange, "mac").filter(MacAddress::isMacAddress).map(text -> MacAddress.parse(text).dashed()));
        set(exchange, "uuid", query(exchange, "uuid").map(text -> text.toLowerCase(Locale.ROOT)));
        set(exchange, "serial", query(exchange, "serial"));
        set(exchange, "profile", Optional.ofNullable(exchange.getVariable("profile", String.class)));
    }

    /** Sets the variable {@code mac} from the variable {@code address}, if the machine is on a link of ours. */
    public void neighbour(Exchange exchange) {
        neighbours.of(text(exchange, "address")).ifPresent(mac -> exchange.setVariable("mac", mac.dashed()));
    }

    /**
     * Sets the variable {@code profile} to what {@code machines.properties} has for the variables {@code mac}, {@code uuid} or
     * {@code serial}; leaves it as it is if no line names the machine.
     */
    public void profile(Exchange exchange) {
        file.profile(text(exchange, "mac"), text(exchange, "uuid"), text(exchange, "serial"))
            .ifPresent(profile -> exchange.setVariable("profile", profile));
    }

    /** Whether the machine of the variables {@code mac} and {@code address} is on its way: it was sent a script not too long ago. */
    public boolean booting(Exchange exchange) {
        return timeline.booting(text(exchange, "mac"), text(exchange, "address"), window);
    }

    private static Optional<String> query(Exchange exchange, String name) {
        return Optional.ofNullable(exchange.getMessage().getHeader(name, String.class));
    }

    private static void set(Exchange exchange, String variable, Optional<String> key) {
        key.filter(text -> KEY.matcher(text).matches())
            .ifPresentOrElse(text -> exchange.setVariable(variable, text), () -> exchange.removeVariable(variable));
    }

    private static String text(Exchange exchange, String variable) {
        return exchange.getVariable(variable, "", String.class);
    }
}
