package io.talospxe.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code src/ipxe/fetch} against a package made here, on a mirror that is a folder. */
class IpxeFetchTest {

    private static final Path FETCH = Path.of("src/ipxe/fetch").toAbsolutePath();
    private static final String IN_POOL = "pool/main/i/ipxe/ipxe_1_all.deb";

    @TempDir
    private Path folder;
    private Path target;
    private Path deb;
    private Path pin;
    private byte[] whole;

    /** What a run of the script gave. */
    private record Outcome(int status, String said) { }

    @BeforeEach
    void putPackageOnMirror() throws IOException, InterruptedException, GeneralSecurityException {
        target = folder.resolve("a target with spaces");
        deb = folder.resolve("mirror").resolve(IN_POOL);
        pin = folder.resolve("pin");
        whole = DebianPackage.of(Files.createDirectory(folder.resolve("work")),
            Map.of("usr/lib/ipxe/undionly.kpxe", "for BIOS", "usr/lib/ipxe/ipxe-amd64.efi", "for UEFI", "usr/share/doc/ipxe/copyright", "GPL"));
        Files.createDirectories(deb.getParent());
        Files.write(deb, whole);
        pin("1", whole, "file=usr/lib/ipxe/undionly.kpxe bios/undionly.kpxe", "file=usr/lib/ipxe/ipxe-amd64.efi uefi-x64/ipxe.efi");
    }

    @Test
    void putsThePinnedFilesInPlaceAndNothingElse() throws Exception {
        Outcome outcome = fetch();

        assertThat(outcome.status()).as(outcome.said()).isZero();
        assertThat(names()).containsExactlyInAnyOrder("bios/undionly.kpxe", "uefi-x64/ipxe.efi", ".pin");
        assertThat(target.resolve("bios/undionly.kpxe")).hasContent("for BIOS");
        assertThat(target.resolve("uefi-x64/ipxe.efi")).hasContent("for UEFI");
    }

    @Test
    void doesNothingTheSecondTime() throws Exception {
        fetch();
        Files.delete(deb);

        assertThat(fetch()).isEqualTo(new Outcome(0, ""));
    }

    @Test
    void bringsBackAFileThatIsGone() throws Exception {
        fetch();
        Files.delete(target.resolve("bios/undionly.kpxe"));

        assertThat(fetch().status()).isZero();
        assertThat(target.resolve("bios/undionly.kpxe")).hasContent("for BIOS");
    }

    @Test
    void repairsWhatAnInterruptedRunLeft() throws Exception {
        Files.createDirectories(target.resolve(".fetch/package"));
        Files.writeString(target.resolve(".fetch/ipxe.deb"), "half");
        Files.createDirectories(target.resolve("bios"));
        Files.writeString(target.resolve("bios/undionly.kpxe"), "older");

        assertThat(fetch().status()).isZero();
        assertThat(target.resolve("bios/undionly.kpxe")).hasContent("for BIOS");
        assertThat(names()).containsExactlyInAnyOrder("bios/undionly.kpxe", "uefi-x64/ipxe.efi", ".pin");
    }

    @Test
    void renewsTheFilesWhenThePinChangesAndLeavesTheOperatorsOwnAlone() throws Exception {
        fetch();
        Files.writeString(target.resolve("bios/mine.kpxe"), "by hand");
        pin("2", whole, "file=usr/lib/ipxe/ipxe-amd64.efi bios/undionly.kpxe");

        assertThat(fetch().status()).isZero();
        assertThat(target.resolve("bios/undionly.kpxe")).hasContent("for UEFI");
        assertThat(target.resolve("bios/mine.kpxe")).hasContent("by hand");
    }

    @Test
    void stopsAtAWrongChecksumAndUnpacksNothing() throws Exception {
        byte[] forged = whole.clone();
        forged[forged.length - 1] ^= 1;
        Files.write(deb, forged);

        Outcome outcome = fetch();

        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.said()).contains("Wrong checksum: file://").contains("Nothing was unpacked");
        assertThat(names()).isEmpty();
    }

    @Test
    void doesNotTakeADownloadThatWasCutOff() throws Exception {
        Files.write(deb, Arrays.copyOf(whole, whole.length / 2));

        Outcome outcome = fetch();

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.said()).contains("ended after %d of %d bytes".formatted(whole.length / 2, whole.length));
        assertThat(names()).isEmpty();
    }

    @Test
    void saysWhatToDoWhenNoMirrorHasIt() throws Exception {
        Files.delete(deb);

        Outcome outcome = fetch();

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.said()).contains("could not be fetched from any mirror").contains("TALOS_PXE_MIRROR");
        assertThat(names()).isEmpty();
    }

    private void pin(String version, byte[] content, String... files) throws IOException, GeneralSecurityException {
        String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        Files.write(pin, Stream.concat(
            Stream.of("version=" + version, "path=" + IN_POOL, "size=" + content.length, "sha256=" + sha256, "snapshot=20250101T000000Z"),
            Stream.of(files)).toList());
    }

    /** Runs the script; a proxy that nobody listens on keeps it from every mirror but the folder. */
    private Outcome fetch() throws IOException, InterruptedException {
        ProcessBuilder process = new ProcessBuilder(FETCH.toString(), target.toString()).redirectErrorStream(true);
        process.environment().put("TALOS_PXE_MIRROR", "file://" + folder.resolve("mirror"));
        process.environment().put("TALOS_PXE_PIN", pin.toString());
        for (String proxy : List.of("http_proxy", "https_proxy")) {
            process.environment().put(proxy, "http://127.0.0.1:9");
        }
        Process running = process.start();
        String said = new String(running.getInputStream().readAllBytes());
        return new Outcome(running.waitFor(), said);
    }

    private List<String> names() throws IOException {
        if (!Files.isDirectory(target)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(target)) {
            return files.filter(Files::isRegularFile).map(file -> target.relativize(file).toString()).toList();
        }
    }
}
