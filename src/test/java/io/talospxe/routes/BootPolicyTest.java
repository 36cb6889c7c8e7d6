package io.talospxe.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.talospxe.asset.AssetStore;
import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.machine.MachineFile;
import io.talospxe.machine.Timeline;
import io.talospxe.net.Neighbours;
import io.talospxe.step.AssetSteps;
import io.talospxe.step.MachineSteps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.camel.Exchange;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.test.junit5.CamelContextConfiguration;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped boot-policy.yaml by itself: what it decides from the variables that it is given, no socket opened. */
class BootPolicyTest extends CamelTestSupport {

    @TempDir
    private Path root;

    @Override
    public void configureContext(CamelContextConfiguration configuration) {
        super.configureContext(configuration);
        Properties properties = new Properties();
        properties.setProperty("pxe.url", "http://${variable.localAddress}:8080");
        configuration.withUseOverridePropertiesWithPropertiesComponent(properties);
        configuration.withRegistryBinder(this::bind);
    }

    private void bind(Registry registry) throws Exception {
        AdvertisedFiles.plant(root);
        Path machines = Files.writeString(root.resolve("machines.properties"), "machine.52-54-00-00-00-99 = ignore\nmachine.LAB-7 = worker\n");
        registry.bind("machines", new MachineSteps(new MachineFile(machines, complaint -> { }), new Timeline(Clock.systemUTC()), new Neighbours(),
            Duration.ofHours(1)));
        registry.bind("assets", new AssetSteps(new AssetStore(List.of(root.resolve("assets")))));
    }

    @BeforeEach
    void load() throws Exception {
        for (String file : List.of("errors", "boot-policy")) {
            PluginHelper.getRoutesLoader(context).loadRoutes(
                PluginHelper.getResourceLoader(context).resolveResource("file:routes/" + file + ".yaml"));
        }
    }

    private Exchange ask(String route, String... variables) {
        return template.send("direct:" + route, exchange -> {
            exchange.setVariable("localAddress", "192.0.2.1");
            for (int i = 0; i < variables.length; i += 2) {
                exchange.setVariable(variables[i], variables[i + 1]);
            }
        });
    }

    @Test
    @DisplayName("Every architecture of the table gets its boot file, by name or as a URL")
    void table() {
        for (Architecture architecture : AdvertisedFiles.architectures()) {
            String file = AdvertisedFiles.TABLE.get(architecture.id());
            assertThat(ask("boot-file", "architecture", architecture.label()).getVariable("bootFile", String.class)).as(architecture.label())
                .isEqualTo(architecture.isHttp() ? "http://192.0.2.1:8080/assets/ipxe/" + file : file);
        }
    }

    @Test
    @DisplayName("iPXE gets its script whatever firmware it runs on; what is not there is not offered")
    void scriptOrNothing() throws Exception {
        assertThat(ask("boot-file", "architecture", "uefi-arm64", "userClass", "iPXE").getVariable("bootFile"))
            .isEqualTo("http://192.0.2.1:8080/autoexec.ipxe");
        assertThat(ask("boot-file", "architecture", "mips64").getVariable("bootFile")).isNull();
        Files.delete(root.resolve("assets/ipxe/bios/undionly.kpxe"));
        assertThat(ask("boot-file", "architecture", "bios").getVariable("bootFile")).isNull();
    }

    @Test
    @DisplayName("machines.properties decides the profile, and who is not admitted")
    void admits() {
        assertThat(ask("admit", "mac", "52-54-00-00-00-99").getVariable("admitted")).isEqualTo("no");
        assertThat(ask("admit", "mac", "52-54-00-00-00-01", "serial", "LAB-7").getVariable("profile")).isEqualTo("worker");
        assertThat(ask("admit", "mac", "52-54-00-00-00-01").getVariable("profile")).isEqualTo("menu");
    }
}
