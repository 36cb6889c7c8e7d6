package io.talospxe.dhcp;

import io.talospxe.dhcp.wire.Architecture;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.Octets;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.PxeOptions;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who asks, as far as booting goes. Immutable.
 *
 * @param kind         which row of the reply matrix applies
 * @param architecture its firmware; empty for {@link Kind#PLAIN}
 * @param uuid         the machine's UUID as Linux and iPXE print it, lower case; empty if it sent none or a meaningless one
 */
public record NetbootClient(Kind kind, Optional<Architecture> architecture, Optional<String> uuid) {

    /** Rows of the reply matrix. */
    public enum Kind {
        /** Not booting from the network: a lease is all it wants. */
        PLAIN,
        /** A BIOS PXE ROM. */
        BIOS,
        /** UEFI's PXE client, and U-Boot, which reads the same fields. */
        UEFI,
        /** UEFI HTTP Boot: wants an absolute URL. */
        HTTP,
        /** iPXE with HTTP: wants its script. */
        IPXE,
        /** The boot ROM of a Raspberry Pi. */
        RASPBERRY_PI
    }

    private static final String PXE_CLASS = "PXEClient";
    private static final String HTTP_CLASS = "HTTPClient";
    private static final String IPXE_CLASS = "iPXE";
    private static final Pattern CLASS_ARCHITECTURE = Pattern.compile("(?:PXE|HTTP)Client:Arch:(\\d{5})");
    /** iPXE's feature list in option 175 names HTTP with this sub-option. */
    private static final int IPXE_HTTP = 0x13;
    private static final Set<String> RASPBERRY_PI_VENDORS = Set.of("b827eb", "dca632", "e45f01", "28cdc1", "d83add", "2ccf67");
    private static final int UUID_OPTION_LENGTH = 17;

    /** Reads it from a request. */
    public static NetbootClient of(DhcpMessage request) {
        Optional<String> vendorClass = request.options().text(OptionCode.VENDOR_CLASS);
        boolean pxe = vendorClass.filter(name -> name.startsWith(PXE_CLASS)).isPresent();
        boolean http = vendorClass.filter(name -> name.startsWith(HTTP_CLASS)).isPresent();
        boolean ipxe = isIpxe(request);
        Optional<String> uuid = request.options().get(OptionCode.CLIENT_MACHINE_IDENTIFIER).flatMap(NetbootClient::uuid);
        if (!pxe && !http && !ipxe) {
            return new NetbootClient(Kind.PLAIN, Optional.empty(), uuid);
        }
        Architecture architecture = architecture(request, vendorClass.orElse(""));
        if (!ipxe && architecture.equals(Architecture.BIOS) && isRaspberryPi(request)) {
            architecture = Architecture.RASPBERRY_PI;
        }
        return new NetbootClient(kind(ipxe && canHttp(request), http, architecture), Optional.of(architecture), uuid);
    }

    private static Kind kind(boolean ipxe, boolean http, Architecture architecture) {
        if (ipxe) {
            return Kind.IPXE;
        }
        if (http) {
            return Kind.HTTP;
        }
        if (architecture.equals(Architecture.RASPBERRY_PI)) {
            return Kind.RASPBERRY_PI;
        }
        return architecture.equals(Architecture.BIOS) ? Kind.BIOS : Kind.UEFI;
    }

    /** RFC 3004 wants each user class behind a length byte; iPXE sends the bare text, others wrap it. */
    private static boolean isIpxe(DhcpMessage request) {
        return request.options().has(OptionCode.IPXE)
            || request.options().get(OptionCode.USER_CLASS).filter(NetbootClient::namesIpxe).isPresent();
    }

    private static boolean namesIpxe(Octets userClass) {
        if (userClass.toText().equals(IPXE_CLASS)) {
            return true;
        }
        int at = 0;
        while (at < userClass.length()) {
            int length = userClass.at(at);
            if (at + 1 + length > userClass.length()) {
                return false;
            }
            if (Octets.of(userClass.toBytes(), at + 1, length).toText().equals(IPXE_CLASS)) {
                return true;
            }
            at += 1 + length;
        }
        return false;
    }

    /** Vendors' cut-down iPXE (VirtualBox, old QEMU) says in option 175 what it can: without HTTP it is a ROM that needs our iPXE. */
    private static boolean canHttp(DhcpMessage request) {
        return request.options().get(OptionCode.IPXE).map(features -> PxeOptions.read(features).containsKey(IPXE_HTTP)).orElse(true);
    }

    /** Option 93 may list several: the first known one counts (RFC 4578, section 2.1). Without it the vendor class tells, else BIOS. */
    private static Architecture architecture(DhcpMessage request, String vendorClass) {
        Optional<Octets> listed = request.options().get(OptionCode.CLIENT_ARCHITECTURE).filter(value -> value.length() >= 2);
        if (listed.isPresent()) {
            Octets value = listed.get();
            for (int at = 0; at + 1 < value.length(); at += 2) {
                Architecture candidate = Architecture.of(value.at(at) << 8 | value.at(at + 1));
                if (candidate.isKnown()) {
                    return candidate;
                }
            }
            return Architecture.of(value.at(0) << 8 | value.at(1));
        }
        Matcher named = CLASS_ARCHITECTURE.matcher(vendorClass);
        return named.lookingAt() ? Architecture.of(Integer.parseInt(named.group(1))) : Architecture.BIOS;
    }

    private static boolean isRaspberryPi(DhcpMessage request) {
        int length = Math.min(3, request.chaddr().length());
        return RASPBERRY_PI_VENDORS.contains(HexFormat.of().formatHex(request.chaddr().toBytes(), 0, length));
    }

    /**
     * Option 97 is a type byte 0 and the UUID as SMBIOS holds it: its first three fields little-endian (RFC 4578, section 2.3; SMBIOS 2.6,
     * section 7.2.1). All zeros and all ones are what boards without a UUID send.
     */
    private static Optional<String> uuid(Octets option) {
        if (option.length() != UUID_OPTION_LENGTH || option.at(0) != 0) {
            return Optional.empty();
        }
        byte[] raw = option.toBytes();
        int[] order = {4, 3, 2, 1, 6, 5, 8, 7, 9, 10, 11, 12, 13, 14, 15, 16};
        StringBuilder text = new StringBuilder(36);
        for (int i = 0; i < order.length; i++) {
            if (i == 4 || i == 6 || i == 8 || i == 10) {
                text.append('-');
            }
            HexFormat.of().toHexDigits(text, raw[order[i]]);
        }
        String digits = text.toString().replace("-", "");
        return digits.chars().allMatch(digit -> digit == '0') || digits.chars().allMatch(digit -> digit == 'f')
            ? Optional.empty() : Optional.of(text.toString());
    }
}
