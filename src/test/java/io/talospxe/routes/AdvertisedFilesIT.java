package io.talospxe.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MessageType;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every architecture of the table, in both roles, on port 67 (whose answers come to port 68: hence root) and on 4011. */
class AdvertisedFilesIT {

    @TempDir
    private Path folder;

    @ParameterizedTest(name = "{0} role")
    @ValueSource(strings = {"server", "proxy"})
    @DisplayName("What an architecture is offered on 67 and 4011 can be fetched")
    void advertisedIsServed(String role) throws Exception {
        AdvertisedFiles.plant(folder);
        try (LoopbackServer server = LoopbackServer.start(folder, folder, role, Map.of()); DhcpClient client = new DhcpClient(68)) {
            for (Architecture architecture : AdvertisedFiles.architectures()) {
                DhcpMessage offer = client.ask(server.port("PXE_DHCP_PORT"), DhcpClient.question(MessageType.DISCOVER, architecture), 5000)
                    .orElseThrow(() -> new AssertionError("no offer for " + architecture + "\n" + server.program().printed()));
                assertThat(offer.type()).contains(MessageType.OFFER);
                assertThat(offer.yiaddr().isAnyLocalAddress()).as("only a server gives an address").isEqualTo(role.equals("proxy"));
                AdvertisedFiles.fetch(server, architecture, offer);
                DhcpMessage acknowledged = client
                    .ask(server.port("PXE_BOOT_SERVER_PORT"), DhcpClient.question(MessageType.REQUEST, architecture), 5000).orElseThrow();
                assertThat(acknowledged.type()).contains(MessageType.ACK);
                AdvertisedFiles.fetch(server, architecture, acknowledged);
            }
        }
    }
}
