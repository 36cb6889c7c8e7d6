package io.talospxe.dhcp.wire;

import java.util.HashMap;
import java.util.Map;

/**
 * The number of a DHCP option with its name in the registry and how its value reads. A number without a constant here is an option all
 * the same: it is carried along and printed as bytes. To teach the server a new option, add a row.
 *
 * @param value 1 to 254; 0 (pad) and 255 (end) are layout, not options
 * @param label the registry's name in kebab-case
 * @param form  how the value is written for people
 */
public record OptionCode(int value, String label, Form form) {

    /** How an option's value reads. */
    public enum Form {
        /** Bytes without a meaning of our own, in hexadecimal. */
        BYTES,
        /** One or more IPv4 addresses. */
        ADDRESSES,
        /** Text. */
        TEXT,
        /** One unsigned number of 1, 2 or 4 bytes. */
        NUMBER,
        /** A list of one-byte numbers. */
        NUMBERS,
        /** A list of two-byte numbers. */
        SHORTS,
        /** Options within the option: tag, length, value. */
        ENCAPSULATED
    }

    private static final Map<Integer, OptionCode> KNOWN = new HashMap<>();

    // RFC 2132
    public static final OptionCode SUBNET_MASK = known(1, "subnet-mask", Form.ADDRESSES);
    public static final OptionCode ROUTERS = known(3, "routers", Form.ADDRESSES);
    public static final OptionCode DOMAIN_NAME_SERVERS = known(6, "domain-name-servers", Form.ADDRESSES);
    public static final OptionCode HOST_NAME = known(12, "host-name", Form.TEXT);
    public static final OptionCode DOMAIN_NAME = known(15, "domain-name", Form.TEXT);
    public static final OptionCode BROADCAST_ADDRESS = known(28, "broadcast-address", Form.ADDRESSES);
    public static final OptionCode VENDOR_SPECIFIC = known(43, "vendor-specific", Form.ENCAPSULATED);
    public static final OptionCode REQUESTED_ADDRESS = known(50, "requested-address", Form.ADDRESSES);
    public static final OptionCode LEASE_TIME = known(51, "lease-time", Form.NUMBER);
    public static final OptionCode OVERLOAD = known(52, "overload", Form.NUMBER);
    public static final OptionCode MESSAGE_TYPE = known(53, "message-type", Form.NUMBER);
    public static final OptionCode SERVER_IDENTIFIER = known(54, "server-identifier", Form.ADDRESSES);
    public static final OptionCode PARAMETER_REQUEST_LIST = known(55, "parameter-request-list", Form.NUMBERS);
    public static final OptionCode MESSAGE = known(56, "message", Form.TEXT);
    public static final OptionCode MAXIMUM_MESSAGE_SIZE = known(57, "maximum-message-size", Form.NUMBER);
    public static final OptionCode RENEWAL_TIME = known(58, "renewal-time", Form.NUMBER);
    public static final OptionCode REBINDING_TIME = known(59, "rebinding-time", Form.NUMBER);
    public static final OptionCode VENDOR_CLASS = known(60, "vendor-class", Form.TEXT);
    public static final OptionCode CLIENT_IDENTIFIER = known(61, "client-identifier", Form.BYTES);
    public static final OptionCode TFTP_SERVER_NAME = known(66, "tftp-server-name", Form.TEXT);
    public static final OptionCode BOOT_FILE_NAME = known(67, "boot-file-name", Form.TEXT);
    // RFC 3004, 3046
    public static final OptionCode USER_CLASS = known(77, "user-class", Form.TEXT);
    public static final OptionCode RELAY_AGENT_INFORMATION = known(82, "relay-agent-information", Form.ENCAPSULATED);
    // RFC 4578
    public static final OptionCode CLIENT_ARCHITECTURE = known(93, "client-architecture", Form.SHORTS);
    public static final OptionCode CLIENT_NETWORK_INTERFACE = known(94, "client-network-interface", Form.NUMBERS);
    public static final OptionCode CLIENT_MACHINE_IDENTIFIER = known(97, "client-machine-identifier", Form.BYTES);
    // RFC 3442
    public static final OptionCode CLASSLESS_STATIC_ROUTE = known(121, "classless-static-route", Form.BYTES);
    // ipxe.org: Etherboot's option, registered as such in RFC 4578, section 4
    public static final OptionCode IPXE = known(175, "ipxe", Form.ENCAPSULATED);

    /** The option of that number, named if we know it. */
    public static OptionCode of(int value) {
        OptionCode known = KNOWN.get(value);
        return known != null ? known : new OptionCode(value, "option-" + value, Form.BYTES);
    }

    private static OptionCode known(int value, String label, Form form) {
        OptionCode code = new OptionCode(value, label, form);
        KNOWN.put(value, code);
        return code;
    }

    @Override
    public String toString() {
        return value + " " + label;
    }
}
