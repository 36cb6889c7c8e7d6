package io.talospxe.asset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssetStoreTest {

    @TempDir
    private Path folder;
    private Path operators;
    private Path programs;
    private AssetStore store;

    @BeforeEach
    void fillTwoRoots() throws IOException {
        operators = folder.resolve("operator");
        programs = folder.resolve("program");
        write(folder.resolve("secret"));
        for (String name : List.of("vmlinuz-amd64", "worker.yaml", "sub/file", ".hidden", ".git/config", "README.md",
            "ipxe/bios/own.kpxe")) {
            write(operators.resolve(name));
        }
        for (String name : List.of("ipxe/bios/own.kpxe", "ipxe/uefi-x64/ipxe.efi", "vmlinuz-arm64")) {
            write(programs.resolve(name));
        }
        store = new AssetStore(List.of(operators, programs));
    }

    @Test
    void findsAFileOfTheFirstRoot() {
        assertThat(store.find("vmlinuz-amd64")).contains(operators.resolve("vmlinuz-amd64"));
        assertThat(store.find("sub/file")).contains(operators.resolve("sub/file"));
    }

    @Test
    void looksForBootFilesInEveryRootAndPrefersTheOperators() {
        assertThat(store.find("ipxe/bios/own.kpxe")).contains(operators.resolve("ipxe/bios/own.kpxe"));
        assertThat(store.find("ipxe/uefi-x64/ipxe.efi")).contains(programs.resolve("ipxe/uefi-x64/ipxe.efi"));
    }

    @Test
    void looksForEverythingElseInTheFirstRootOnly() {
        assertThat(store.find("vmlinuz-arm64")).isEmpty();
    }

    @Test
    void takesTheFirstAlternativeThatIsThere() {
        assertThat(store.firstOf("52-54-00-12-34-56.yaml, worker.yaml,vmlinuz-amd64")).contains(operators.resolve("worker.yaml"));
        assertThat(store.firstOf(".yaml,../secret,.hidden")).isEmpty();
        assertThat(store.firstOf("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", ".", "..", "../secret", "sub/../../secret", "sub/..", "./worker.yaml", "sub/./file", "/etc/passwd",
        "//worker.yaml", "sub//file", "worker.yaml/", ".hidden", ".git/config", "..\\secret", "sub\\file", "worker.yaml\0",
        "worker.yaml\0.efi", "worker\n.yaml", "\u007f", "worker.yaml,vmlinuz-amd64", "%2e%2e/secret", "..%2fsecret", "%2e%2e%2fsecret",
        "\uD800", "README.md", "sub"})
    void neverLeavesTheRootOrShowsWhatIsNoAsset(String name) {
        assertThat(store.find(name)).isEmpty();
    }

    @Test
    void doesNotChokeOnAVeryLongName() {
        assertThat(store.find("a".repeat(100_000))).isEmpty();
        assertThat(store.find("a/".repeat(50_000) + "a")).isEmpty();
    }

    @Test
    void followsALinkThatTheOperatorMade() throws IOException {
        Files.createSymbolicLink(operators.resolve("linked"), folder.resolve("secret"));

        assertThat(store.find("linked")).contains(operators.resolve("linked"));
    }

    @Test
    void takesALinkToNothingForAMissingFile() throws IOException {
        Files.createSymbolicLink(operators.resolve("dangling"), folder.resolve("nothing"));

        assertThat(store.find("dangling")).isEmpty();
    }

    @Test
    void needsARoot() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AssetStore(List.of())).withMessageContaining("at least one folder");
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, file.toString());
    }
}
