package io.talospxe.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may import whom. A room's walls are what lets it be read, tested and replaced alone. */
class ImportsTest {

    private static final String ROOT = "io.talospxe";
    private static final Path SOURCES = Path.of("src/main/java");
    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
        .importPackages(ROOT);

    /** What a room may import besides itself and the JDK. The program and its steps alone know Camel and the network libraries. */
    private static final Map<String, List<String>> MAY_IMPORT = Map.ofEntries(
        entry("ip", List.of()),
        entry("machine", List.of()),
        entry("dhcp.wire", List.of("io.talospxe.ip")),
        entry("tftp.wire", List.of()),
        entry("dhcp.client", List.of("io.talospxe.dhcp.wire", "io.talospxe.ip", "io.talospxe.machine", "org.slf4j")),
        entry("dhcp", List.of("io.talospxe.dhcp.wire", "io.talospxe.ip", "io.talospxe.machine", "org.slf4j")),
        entry("tftp", List.of("io.talospxe.tftp.wire", "io.talospxe.machine", "org.slf4j")),
        entry("asset", List.of("io.talospxe.machine", "org.slf4j")),
        entry("net", List.of("io.talospxe.ip", "io.talospxe.machine", "org.slf4j")),
        entry("cluster", List.of("javax.net.ssl", "io.talospxe.ip", "org.slf4j")),
        entry("dns", List.of("org.xbill.DNS", "io.talospxe.ip", "org.slf4j")),
        entry("role", List.of("io.talospxe.dhcp", "io.talospxe.dhcp.client", "io.talospxe.dhcp.wire", "io.talospxe.ip", "io.talospxe.net",
            "io.talospxe.machine", "org.slf4j")),
        entry("settings", List.of("io.talospxe.machine", "io.talospxe.net")));

    private static final List<String> FREE_ROOMS = List.of("", "step");

    static Set<String> rooms() {
        return new TreeSet<>(MAY_IMPORT.keySet());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomImportsOnlyWhatItMay(String room) {
        String[] allowed = Stream.concat(Stream.of(ROOT + "." + room, "java.."), MAY_IMPORT.get(room).stream()).toArray(String[]::new);
        classes().that().resideInAPackage(ROOT + "." + room).should().onlyDependOnClassesThat().resideInAnyPackage(allowed).check(CLASSES);
    }

    @Test
    void everyRoomHasItsRow() throws IOException {
        Set<String> rows = new TreeSet<>(rooms());
        rows.addAll(FREE_ROOMS);
        assertThat(packages().map(folder -> SOURCES.resolve(ROOT.replace('.', '/')).relativize(folder).toString().replace('/', '.')))
            .containsExactlyInAnyOrderElementsOf(rows);
    }

    @Test
    void nothingImportsTheProgram() {
        noClasses().that().resideOutsideOfPackage(ROOT).should().dependOnClassesThat().resideInAPackage(ROOT).check(CLASSES);
    }

    @Test
    void everyRoomSaysWhatItIsFor() throws IOException {
        for (Path folder : packages().toList()) {
            assertThat(folder.resolve("package-info.java")).content().startsWith("/**");
        }
    }

    /** The field has a word for what a class does; these are what is written in its absence. DATA is a packet of RFC 1350. */
    @Test
    void classesAreNamedForWhatTheyAre() {
        noClasses().should().haveNameMatching(".*(Handler|Manager|Helper|Utils?|Info|Impl|Service)").check(CLASSES);
        noClasses().that(DescribedPredicate.not(named("io.talospxe.tftp.wire.TftpPacket$Data", "io.talospxe.tftp.wire.Data")))
            .should().haveNameMatching(".*Data").check(CLASSES);
    }

    @Test
    void roomsAreNamedForWhatTheyAreToo() throws IOException {
        Set<String> names = packages().map(folder -> folder.getFileName().toString()).collect(Collectors.toSet());
        assertThat(names).doesNotContain("util", "utils", "common", "core", "impl", "service", "helper", "misc");
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        return DescribedPredicate.describe("are TFTP's DATA", candidate -> Arrays.asList(names).contains(candidate.getName()));
    }

    /** The folders that hold sources. */
    private static Stream<Path> packages() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).map(Path::getParent).distinct().toList().stream();
        }
    }
}
