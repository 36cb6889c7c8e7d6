package io.talospxe.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From power-on to the machine configuration fetched, on real firmware. What the machine did is read from its serial console. */
class BootIT {

    private static final Duration BOOT = Duration.ofMinutes(4);
    private static final String MAC = "52:54:00:12:34:56";
    private static final Map<String, String> PC = Map.of("TALOS_ARGS", "console=ttyS0");

    @ParameterizedTest(name = "{0}, {1} role")
    @CsvSource({
        "bios-ipxe, server, http://10.77.0.1:8080/autoexec.ipxe",
        "bios-ipxe, proxy,  http://10.77.0.1:8080/autoexec.ipxe",
        "uefi-pxe,  server, uefi-x64/ipxe.efi",
        "uefi-pxe,  proxy,  uefi-x64/ipxe.efi",
        "uefi-http, server, http://10.77.0.1:8080/assets/ipxe/uefi-x64/ipxe.efi",
        "bios-undi, server, bios/undionly.kpxe",
        "bios-undi, proxy,  bios/undionly.kpxe"})
    @DisplayName("A machine chosen 'worker' by key boots to the worker configuration")
    void boots(String firmware, String role, String bootFile) {
        try (Wire wire = Wire.up("boot-" + firmware + "-" + role.charAt(0))) {
            if (role.equals("proxy")) {
                wire.site();
            }
            Program server = wire.server(PC, "--role", role);
            Machine machine = wire.machine(firmware);
            if (firmware.equals("bios-undi")) {
                machine.await("Press Ctrl-B|iPXE initialising", BOOT);
                Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(50)).until(machine::disguise);
            }
            machine.await("iPXE boot menu for Talos", BOOT);
            machine.type("w");
            machine.await("Linux version|NODE cmdline", BOOT);
            String commandLine = machine.await("NODE cmdline=(.*)\n", BOOT).group(1);
            assertThat(commandLine).contains("talos.platform=metal", "console=ttyS0",
                "talos.config=http://10.77.0.1:8080/config/worker?mac=52-54-00-12-34-56");
            machine.await("type: worker", BOOT);
            machine.await("NODE done", BOOT);
            server.await("OFFER\\(eth0\\) .*" + MAC + " " + bootFile.replace(".", "\\.") + "\n", Duration.ofSeconds(5));
            server.await("boots worker\n", Duration.ofSeconds(5));
            server.await("fetched its configuration", Duration.ofSeconds(5));
            assertThat(server.printed()).doesNotContain("clusterName", "Exception", "ERROR");
            if (role.equals("proxy")) {
                assertThat(server.printed()).doesNotContainPattern("DHCPOFFER\\(eth0\\) 10\\.77");
            }
        }
    }

    @ParameterizedTest(name = "{0}, {1} role")
    @CsvSource({"arm-pxe, server, uefi-arm64/ipxe.efi", "arm-http, server, http://10.77.0.1:8080/assets/ipxe/uefi-arm64/ipxe.efi"})
    @DisplayName("A 64-bit ARM machine reaches our menu")
    void armBoots(String firmware, String role, String bootFile) {
        try (Wire wire = Wire.up("boot-" + firmware)) {
            Program server = wire.server(Map.of("TALOS_ARGS", "console=ttyAMA0"), "--role", role);
            Machine machine = wire.machine(firmware);
            machine.await("iPXE boot menu for Talos", BOOT);
            server.await("OFFER\\(eth0\\) .*" + MAC + " " + bootFile.replace(".", "\\.") + "\n", Duration.ofSeconds(5));
        }
    }

    @Test
    @DisplayName("A missing configuration or kernel is named on the machine's screen, which goes back to the menu")
    void missingFiles(@TempDir Path root) throws Exception {
        Files.createDirectory(root.resolve("assets"));
        Files.writeString(root.resolve("assets/worker.yaml"), "machine: {type: worker}\n");
        try (Wire wire = Wire.up("boot-missing")) {
            Program server = wire.serverOf(root, PC, "--role", "server");
            server.await("Missing: .*/assets/vmlinuz-amd64 ", Duration.ofSeconds(5));
            Machine machine = wire.machine("bios-ipxe");
            machine.await("iPXE boot menu for Talos", BOOT);
            machine.type("c");
            machine.await("controlplane.yaml is missing. Put it into assets/", BOOT);
            machine.await("(?s)controlplane.yaml is missing.*iPXE boot menu for Talos", BOOT);
            machine.type("w");
            machine.await("vmlinuz-amd64 is missing. Put it into assets/", BOOT);
            machine.await("(?s)vmlinuz-amd64 is missing.*iPXE boot menu for Talos", BOOT);
        }
    }

    @Test
    @DisplayName("Maintenance mode boots Talos without a configuration")
    void maintenance() {
        try (Wire wire = Wire.up("boot-maintenance")) {
            wire.server(PC, "--role", "server");
            Machine machine = wire.machine("bios-ipxe");
            machine.await("iPXE boot menu for Talos", BOOT);
            machine.type("m");
            assertThat(machine.await("NODE cmdline=(.*)\n", BOOT).group(1)).contains("talos.platform=metal").doesNotContain("talos.config");
            machine.await("NODE maintenance", BOOT);
        }
    }
}
