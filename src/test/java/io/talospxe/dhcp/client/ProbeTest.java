package io.talospxe.dhcp.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.dhcp.NetbootClient;
import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.DhcpCodec;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.MalformedMessage;
import io.talospxe.dhcp.wire.MessageType;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.ip.Ipv4;
import io.talospxe.machine.MacAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProbeTest {

    private static final MacAddress MAC = ClientRun.MAC;

    private final Probe probe = new Probe(MAC, new Random(1));

    /** RFC 4578, sections 2.1 and 2.2; PXE specification 2.1, section 2.2.1. */
    @Test
    void itLooksLikeFirmwareToServersAndProxies() throws MalformedMessage {
        Outgoing outgoing = probe.next();
        DhcpMessage discover = DhcpCodec.decode(DhcpCodec.encode(outgoing.message()));
        assertThat(discover).isEqualTo(outgoing.message());
        assertThat(outgoing.to().getAddress()).isEqualTo(Ipv4.BROADCAST);
        assertThat(outgoing.to().getPort()).isEqualTo(67);
        assertThat(discover.type()).contains(MessageType.DISCOVER);
        assertThat(discover.broadcast()).as("the offer of an address that we do not have must reach us").isTrue();
        assertThat(discover.options().text(OptionCode.VENDOR_CLASS)).contains("PXEClient:Arch:00007:UNDI:003016");
        NetbootClient client = NetbootClient.of(discover);
        assertThat(client.kind()).isEqualTo(NetbootClient.Kind.UEFI);
        assertThat(client.architecture()).contains(Architecture.UEFI_X64);
        assertThat(client.uuid()).contains("00000000-0000-0000-0000-52540000000a");
    }

    /** A server that knows the lease client offers the probe the same address, and loses none of its pool. */
    @Test
    void itIsTheSameClientAsTheOneThatHasALease() {
        ClientRun run = new ClientRun(Duration.ofSeconds(10), Duration.ZERO, 1);
        run.client.start();
        assertThat(probe.next().message().options().get(OptionCode.CLIENT_IDENTIFIER)).isPresent()
            .isEqualTo(run.lastMessage().options().get(OptionCode.CLIENT_IDENTIFIER));
    }

    @Test
    void itKnowsItsOwnAgain() {
        Set<Integer> transactions = new HashSet<>();
        for (int i = 0; i < 70_000; i++) {
            DhcpMessage sent = probe.next().message();
            transactions.add(sent.xid());
            if (!probe.sent(sent)) {
                throw new AssertionError("the probe with the transaction " + sent.xid() + " is not known again");
            }
        }
        assertThat(transactions).hasSize(0x10000);
    }

    @Test
    void itTakesNothingElseForItsOwn() {
        DhcpMessage sent = probe.next().message();
        assertThat(probe.sent(new Probe(MAC, new Random(2)).next().message())).isFalse();
        assertThat(probe.sent(new Probe(MacAddress.parse("52-54-00-00-00-0b"), new Random(1)).next().message())).isFalse();
        assertThat(probe.sent(DhcpMessage.replyTo(sent))).isFalse();
    }
}
