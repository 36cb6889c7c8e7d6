package io.talospxe.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * {@code machines.properties}: which profile a machine has, by MAC, UUID or serial. Read again when the file has changed, so that a saved
 * line is in force at the machine's next question; a bad line is named and the others stand. Safe for several threads.
 */
public final class MachineFile {

    private static final String PREFIX = "machine.";
    private static final Pattern PROFILE = Pattern.compile("[a-z0-9][a-z0-9-]*");

    private final Path file;
    private final Consumer<String> complaint;
    private volatile Content content = new Content("", Map.of());

    private record Content(String version, Map<String, String> profiles) {
    }

    /**
     * @param file      the file; one that is not there is empty
     * @param complaint is told each bad line once, as a sentence
     */
    public MachineFile(Path file, Consumer<String> complaint) {
        this.file = file;
        this.complaint = complaint;
    }

    /**
     * The profile of the first key that has one.
     *
     * @param keys a machine's MAC, UUID and serial in the order of preference, each in any letter case and any MAC notation; empty ones
     *             are passed over
     */
    public Optional<String> profile(String... keys) {
        Map<String, String> profiles = current().profiles();
        for (String key : keys) {
            if (!key.isEmpty() && profiles.containsKey(normal(key))) {
                return Optional.of(profiles.get(normal(key)));
            }
        }
        return Optional.empty();
    }

    private Content current() {
        Content known = content;
        String version = version();
        if (!version.equals(known.version())) {
            synchronized (this) {
                if (!version.equals(content.version())) {
                    content = read(version);
                }
                return content;
            }
        }
        return known;
    }

    private String version() {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.lastModifiedTime().toInstant() + " " + attributes.size() + " " + attributes.fileKey();
        } catch (IOException missing) {
            return "";
        }
    }

    private Content read(String version) {
        if (version.isEmpty()) {
            return new Content("", Map.of());
        }
        try {
            Map<String, String> profiles = new HashMap<>();
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                String text = lines.get(i).strip();
                if (!text.isEmpty() && text.charAt(0) != '#' && text.charAt(0) != '!') {
                    String place = file + ", line " + (i + 1) + ": ";
                    put(text, profiles).ifPresent(sentence -> complaint.accept(place + sentence));
                }
            }
            return new Content(version, profiles);
        } catch (IOException unreadable) {
            complaint.accept(file + " cannot be read as UTF-8 text (" + unreadable.getMessage()
                + "); the machines it named keep their profiles");
            return new Content(version, content.profiles());
        }
    }

    private static Optional<String> put(String text, Map<String, String> profiles) {
        int equals = text.indexOf('=');
        String key = equals < 0 ? text : text.substring(0, equals).strip();
        String profile = equals < 0 ? "" : text.substring(equals + 1).strip();
        if (equals < 0 || !key.startsWith(PREFIX) || key.length() == PREFIX.length()) {
            return Optional.of("write 'machine.<mac, uuid or serial> = <profile>', not '" + text + "'");
        }
        if (!PROFILE.matcher(profile).matches()) {
            return Optional.of("'" + profile + "' is not a profile's name; use lower-case letters, digits and '-'");
        }
        return profiles.putIfAbsent(normal(key.substring(PREFIX.length())), profile) == null
            ? Optional.empty() : Optional.of("'" + key + "' already stands further up; this line is passed over");
    }

    private static String normal(String key) {
        return MacAddress.isMacAddress(key) ? MacAddress.parse(key).dashed() : key.toLowerCase(Locale.ROOT);
    }
}
