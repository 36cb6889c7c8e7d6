package io.talospxe.step;

import io.talospxe.cluster.ControlPlanes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;

/** The steps that know the cluster's control planes; bean {@code controlPlanes}. Safe for several threads. */
public final class ControlPlaneSteps {

    private final ControlPlanes controlPlanes;
    /** How many connections were given a node, by port; ports are few, they come from route files. */
    private final Map<Integer, AtomicInteger> turns = new ConcurrentHashMap<>();

    /** @param controlPlanes the machines, and which of them answer */
    public ControlPlaneSteps(ControlPlanes controlPlanes) {
        this.controlPlanes = controlPlanes;
    }

    /** The machine of the variables {@code mac}, which may be absent, and {@code address} is a control plane from now on. */
    public void join(Exchange exchange) {
        controlPlanes.join(key(exchange), text(exchange, "address"));
    }

    /** The machine of the variables {@code mac}, which may be absent, and {@code address} is no control plane, or none any more. */
    public void leave(Exchange exchange) {
        controlPlanes.leave(key(exchange), text(exchange, "address"));
    }

    /**
     * Sets the variable {@code addresses}, with commas between: the control planes that answer on one port at least. If none does, all of
     * them, for a first node is looked for before it is up; empty if there are none at all.
     */
    public void addresses(Exchange exchange) {
        List<String> answering = controlPlanes.answering();
        exchange.setVariable("addresses", String.join(",", answering.isEmpty() ? controlPlanes.all() : answering));
    }

    /**
     * Sets the variable {@code nodes} to the control planes that answer on the port of the variable {@code port}, as
     * {@code 10.77.0.5:6443,10.77.0.6:6443}; each call begins with another one. Empty if none answers.
     *
     * @throws IllegalArgumentException if {@code port} is not a port's number
     */
    public void choose(Exchange exchange) {
        String port = text(exchange, "port");
        if (!port.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("the variable 'port' is '" + port + "': set it to the port of the nodes, 6443 say");
        }
        int number = Integer.parseInt(port);
        List<String> nodes = new ArrayList<>(controlPlanes.healthy(number));
        if (!nodes.isEmpty()) {
            int turn = turns.computeIfAbsent(number, first -> new AtomicInteger()).getAndIncrement();
            Collections.rotate(nodes, -Math.floorMod(turn, nodes.size()));
        }
        exchange.setVariable("nodes", nodes.stream().map(address -> address + ":" + port).collect(Collectors.joining(",")));
    }

    private static String key(Exchange exchange) {
        String mac = text(exchange, "mac");
        return mac.isEmpty() ? text(exchange, "address") : mac;
    }

    private static String text(Exchange exchange, String variable) {
        return exchange.getVariable(variable, "", String.class);
    }
}
