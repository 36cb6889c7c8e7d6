package io.talospxe.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.talospxe.cluster.ControlPlanes;
import io.talospxe.cluster.Node;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What routes are told about control planes. */
@Timeout(60)
class ControlPlaneStepsTest {

    private static final String ONE = "127.0.0.2";
    private static final String TWO = "127.0.0.3";
    private static final String MAC = "52-54-00-12-34-56";

    private final int kubernetes = Node.freePort();
    private final int talos = Node.freePort();
    private final List<Node> nodes = new ArrayList<>();
    private final ControlPlanes controlPlanes =
        new ControlPlanes(List.of(), kubernetes, talos, Duration.ofMillis(100), Duration.ofSeconds(1));
    private final ControlPlaneSteps steps = new ControlPlaneSteps(controlPlanes);
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @AfterEach
    void end() {
        nodes.forEach(Node::close);
        controlPlanes.close();
        camel.stop();
    }

    @Test
    void aMachineIsKnownByItsMac() {
        steps.join(exchange("mac", MAC, "address", ONE));
        steps.join(exchange("mac", MAC, "address", TWO));
        assertThat(controlPlanes.all()).containsExactly(TWO);

        steps.leave(exchange("mac", MAC, "address", ONE));
        assertThat(controlPlanes.all()).isEmpty();
    }

    @Test
    void aMachineBehindARouterIsKnownByItsAddress() {
        steps.join(exchange("address", ONE));
        steps.join(exchange("address", TWO));
        assertThat(controlPlanes.all()).containsExactly(ONE, TWO);

        steps.leave(exchange("address", ONE));
        assertThat(controlPlanes.all()).containsExactly(TWO);
    }

    @Test
    void aMachineWithoutAnAddressIsRefused() {
        assertThatThrownBy(() -> steps.join(exchange("mac", MAC))).hasMessage("'' is not an IPv4 address");
    }

    @Test
    void theNameLeadsToThoseThatAnswerAndToAllBeforeAnyDoes() {
        assertThat(addresses()).isEmpty();
        steps.join(exchange("mac", MAC, "address", ONE));
        steps.join(exchange("address", TWO));
        assertThat(addresses()).isEqualTo(ONE + "," + TWO);

        listen(TWO, talos);
        controlPlanes.start();
        await().until(() -> addresses().equals(TWO));
        nodes.get(0).close();
        await().until(() -> addresses().equals(ONE + "," + TWO));
    }

    @Test
    void eachConnectionBeginsWithAnotherNodeOnEachPortByItself() {
        assertThat(chosen(talos)).isEmpty();
        steps.join(exchange("mac", MAC, "address", ONE));
        steps.join(exchange("address", TWO));
        assertThat(chosen(talos)).as("before any answers").isEmpty();

        listen(ONE, talos);
        listen(TWO, talos);
        controlPlanes.start();
        await().until(() -> controlPlanes.healthy(talos).size() == 2);
        String oneFirst = ONE + ":" + talos + "," + TWO + ":" + talos;
        String twoFirst = TWO + ":" + talos + "," + ONE + ":" + talos;
        for (int i = 0; i < 3; i++) {
            assertThat(chosen(kubernetes)).as("nothing listens on that port").isEmpty();
            assertThat(chosen(talos)).isEqualTo(oneFirst);
            assertThat(chosen(9)).as("a port that is never asked").startsWith(i % 2 == 0 ? ONE + ":9," : TWO + ":9,");
            assertThat(chosen(talos)).isEqualTo(twoFirst);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https", "-1", "123456"})
    void aPortThatIsNoneIsNamed(String port) {
        assertThatThrownBy(() -> steps.choose(exchange("port", port)))
            .hasMessage("the variable 'port' is '" + port + "': set it to the port of the nodes, 6443 say");
    }

    private String addresses() {
        Exchange exchange = exchange();
        steps.addresses(exchange);
        return exchange.getVariable("addresses", String.class);
    }

    private String chosen(int port) {
        Exchange exchange = exchange("port", Integer.toString(port));
        steps.choose(exchange);
        return exchange.getVariable("nodes", String.class);
    }

    private void listen(String address, int port) {
        nodes.add(Node.at(new InetSocketAddress(address, port), Node::beSilent));
    }

    private Exchange exchange(String... variables) {
        Exchange exchange = new DefaultExchange(camel);
        for (int i = 0; i < variables.length; i += 2) {
            exchange.setVariable(variables[i], variables[i + 1]);
        }
        return exchange;
    }
}
