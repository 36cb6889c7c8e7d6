package io.talospxe.role;

import java.util.Locale;

/** Which part we play on this network. */
public enum Role {
    /** The network's own DHCP server: leases addresses. */
    SERVER,
    /** proxyDHCP: boot instructions beside another DHCP server. */
    PROXY;

    /** The name in settings and route variables: {@code server} or {@code proxy}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
