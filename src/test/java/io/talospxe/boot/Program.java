package io.talospxe.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A process that the test started, with all it prints in a file. Ended by {@link #close}: TERM, and KILL only if that does not help. */
public final class Program implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Program(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts {@code command} with its output in {@code log}. */
    public static Program start(Path log, Map<String, String> environment, List<String> command) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
            builder.environment().putAll(environment);
            return new Program(builder.start(), log);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Runs {@code command} to its end and gives what it printed. Fails the test if it takes longer or ends with another code than 0. */
    public static String output(Duration limit, List<String> command) {
        try {
            Path log = Files.createTempFile("talos-pxe-test", ".log");
            try (Program program = start(log, Map.of(), command)) {
                if (!program.process.waitFor(limit.toSeconds(), TimeUnit.SECONDS) || program.process.exitValue() != 0) {
                    throw new AssertionError(command + " did not end well:\n" + program.printed());
                }
                return program.printed();
            } finally {
                Files.delete(log);
            }
        } catch (IOException | InterruptedException failed) {
            throw new AssertionError(command + " failed", failed);
        }
    }

    /** The command line that starts the program under test, as the launcher does, less its building and fetching. */
    public static List<String> server(String... flags) {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
            "-Djava.net.preferIPv4Stack=true", "-Dpxe.home=" + Path.of("").toAbsolutePath(), "-cp", System.getProperty("java.class.path"),
            "io.talospxe.TalosPxe"));
        command.addAll(List.of(flags));
        return command;
    }

    /** Everything printed so far, terminal control sequences left out. */
    public String printed() {
        try {
            return plain(Files.readAllBytes(log));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Waits until a line matches; gives the match. */
    public Matcher await(String pattern, Duration limit) {
        return await(this::printed, pattern, limit, this);
    }

    /** Waits for the end; gives the exit code. */
    public int exit(Duration limit) {
        try {
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + limit + ":\n" + printed());
            }
            return process.exitValue();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly();
        exit(Duration.ofSeconds(5));
    }

    /** Its process id. */
    public long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException stopped) {
            process.destroyForcibly();
        }
    }

    /** Bytes of a console as text without control sequences. */
    static String plain(byte[] bytes) {
        return new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).replaceAll("\u001b\\[[0-9;?=]*[A-Za-z]", "").replace("\r", "");
    }

    /** Waits until {@code text} matches while {@code owner} is alive. */
    static Matcher await(java.util.function.Supplier<String> text, String pattern, Duration limit, Program owner) {
        Pattern wanted = Pattern.compile(pattern);
        Matcher[] found = new Matcher[1];
        try {
            Awaitility.await().atMost(limit).pollInterval(Duration.ofMillis(100)).until(() -> {
                boolean alive = owner.process.isAlive();
                found[0] = wanted.matcher(text.get());
                return found[0].find() || !alive;
            });
        } catch (org.awaitility.core.ConditionTimeoutException late) {
            throw new AssertionError("not seen within " + limit + ": " + pattern + "\n" + tail(text.get()));
        }
        found[0].reset();
        if (!found[0].find()) {
            throw new AssertionError("ended without printing: " + pattern + "\n" + tail(text.get()));
        }
        return found[0];
    }

    private static String tail(String text) {
        return text.length() < 6000 ? text : "…" + text.substring(text.length() - 6000);
    }
}
