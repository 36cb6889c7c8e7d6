package io.talospxe.boot;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What {@code src/lab/prepare} has made ready: Debian's kernel under Talos's file names. */
final class Lab {

    private static Path root;

    private Lab() {
    }

    /** The folder for {@code --root}; prepared on first use. */
    static synchronized Path root() {
        if (root == null) {
            String printed = Program.output(Duration.ofMinutes(10), List.of("src/lab/prepare", "--arm"));
            String[] lines = printed.strip().split("\n");
            root = Path.of(lines[lines.length - 1]);
        }
        return root;
    }
}
