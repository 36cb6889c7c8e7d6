package io.talospxe.tftp.wire;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a file's bytes are to be carried (RFC 1350, section 1). */
public enum Mode {
    /** As they are. */
    OCTET,
    /** As text whose lines end in CR LF. */
    NETASCII,
    /** To a person's mailbox; obsolete since RFC 1350. */
    MAIL;

    /** The mode of that name in any letter case, or empty if there is none. */
    static Optional<Mode> named(String name) {
        return Arrays.stream(values()).filter(mode -> mode.toString().equalsIgnoreCase(name)).findFirst();
    }

    /** The name as it stands in a request: {@code octet}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
