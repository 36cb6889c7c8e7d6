package io.talospxe.dhcp.wire;

import io.talospxe.ip.Ipv4;
import java.net.Inet4Address;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A message's options in the order in which they stand on the wire, each code once: what a long option's parts were joined to
 * (RFC 3396). Immutable. Values are read leniently: one of the wrong length is absent, as RFC 2131 clients and ROMs are many.
 */
public final class Options {

    /** No options. */
    public static final Options NONE = new Options(new LinkedHashMap<>());

    private final Map<Integer, Octets> values;

    private Options(LinkedHashMap<Integer, Octets> values) {
        this.values = Collections.unmodifiableMap(values);
    }

    /** Options to be put in order, one after the other. */
    public static Builder builder() {
        return new Builder();
    }

    /** The raw value; empty if the option is not there. */
    public Optional<Octets> get(OptionCode code) {
        return Optional.ofNullable(values.get(code.value()));
    }

    /** Whether the option is there, with whatever value. */
    public boolean has(OptionCode code) {
        return values.containsKey(code.value());
    }

    /** The first IPv4 address of the value. */
    public Optional<Inet4Address> address(OptionCode code) {
        return get(code).filter(value -> value.length() >= 4).map(value -> Ipv4.of(value.toBytes(), 0));
    }

    /** The value as text, less trailing NUL and 0xFF. */
    public Optional<String> text(OptionCode code) {
        return get(code).map(Octets::toText);
    }

    /** The value as an unsigned number of 1, 2 or 4 bytes. */
    public OptionalLong number(OptionCode code) {
        Octets value = values.get(code.value());
        if (value == null || value.length() != 1 && value.length() != 2 && value.length() != 4) {
            return OptionalLong.empty();
        }
        long number = 0;
        for (int i = 0; i < value.length(); i++) {
            number = number << 8 | value.at(i);
        }
        return OptionalLong.of(number);
    }

    /** All options by number, in wire order. */
    public Map<Integer, Octets> byNumber() {
        return values;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Options options && values.equals(options.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }

    /** Collects options in the order in which they shall stand. Not thread-safe. */
    public static final class Builder {

        private final LinkedHashMap<Integer, Octets> values = new LinkedHashMap<>();

        private Builder() {
        }

        /** Puts a raw value; replaces an earlier one of the same code in its place. */
        public Builder put(OptionCode code, Octets value) {
            values.put(code.value(), value);
            return this;
        }

        /** Puts one or more addresses. */
        public Builder put(OptionCode code, Inet4Address... addresses) {
            Octets value = Octets.EMPTY;
            for (Inet4Address address : addresses) {
                value = value.plus(Octets.of(address.getAddress()));
            }
            return put(code, value);
        }

        /** Puts text without a terminating NUL. */
        public Builder put(OptionCode code, String text) {
            return put(code, Octets.text(text));
        }

        /** Puts an unsigned number of four bytes. */
        public Builder putInt(OptionCode code, long number) {
            return put(code, Octets.of(new byte[] {(byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number}));
        }

        /** Puts an unsigned number of one byte. */
        public Builder putByte(OptionCode code, int number) {
            return put(code, Octets.of(new byte[] {(byte) number}));
        }

        /** Adds what RFC 3396 calls another part of the same option: its bytes follow those already there. */
        Builder join(int code, Octets part) {
            values.merge(code, part, Octets::plus);
            return this;
        }

        /** Takes an option out. */
        Builder drop(OptionCode code) {
            values.remove(code.value());
            return this;
        }

        /** What was put. The builder may be used further. */
        public Options build() {
            return new Options(new LinkedHashMap<>(values));
        }
    }
}
