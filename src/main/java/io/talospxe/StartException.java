package io.talospxe;

import io.talospxe.net.PortHolder;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** The server cannot start. The message is a sentence for people that names the obstacle and the next step. */
final class StartException extends Exception {

    StartException(String sentence) {
        super(sentence);
    }

    /** A port that somebody else has. */
    static StartException portHeld(String protocol, int port, String device) {
        return new StartException("Port " + port + " (" + protocol + ") on " + device + " is held by "
            + PortHolder.of(protocol, port).orElse("another process") + ". Stop it"
            + (port == 67 ? ", or start with --role proxy on another host beside it." : " first."));
    }

    /**
     * What stood in the way, made out from an exception of a library.
     *
     * @param what   what could not be started
     * @param ports  the UDP ports that were to be opened; the first that somebody else has is named
     * @param device the interface
     */
    static StartException of(Exception refused, String what, List<Integer> ports, String device) {
        Throwable known = refused instanceof ExecutionException ? refused.getCause() : refused;
        Throwable root = known;
        for (Throwable cause = known; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (message.contains("Address already in use")) {
                return portHeld("udp", ports.stream().filter(port -> PortHolder.of("udp", port).isPresent()).findFirst().orElse(ports.get(0)), device);
            }
            if (message.contains("Permission denied") || message.contains("Operation not permitted")) {
                return new StartException("The ports of DHCP and TFTP are for root: start with sudo.");
            }
            root = cause;
        }
        return new StartException(what + " cannot be started: " + known.getMessage() + (root == known ? "" : " (" + root.getMessage() + ")"));
    }
}
