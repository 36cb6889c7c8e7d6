package io.talospxe.dhcp.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The options within options 43 and 175 that a boot server reads and writes (PXE specification 2.1, section 2.2; ipxe.org). */
public final class PxeOptions {

    /** Option 43 to a BIOS ROM: PXE_DISCOVERY_CONTROL (6) = 8, "use the boot file of this offer, look for no boot server". */
    public static final Octets USE_OFFERED_FILE = Octets.hex("06 01 08 ff");

    /** Option 175 to iPXE: no-pxedhcp (0xb0) = 1, "wait for no proxy offer, this one is complete". */
    public static final Octets NO_PROXY_DHCP = Octets.hex("b0 01 01");

    /**
     * Option 43 to a Raspberry Pi's ROM: discovery control 8, and the boot menu (9) and prompt (10) without which the ROM ignores an
     * offer.
     */
    public static final Octets RASPBERRY_PI_BOOT = Octets.hex("06 01 08")
        .plus(Octets.hex("09 14 00 00 11")).plus(Octets.text("Raspberry Pi Boot"))
        .plus(Octets.hex("0a 04 00")).plus(Octets.text("PXE")).plus(Octets.hex("ff"));

    /** PXE_BOOT_ITEM: which boot server type the client picked. */
    private static final int BOOT_ITEM = 71;
    private static final int PAD = 0;
    private static final int END = 255;

    private PxeOptions() {
    }

    /** What a BIOS ROM is told in option 43 in answer to a request whose option 43 is {@code asked}: the boot item it named comes back. */
    public static Octets answerTo(Optional<Octets> asked) {
        return asked.map(PxeOptions::read).map(tags -> tags.get(BOOT_ITEM))
            .map(item -> Octets.hex("06 01 08").plus(Octets.of(new byte[] {BOOT_ITEM, (byte) item.length()})).plus(item)
                .plus(Octets.hex("ff")))
            .orElse(USE_OFFERED_FILE);
    }

    /** The encapsulated options by tag, in order; reading stops at END or where a length runs past the value. */
    public static Map<Integer, Octets> read(Octets value) {
        Map<Integer, Octets> tags = new LinkedHashMap<>();
        int at = 0;
        while (at < value.length() && value.at(at) != END) {
            int tag = value.at(at++);
            if (tag == PAD) {
                continue;
            }
            if (at >= value.length() || at + 1 + value.at(at) > value.length()) {
                break;
            }
            int length = value.at(at++);
            tags.put(tag, Octets.of(value.toBytes(), at, length));
            at += length;
        }
        return tags;
    }
}
