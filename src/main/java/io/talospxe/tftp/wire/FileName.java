package io.talospxe.tftp.wire;

import java.util.regex.Pattern;

/** What firmware makes of a boot file's name, put right again. */
public final class FileName {

    private static final Pattern FILLER = Pattern.compile("\u00ff+$");
    private static final Pattern SEPARATORS = Pattern.compile("[/\\\\]+");
    private static final Pattern LAYER = Pattern.compile("\\.0(?=,|$)");

    private FileName() {
    }

    /**
     * The path that {@code sent} means: without the 0xFF that an unterminated DHCP option leaves at its end, with single forward slashes,
     * relative. Says nothing about whether such a file may be read: {@code ..} stays.
     */
    public static String clean(String sent) {
        String path = SEPARATORS.matcher(FILLER.matcher(sent).replaceFirst("")).replaceAll("/");
        return path.startsWith("/") ? path.substring(1) : path;
    }

    /**
     * The same names, separated by commas, without the {@code .0} that a PXE ROM appends for the boot server's layer (PXE 2.1). A file that
     * really is named so, as pxelinux.0, should be looked for first.
     */
    public static String withoutLayer(String names) {
        return LAYER.matcher(names).replaceAll("");
    }
}
