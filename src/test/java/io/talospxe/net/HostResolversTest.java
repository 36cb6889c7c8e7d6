package io.talospxe.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostResolversTest {

    @TempDir
    private Path folder;

    /** resolv.conf(5): one server a line; what is no IPv4 address is not ours to ask, and is never looked up as a name. */
    @Test
    void nameServersAreReadInOrder() throws Exception {
        Path file = Files.writeString(folder.resolve("resolv.conf"), """
            # made by hand
            search lab.example
            nameserver 10.0.0.2
              nameserver\t127.0.0.53   # the host's own
            nameserver fe80::1%eth0
            nameserver 999.1.1.1
            nameserver dns.example
            nameserver
            options edns0
            """);
        assertThat(HostResolvers.read(file)).extracting(address -> address.getHostAddress()).containsExactly("10.0.0.2", "127.0.0.53");
    }

    @Test
    void withoutTheFileOrWithRubbishInItThereAreNone() throws Exception {
        assertThat(HostResolvers.read(folder.resolve("none"))).isEmpty();
        Path rubbish = Files.write(folder.resolve("rubbish"), "nameserver 10.0.0.2\n\u00ff\u00fe".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(HostResolvers.read(rubbish)).isEmpty();
    }
}
