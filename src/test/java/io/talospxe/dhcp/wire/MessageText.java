package io.talospxe.dhcp.wire;

import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A DHCP message as a block of text that a person can check against the RFC. */
final class MessageText {

    private MessageText() {
    }

    /** The header's fields and then one line for each option, in wire order. */
    static String of(DhcpMessage message) {
        String header = String.format("""
              op %d  htype %d  hops %d  xid %08x  secs %d  flags %04x
              ciaddr %s  yiaddr %s  siaddr %s  giaddr %s
              chaddr %s  sname '%s'  file '%s'
            """, message.op(), message.htype(), message.hops(), message.xid(), message.secs(), message.flags(),
            text(message.ciaddr()), text(message.yiaddr()), text(message.siaddr()), text(message.giaddr()),
            message.chaddr(), message.sname(), message.file());
        return header + message.options().byNumber().entrySet().stream().map(MessageText::option).collect(Collectors.joining());
    }

    private static String option(Map.Entry<Integer, Octets> option) {
        OptionCode code = OptionCode.of(option.getKey());
        return "  " + code + ": " + value(code.form(), option.getValue()) + "\n";
    }

    private static String value(OptionCode.Form form, Octets value) {
        return switch (form) {
            case BYTES -> value.toString();
            case TEXT -> "'" + printable(value) + "'";
            case NUMBER -> numbers(value, value.length());
            case NUMBERS -> numbers(value, 1);
            case SHORTS -> numbers(value, 2);
            case ADDRESSES -> IntStream.range(0, value.length() / 4).mapToObj(i -> text(Ipv4.of(value.toBytes(), i * 4)))
                .collect(Collectors.joining(" "));
            case ENCAPSULATED -> PxeOptions.read(value).entrySet().stream().map(tag -> tag.getKey() + "=" + tag.getValue())
                .collect(Collectors.joining(" "));
        };
    }

    private static String numbers(Octets value, int size) {
        return IntStream.range(0, value.length() / size).mapToLong(i -> {
            long number = 0;
            for (int at = i * size; at < (i + 1) * size; at++) {
                number = number << 8 | value.at(at);
            }
            return number;
        }).mapToObj(String::valueOf).collect(Collectors.joining(" "));
    }

    private static String printable(Octets value) {
        return IntStream.range(0, value.length()).mapToObj(i -> value.at(i) >= ' ' && value.at(i) <= '~'
            ? String.valueOf((char) value.at(i)) : String.format("\\x%02x", value.at(i))).collect(Collectors.joining());
    }

    private static String text(Inet4Address address) {
        return address.getHostAddress();
    }
}
