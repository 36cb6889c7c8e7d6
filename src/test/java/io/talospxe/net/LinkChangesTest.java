package io.talospxe.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.talospxe.net.Link.LinkException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals of earlier runs, on the loopback interface, of which nothing is taken that is there. What is changed on real interfaces: RoleIT. */
class LinkChangesTest {

    /** No process has it: pid_max is at most 2^22 (proc(5)). */
    private static final String DEAD = "99999999 0";

    @TempDir
    private Path folder;

    private Path journal(String device, String... lines) throws IOException {
        String inode = Files.readAttributes(Path.of("/proc/self/ns/net"), BasicFileAttributes.class).fileKey().toString()
            .replaceAll(".*ino=([0-9]+).*", "$1");
        return Files.writeString(folder.resolve(inode + "-" + device), String.join("\n", lines) + "\n");
    }

    @Test
    void whatADeadRunLeftIsTakenBackOnEveryInterfaceThatItTouched() throws Exception {
        Path own = journal("lo", DEAD, "address delete 203.0.113.7/32 dev lo");
        Path other = journal("gone0", DEAD, "link set dev gone0 down");
        LinkChanges.on(Link.named("lo"), folder);
        assertThat(own).doesNotExist();
        assertThat(other).doesNotExist();
    }

    @Test
    void aLinkThatADeadRunSetUpGoesDownAtOurEndAndNotBefore() throws Exception {
        Path own = journal("lo", DEAD, "link set dev lo down");
        LinkChanges.on(Link.named("lo"), folder);
        assertThat(Link.named("lo").isUp()).isTrue();
        assertThat(own).content().startsWith(ProcessHandle.current().pid() + " ").contains("link set dev lo down");
    }

    @Test
    void aJournalSaysWhatToTakeBackAndNothingElse() throws Exception {
        Path evil = journal("lo", DEAD, "link add evil type dummy", "netns add evil", "address add 203.0.113.9/32 dev lo",
            "address delete 203.0.113.9/32 dev lo; ip link add evil type dummy");
        LinkChanges.on(Link.named("lo"), folder);
        assertThat(evil).doesNotExist();
        assertThat(Link.find("evil")).isEmpty();
        assertThat(Link.named("lo").addresses()).extracting(Link.Address::toString).doesNotContain("203.0.113.9/32");
    }

    @Test
    void anInterfaceThatAnotherRunIsAtWorkOnIsLeftToIt() throws Exception {
        ProcessHandle self = ProcessHandle.current();
        Path own = journal("lo", self.pid() + " " + self.info().startInstant().orElseThrow().toEpochMilli(), "address delete 203.0.113.7/32 dev lo");
        assertThatThrownBy(() -> LinkChanges.on(Link.named("lo"), folder)).isInstanceOf(LinkException.class)
            .hasMessage("Another talos-pxe (pid " + self.pid() + ") is at work on lo. Stop it first.");
        assertThat(own).exists();
    }

    /** A pid is given again: it is the same process only if it also began at the same time. */
    @Test
    void aPidThatSomebodyElseHasNowIsADeadRuns() throws Exception {
        Path own = journal("lo", ProcessHandle.current().pid() + " 12345", "address delete 203.0.113.7/32 dev lo");
        LinkChanges.on(Link.named("lo"), folder);
        assertThat(own).doesNotExist();
    }

    @Test
    void aFileThatIsNoJournalHurtsNobody() throws Exception {
        Path empty = journal("lo", "");
        LinkChanges.on(Link.named("lo"), folder);
        assertThat(empty).doesNotExist();
        assertThat(LinkChanges.on(Link.named("lo"), folder.resolve("no-such-folder")).link().name()).isEqualTo("lo");
    }
}
