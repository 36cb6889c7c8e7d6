package io.talospxe.dhcp.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * A kind of firmware: IANA's "Processor Architecture Types" (RFC 4578, section 2.1, as the registry has amended it; DHCP option 93).
 * Numbers without a row here are kept and print as {@code architecture-<n>}.
 *
 * @param id    the number on the wire, 0 to 65535
 * @param label the name that routes and log lines use
 */
public record Architecture(int id, String label) {

    private static final Map<Integer, Architecture> KNOWN = new HashMap<>();

    public static final Architecture BIOS = known(0, "bios");
    public static final Architecture UEFI_IA32 = known(6, "uefi-ia32");
    public static final Architecture UEFI_X64 = known(7, "uefi-x64");
    public static final Architecture RASPBERRY_PI = known(41, "rpi");

    static {
        known(1, "pc98");
        known(2, "itanium");
        // EBC by the registry, x64 by RFC 4578's own text; firmware that sends 9 means x64.
        known(9, "uefi-ebc");
        known(10, "uefi-arm32");
        known(11, "uefi-arm64");
        known(12, "powerpc-open-firmware");
        known(13, "powerpc-epapr");
        known(14, "powerpc-opal");
        known(15, "http-ia32");
        known(16, "http-x64");
        known(17, "http-ebc");
        known(18, "http-arm32");
        known(19, "http-arm64");
        known(20, "http-bios");
        known(21, "uboot-arm32");
        known(22, "uboot-arm64");
        known(23, "http-uboot-arm32");
        known(24, "http-uboot-arm64");
        known(25, "uefi-riscv32");
        known(26, "http-riscv32");
        known(27, "uefi-riscv64");
        known(28, "http-riscv64");
        known(29, "uefi-riscv128");
        known(30, "http-riscv128");
        known(31, "s390-basic");
        known(32, "s390-extended");
        known(33, "mips32");
        known(34, "mips64");
        known(35, "sunway32");
        known(36, "sunway64");
        known(37, "uefi-loong32");
        known(38, "http-loong32");
        known(39, "uefi-loong64");
        known(40, "http-loong64");
    }

    /** The architecture of that number. */
    public static Architecture of(int id) {
        Architecture known = KNOWN.get(id);
        return known != null ? known : new Architecture(id, "architecture-" + id);
    }

    /** Whether the registry's number is one we have a name for. */
    public boolean isKnown() {
        return KNOWN.containsKey(id);
    }

    /** Whether this firmware fetches its boot file by HTTP and wants an absolute URL. */
    public boolean isHttp() {
        return label.startsWith("http-");
    }

    private static Architecture known(int id, String label) {
        Architecture architecture = new Architecture(id, label);
        KNOWN.put(id, architecture);
        return architecture;
    }

    /** The label. */
    @Override
    public String toString() {
        return label;
    }
}
