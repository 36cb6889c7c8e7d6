package io.talospxe.dns;

import io.talospxe.ip.Subnet;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.xbill.DNS.Name;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TextParseException;

/** Names below {@code in-addr.arpa.} (RFC 1035, section 3.5). Stateless. */
final class ReverseName {

    private static final Name DOMAIN = Name.fromConstantString("in-addr.arpa.");
    // labels of in-addr.arpa. with its root
    private static final int DOMAIN_LABELS = 3;

    private ReverseName() {
    }

    /** The name of an address. */
    static Name of(Inet4Address address) {
        return ReverseMap.fromAddress(address);
    }

    /**
     * The IPv4 network that a name stands for: one address with four numbers below {@code in-addr.arpa.} or with more labels, whose last
     * four count, and 256 addresses with three. Empty for other names.
     */
    static Optional<Subnet> network(Name name) {
        int numbers = Math.min(4, name.labels() - DOMAIN_LABELS);
        if (numbers < 3 || !name.subdomain(DOMAIN)) {
            return Optional.empty();
        }
        byte[] bytes = new byte[4];
        for (int i = 0; i < numbers; i++) {
            String label = name.getLabelString(name.labels() - DOMAIN_LABELS - 1 - i);
            int number = label.matches("0|[1-9][0-9]{0,2}") ? Integer.parseInt(label) : 256;
            if (number > 255) {
                return Optional.empty();
            }
            bytes[i] = (byte) number;
        }
        try {
            return Optional.of(new Subnet((Inet4Address) InetAddress.getByAddress(bytes), 8 * numbers));
        } catch (UnknownHostException impossible) {
            throw new AssertionError("four bytes are an IPv4 address", impossible);
        }
    }

    /** The name of the 256 addresses that the address is one of. */
    static Name zone(Inet4Address address) {
        byte[] bytes = address.getAddress();
        try {
            return Name.fromString((bytes[2] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[0] & 0xff), DOMAIN);
        } catch (TextParseException impossible) {
            throw new AssertionError("numbers are labels", impossible);
        }
    }
}
