package io.talospxe.settings;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * The settings in force: a flag beats the environment, the environment beats the operator's file, the file beats the default. Immutable.
 * The defaults say which keys there are.
 */
public final class Settings {

    private static final List<String> OURS = List.of("pxe.", "talos.");
    private static final String PROFILE_CMDLINE = "talos.cmdline.";
    private static final String ENVIRONMENT_PREFIX = "PXE_";

    private final Map<String, String> values;
    private final Map<String, String> origins;

    private Settings(Map<String, String> values, Map<String, String> origins) {
        this.values = values;
        this.origins = origins;
    }

    /** A setting is unknown or cannot be what it is. The message is one sentence for each mistake. */
    public static final class SettingsException extends Exception {
        /** @param sentence what is wrong and what was probably meant */
        public SettingsException(String sentence) {
            super(sentence);
        }
    }

    /**
     * Joins the four sources.
     *
     * @param defaults    every key there is
     * @param file        what the operator's file says; keys of Camel and of other programs pass through unchecked
     * @param fileName    the file's name, for messages
     * @param environment the process environment: {@code PXE_ROLE} is {@code pxe.role}
     * @param flags       keys set by flags
     * @throws SettingsException naming each unknown key of ours and the nearest one that exists
     */
    public static Settings join(Properties defaults, Properties file, String fileName, Map<String, String> environment,
                                Map<String, String> flags) throws SettingsException {
        Map<String, String> values = new TreeMap<>();
        Map<String, String> origins = new TreeMap<>();
        defaults.stringPropertyNames().forEach(key -> put(values, origins, key, defaults.getProperty(key), "default"));
        List<String> mistakes = new ArrayList<>();
        for (String key : file.stringPropertyNames()) {
            if (isOurs(key) && !defaults.containsKey(key) && !key.startsWith(PROFILE_CMDLINE)) {
                mistakes.add("There is no setting '" + key + "' (in " + fileName
                    + "); did you mean '" + Nearest.of(key, ours(defaults)) + "'?");
            }
            put(values, origins, key, file.getProperty(key).strip(), fileName);
        }
        Map<String, String> variables = new TreeMap<>();
        values.keySet().stream().filter(Settings::isOurs).forEach(key -> variables.put(variable(key), key));
        for (Map.Entry<String, String> set : environment.entrySet()) {
            String key = variables.get(set.getKey());
            if (key != null) {
                put(values, origins, key, set.getValue().strip(), "environment variable " + set.getKey());
            } else if (set.getKey().startsWith(ENVIRONMENT_PREFIX)) {
                mistakes.add("There is no setting '" + set.getKey() + "' (in the environment); did you mean '"
                    + Nearest.of(set.getKey(), variables.keySet()) + "'?");
            }
        }
        flags.forEach((key, value) -> put(values, origins, key, value.strip(), "flag"));
        if (!mistakes.isEmpty()) {
            throw new SettingsException(String.join("\n", mistakes));
        }
        return new Settings(values, origins);
    }

    /** The environment variable of a key: {@code pxe.http.port} is {@code PXE_HTTP_PORT}. */
    static String variable(String key) {
        return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** A key's value; keys are those of the defaults. Never null. */
    public String text(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("no default for " + key);
        }
        return value;
    }

    /**
     * A key's value as a number.
     *
     * @throws SettingsException if it is not a whole number from {@code least} to {@code most}
     */
    public int number(String key, int least, int most) throws SettingsException {
        String value = text(key);
        if (!value.matches("[0-9]{1,9}") || Integer.parseInt(value) < least || Integer.parseInt(value) > most) {
            throw wrong(key, "must be a whole number from " + least + " to " + most);
        }
        return Integer.parseInt(value);
    }

    /**
     * A key's value as a switch.
     *
     * @throws SettingsException if it is neither {@code true} nor {@code false}
     */
    public boolean on(String key) throws SettingsException {
        String value = text(key);
        if (!value.equals("true") && !value.equals("false")) {
            throw wrong(key, "must be true or false");
        }
        return value.equals("true");
    }

    /** The complaint about a key's value: what it is, where it comes from, and why it will not do. */
    public SettingsException wrong(String key, String reason) {
        return new SettingsException(key + " is '" + text(key) + "' (" + origins.get(key) + "): it " + reason + ".");
    }

    /** All keys with their values, ours and Camel's, sorted. */
    public Map<String, String> all() {
        return Collections.unmodifiableMap(values);
    }

    private static boolean isOurs(String key) {
        return OURS.stream().anyMatch(key::startsWith);
    }

    private static List<String> ours(Properties defaults) {
        return defaults.stringPropertyNames().stream().filter(Settings::isOurs).toList();
    }

    private static void put(Map<String, String> values, Map<String, String> origins, String key, String value, String origin) {
        values.put(key, value);
        origins.put(key, origin);
    }
}
