package io.talospxe.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineFileTest {

    private static final String MAC = "52-54-00-12-34-56";
    private static final String UUID = "11223344-5566-7788-99aa-bbccddeeff00";

    @TempDir
    private Path folder;
    private Path file;
    private MachineFile machines;
    private final List<String> complaints = new ArrayList<>();

    @BeforeEach
    void open() {
        file = folder.resolve("machines.properties");
        machines = new MachineFile(file, complaints::add);
    }

    @ParameterizedTest
    @ValueSource(strings = {"52:54:00:12:34:56", "52-54-00-12-34-56", "525400123456", "52:54:00:AB:CD:EF", "52-54-00-Ab-cD-EF"})
    void aMacMayBeWrittenInAnyNotation(String written) throws IOException {
        Files.writeString(file, "machine." + written + " = worker\n");
        assertThat(machines.profile(MacAddress.parse(written).dashed())).contains("worker");
        assertThat(machines.profile(MacAddress.parse(written).toString().toUpperCase())).contains("worker");
    }

    @Test
    void theFirstKeyThatHasAProfileDecides() throws IOException {
        Files.writeString(file, "machine.SN-1 = serial\nmachine." + UUID.toUpperCase() + " = uuid\nmachine." + MAC + " = mac\n");
        assertThat(machines.profile(MAC, UUID, "sn-1")).contains("mac");
        assertThat(machines.profile("52-54-00-00-00-01", UUID, "SN-1")).contains("uuid");
        assertThat(machines.profile("52-54-00-00-00-01", "", "SN-1")).contains("serial");
        assertThat(machines.profile("", "", "")).isEmpty();
        assertThat(complaints).isEmpty();
    }

    @Test
    void aSavedLineIsInForceAtTheNextQuestion() throws IOException {
        assertThat(machines.profile(MAC)).isEmpty();
        Files.writeString(file, "machine." + MAC + " = worker\n");
        assertThat(machines.profile(MAC)).contains("worker");
        Files.writeString(file, "machine." + MAC + " = controlplane\n");
        assertThat(machines.profile(MAC)).contains("controlplane");
        Files.delete(file);
        assertThat(machines.profile(MAC)).isEmpty();
    }

    /** A bad line between two good ones: it is named with its place, once, and the others stand. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        52-54-00-00-00-01 = worker         | write 'machine.<mac, uuid or serial> = <profile>', not '52-54-00-00-00-01 = worker'
        machine.52-54-00-00-00-01          | write 'machine.<mac, uuid or serial> = <profile>', not 'machine.52-54-00-00-00-01'
        machine. = worker                  | write 'machine.<mac, uuid or serial> = <profile>', not 'machine. = worker'
        machine.52-54-00-00-00-01 = Worker | 'Worker' is not a profile's name; use lower-case letters, digits and '-'
        machine.52-54-00-00-00-01 =        | '' is not a profile's name; use lower-case letters, digits and '-'
        machine.52:54:00:12:34:56 = worker | 'machine.52:54:00:12:34:56' already stands further up; this line is passed over
        """)
    void aBadLineIsNamedAndTheOthersStand(String line, String sentence) throws IOException {
        Files.writeString(file, "# machines\nmachine." + MAC + " = menu\n" + line + "\n! more\n\nmachine.sn-1=ignore\n");
        assertThat(machines.profile(MAC)).contains("menu");
        assertThat(machines.profile("sn-1")).contains("ignore");
        assertThat(complaints).containsExactly(file + ", line 3: " + sentence);
    }

    @Test
    void anUnreadableFileLeavesTheMachinesTheirProfiles() throws IOException {
        Files.writeString(file, "machine." + MAC + " = worker\n");
        assertThat(machines.profile(MAC)).contains("worker");
        Files.write(file, "machine.caf\u00e9 = worker\n".getBytes(StandardCharsets.ISO_8859_1));
        assertThat(machines.profile(MAC)).contains("worker");
        assertThat(machines.profile(MAC)).contains("worker");
        assertThat(complaints).singleElement().asString().startsWith(file + " cannot be read as UTF-8 text (")
            .endsWith("); the machines it named keep their profiles");
    }
}
