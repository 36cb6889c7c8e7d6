package io.talospxe.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.settings.Settings.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {

    private static final Path SHIPPED = Path.of("src/main/resources/application.properties");
    private static final Properties DEFAULTS = properties("pxe.role", "auto", "pxe.http.port", "8080", "pxe.skip-ifup", "false",
        "talos.args", "", "camel.main.name", "talos-pxe");

    /** A flag beats the environment, the environment the file, the file the default. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
        -,    -,    -,    8080, default
        8081, -,    -,    8081, application.properties
        8081, 8082, -,    8082, environment variable PXE_HTTP_PORT
        8081, 8082, 8083, 8083, flag
        -,    -,    8083, 8083, flag
        """)
    void theSourceNearestToThePersonWins(String file, String variable, String flag, String value, String origin) throws SettingsException {
        Settings settings = Settings.join(DEFAULTS, file == null ? new Properties() : properties("pxe.http.port", " " + file + " "),
            "application.properties", variable == null ? Map.of() : Map.of("PXE_HTTP_PORT", variable),
            flag == null ? Map.of() : Map.of("pxe.http.port", flag));
        assertThat(settings.number("pxe.http.port", 1, 65535)).isEqualTo(Integer.parseInt(value));
        assertThat(settings.wrong("pxe.http.port", "is taken"))
            .hasMessage("pxe.http.port is '" + value + "' (" + origin + "): it is taken.");
    }

    @Test
    void everyUnknownKeyIsNamedWithTheNearestOneThereIs() {
        assertThatThrownBy(() -> Settings.join(DEFAULTS, properties("pxe.rol", "server"), "application.properties",
            Map.of("PXE_HTTP_PROT", "80", "PATH", "/bin"), Map.of()))
            .isInstanceOf(SettingsException.class).hasMessage("""
                There is no setting 'pxe.rol' (in application.properties); did you mean 'pxe.role'?
                There is no setting 'PXE_HTTP_PROT' (in the environment); did you mean 'PXE_HTTP_PORT'?""");
    }

    /** Camel's settings, other programs' and the arguments of a profile of the operator's own are not ours to judge. */
    @Test
    void keysThatAreNotOursPassThrough() throws SettingsException {
        Settings settings = Settings.join(DEFAULTS, properties("camel.main.name", "mine", "slack.url", "http://s",
            "talos.cmdline.gpu", "x=1"),
            "application.properties", Map.of("TALOS_CMDLINE_GPU", "x=2", "TALOSCONFIG", "/etc/talos"), Map.of());
        assertThat(settings.all()).containsEntry("camel.main.name", "mine").containsEntry("slack.url", "http://s")
            .containsEntry("talos.cmdline.gpu", "x=2");
        assertThat(List.copyOf(settings.all().keySet())).isSorted();
    }

    @ParameterizedTest
    @CsvSource({"0", "65536", "-1", "8080x", "''", "99999999999"})
    void aNumberOutOfRangeIsRefusedInASentence(String value) throws SettingsException {
        Settings settings = flag("pxe.http.port", value);
        assertThatThrownBy(() -> settings.number("pxe.http.port", 1, 65535)).isInstanceOf(SettingsException.class)
            .hasMessage("pxe.http.port is '" + value + "' (flag): it must be a whole number from 1 to 65535.");
    }

    @Test
    void aSwitchIsTrueOrFalse() throws SettingsException {
        assertThat(flag("pxe.skip-ifup", "true").on("pxe.skip-ifup")).isTrue();
        assertThat(flag("pxe.skip-ifup", "false").on("pxe.skip-ifup")).isFalse();
        Settings settings = flag("pxe.skip-ifup", "yes");
        assertThatThrownBy(() -> settings.on("pxe.skip-ifup")).isInstanceOf(SettingsException.class)
            .hasMessage("pxe.skip-ifup is 'yes' (flag): it must be true or false.");
    }

    /** A slip of ours, not of the operator's. */
    @Test
    void aKeyWithoutADefaultIsAnError() throws SettingsException {
        Settings settings = flag("pxe.role", "server");
        assertThatThrownBy(() -> settings.text("pxe.missing")).isInstanceOf(IllegalArgumentException.class)
            .hasMessage("no default for pxe.missing");
    }

    static List<String> shippedKeys() throws IOException {
        return shipped().stringPropertyNames().stream().filter(key -> key.startsWith("pxe.") || key.startsWith("talos.")).sorted().toList();
    }

    @ParameterizedTest
    @MethodSource("shippedKeys")
    void everyShippedSettingIsExplainedAboveItAndCanBeSetInTheEnvironment(String key) throws IOException, SettingsException {
        assertThat(explained()).contains(key);
        Settings settings = Settings.join(shipped(), new Properties(), "none", Map.of(Settings.variable(key), "from the environment"),
            Map.of());
        assertThat(settings.text(key)).isEqualTo("from the environment");
        assertThat(Settings.variable(key)).matches("(PXE|TALOS)(_[A-Z]+)+");
    }

    /** The keys that follow a comment with nothing but other keys between. */
    private static List<String> explained() throws IOException {
        List<String> keys = new ArrayList<>();
        boolean comment = false;
        for (String line : Files.readAllLines(SHIPPED)) {
            if (line.startsWith("#")) {
                comment = true;
            } else if (line.isBlank()) {
                comment = false;
            } else if (comment) {
                keys.add(line.substring(0, line.indexOf('=')));
            }
        }
        return keys;
    }

    private static Properties shipped() throws IOException {
        Properties shipped = new Properties();
        try (InputStream file = Files.newInputStream(SHIPPED)) {
            shipped.load(file);
        }
        return shipped;
    }

    private static Settings flag(String key, String value) throws SettingsException {
        return Settings.join(DEFAULTS, new Properties(), "none", Map.of(), Map.of(key, value));
    }

    private static Properties properties(String... keysAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            properties.setProperty(keysAndValues[i], keysAndValues[i + 1]);
        }
        return properties;
    }
}
