package io.talospxe.house;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.step.AddressSockets;
import io.talospxe.step.AssetSteps;
import io.talospxe.step.ControlPlaneSteps;
import io.talospxe.step.DhcpSteps;
import io.talospxe.step.DnsSocket;
import io.talospxe.step.DnsSteps;
import io.talospxe.step.EventSteps;
import io.talospxe.step.HealthSteps;
import io.talospxe.step.InterfaceSocket;
import io.talospxe.step.MachineSteps;
import io.talospxe.step.NetworkSteps;
import io.talospxe.step.PassThrough;
import io.talospxe.step.TftpSteps;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped route files, read as text: what Camel would only say at run time, or never. */
class RouteFilesTest {

    private static final Path ROUTES = Path.of("routes");
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    /** What {@code Server} binds by name, for routes to use. */
    private static final Map<String, Class<?>> PARTS = Map.ofEntries(
        entry("dhcp", DhcpSteps.class), entry("machines", MachineSteps.class), entry("events", EventSteps.class),
        entry("assets", AssetSteps.class), entry("tftp", TftpSteps.class), entry("health", HealthSteps.class),
        entry("interfaceSocket", InterfaceSocket.class), entry("network", NetworkSteps.class), entry("controlPlanes", ControlPlaneSteps.class),
        entry("passThrough", PassThrough.class), entry("dns", DnsSteps.class), entry("dnsSocket", DnsSocket.class));

    /** Where canonical notation has an expression; everywhere else a language's name is the deprecated shorthand. */
    private static final Set<String> EXPRESSIONS = Set.of("expression", "handled", "continued", "retryWhile", "onWhen");
    private static final Set<String> LANGUAGES = Set.of("simple", "constant", "method", "header", "variable", "exchangeProperty",
        "language", "ref", "tokenize", "jsonpath", "jq", "xpath", "groovy", "java", "csimple");

    static List<Path> files() {
        try (Stream<Path> files = Files.list(ROUTES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileIsValidAgainstCamelsSchema(Path file) throws IOException {
        assertThat(Schema.OF_CAMEL.validate(read(file))).isEmpty();
    }

    /** The schema is large: it is read once, and only if a file is to be validated. */
    private static final class Schema {

        static final JsonSchema OF_CAMEL = load();

        private static JsonSchema load() {
            try (InputStream schema = RouteFilesTest.class.getResourceAsStream("/schema/camelYamlDsl.json")) {
                return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4).getSchema(schema);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileBeginsWithACommentForItsReader(Path file) throws IOException {
        assertThat(Files.readAllLines(file).get(0)).matches("# .{20,}");
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyRouteIsNamedDescribedAndHasAnErrorPolicy(Path file) throws IOException {
        Set<String> configurations = elements("routeConfiguration").map(configuration -> configuration.path("id").asText())
            .collect(Collectors.toSet());
        for (JsonNode element : read(file)) {
            JsonNode template = element.path("routeTemplate");
            JsonNode route = template.isMissingNode() ? element.path("route") : template.path("route");
            if (!route.isMissingNode()) {
                String id = (template.isMissingNode() ? route : template).path("id").asText();
                assertThat(id).matches("[a-z][a-z0-9]*(-[a-z0-9]+)*");
                assertThat(route.path("description").asText()).as(id).matches("[^\\n]{10,}");
                assertThat(configurations).as(id).contains(route.path("routeConfigurationId").asText());
            }
        }
    }

    /** The one use of templates here: what is to run on every address of ours is found by its name. */
    @Test
    void aTemplateIsForOneAddress() {
        elements("routeTemplate").forEach(template -> {
            assertThat(template.path("id").asText()).endsWith(AddressSockets.SUFFIX);
            assertThat(template.path("parameters").findValuesAsText("name")).containsExactly("address");
        });
    }

    @Test
    void noIdIsGivenTwice() {
        assertThat(elements("route").map(route -> route.path("id").asText())).doesNotHaveDuplicates();
        assertThat(elements("route").map(route -> route.path("from").path("uri").asText()).filter(uri -> uri.startsWith("direct:")))
            .doesNotHaveDuplicates();
        assertThat(elements("routeConfiguration").map(configuration -> configuration.path("id").asText())).doesNotHaveDuplicates();
        assertThat(elements("routeTemplate").map(template -> template.path("id").asText())).doesNotHaveDuplicates();
    }

    /** A name that is put together at run time needs at least one route that it can become; it may lead to nothing but a route. */
    @ParameterizedTest
    @MethodSource("files")
    void everyRouteThatIsCalledIsThere(Path file) throws IOException {
        Set<String> there = elements("route").map(route -> route.path("from").path("uri").asText()).collect(Collectors.toSet());
        steps(file, (name, step) -> {
            String target = step.path("uri").asText();
            if (name.equals("toD")) {
                assertThat(target).startsWith("direct:").contains("${");
                assertThat(there).anyMatch(uri -> uri.startsWith(target.substring(0, target.indexOf("${"))));
            } else if (target.startsWith("direct:")) {
                assertThat(there).contains(target);
            }
        });
    }

    /** Camel would choose a method by the body's type, and what a machine sends must not choose. */
    @ParameterizedTest
    @MethodSource("files")
    void everyCallIntoJavaNamesAPartAndAMethodOfIt(Path file) throws IOException {
        walk(read(file), "", (name, node) -> {
            if (node.isObject() && (name.equals("bean") || name.equals("method"))) {
                assertThat(PARTS).containsKey(node.path("ref").asText());
                assertThat(Arrays.stream(PARTS.get(node.path("ref").asText()).getDeclaredMethods()).map(Method::getName))
                    .contains(node.path("method").asText("without a method"));
            }
            if (node.isTextual() && node.asText().matches("#[A-Za-z]+")) {
                assertThat(PARTS).containsKey(node.asText().substring(1));
            }
        });
    }

    /** Compact notation is deprecated upstream, and the visual editor cannot open it. */
    @ParameterizedTest
    @MethodSource("files")
    void everyStepAndExpressionIsInCanonicalNotation(Path file) throws IOException {
        steps(file, (name, step) -> {
            assertThat(step.isObject()).as("%s: %s is a map", name, step).isTrue();
            if (!name.equals("bean")) {
                assertThat(step.properties()).as("%s: %s", name, step).extracting(Map.Entry::getKey).doesNotContainAnyElementsOf(LANGUAGES);
            }
        });
        walk(read(file), "", (name, node) -> {
            if (EXPRESSIONS.contains(name) && node.isObject()) {
                assertThat(node).as("%s: %s", name, node).hasSize(1).allMatch(JsonNode::isObject);
            }
            if (name.equals("when")) {
                assertThat(node).allMatch(branch -> branch.path("expression").isObject());
            }
        });
    }

    /** A misspelt key would stop the start; a setting without a comment would be found by nobody. */
    @ParameterizedTest
    @MethodSource("files")
    void everySettingThatIsUsedIsThere(Path file) throws IOException {
        Properties settings = new Properties();
        try (InputStream shipped = Files.newInputStream(Path.of("src/main/resources/application.properties"))) {
            settings.load(shipped);
        }
        Set<String> known = new TreeSet<>(settings.stringPropertyNames());
        read(file).findValues("routeTemplate").forEach(template -> known.addAll(template.path("parameters").findValuesAsText("name")));
        assertThat(found("\\{\\{([a-z][a-zA-Z0-9.-]*)", Files.readString(file))).isSubsetOf(known);
    }

    /** A label that no firmware ever gets is a row that never applies. */
    @Test
    void everyArchitectureOfTheBootFileTableExists() throws IOException {
        Set<String> labels = IntStream.rangeClosed(0, 0xffff).mapToObj(Architecture::of).filter(Architecture::isKnown)
            .map(Architecture::label)
            .collect(Collectors.toSet());
        String policy = Files.readString(ROUTES.resolve("boot-policy.yaml"));
        List<String> used = found("variable[.]architecture} (?:in|==) '([a-z0-9,-]+)'", policy).stream()
            .flatMap(list -> Stream.of(list.split(","))).toList();
        assertThat(used).hasSizeGreaterThan(20).doesNotHaveDuplicates().isSubsetOf(labels);
    }

    private static List<String> found(String pattern, String text) {
        return Pattern.compile(pattern).matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
    }

    private static JsonNode read(Path file) throws IOException {
        return YAML.readTree(file.toFile());
    }

    private static Stream<JsonNode> elements(String kind) {
        List<JsonNode> elements = new ArrayList<>();
        for (Path file : files()) {
            try {
                read(file).forEach(element -> elements.add(element.path(kind)));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
        return elements.stream().filter(JsonNode::isObject);
    }

    /** Every step at any depth, by its name. */
    private static void steps(Path file, BiConsumer<String, JsonNode> visitor) throws IOException {
        walk(read(file), "", (name, node) -> {
            if (name.equals("steps")) {
                node.forEach(step -> step.properties().forEach(field -> visitor.accept(field.getKey(), field.getValue())));
            }
        });
    }

    private static void walk(JsonNode node, String name, BiConsumer<String, JsonNode> visitor) {
        visitor.accept(name, node);
        node.properties().forEach(field -> walk(field.getValue(), field.getKey(), visitor));
        if (node.isArray()) {
            node.forEach(element -> walk(element, "", visitor));
        }
    }
}
