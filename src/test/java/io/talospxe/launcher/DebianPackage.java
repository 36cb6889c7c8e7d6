package io.talospxe.launcher;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Makes Debian packages as deb(5) and ar(5) describe them: three archive members, each behind a header of 60 bytes. */
final class DebianPackage {

    private DebianPackage() {
    }

    /**
     * The bytes of a package that holds these files.
     *
     * @param work an empty folder to build in
     * @param files path inside the package to content
     */
    static byte[] of(Path work, Map<String, String> files) throws IOException, InterruptedException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Path path = work.resolve("tree").resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.writeString(path, file.getValue());
        }
        Path data = work.resolve("data.tar.xz");
        int status = new ProcessBuilder("tar", "-cJf", data.toString(), "-C", work.resolve("tree").toString(), ".").inheritIO().start().waitFor();
        if (status != 0) {
            throw new IOException("tar ended with " + status);
        }
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        archive.write("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
        member(archive, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
        // An odd length, so that a reader has to step over the padding byte.
        member(archive, "control.tar.xz", "odd".getBytes(StandardCharsets.US_ASCII));
        member(archive, "data.tar.xz", Files.readAllBytes(data));
        return archive.toByteArray();
    }

    private static void member(ByteArrayOutputStream archive, String name, byte[] content) throws IOException {
        archive.write("%-16s%-12s%-6s%-6s%-8s%-10d`\n".formatted(name, "0", "0", "0", "100644", content.length).getBytes(StandardCharsets.US_ASCII));
        archive.write(content);
        if (content.length % 2 == 1) {
            archive.write('\n');
        }
    }
}
