/**
 * DHCP messages as they stand on the wire (RFC 2131, 2132, 3396, 4578): bytes to records and back, and nothing decided.
 * Start with {@link io.talospxe.dhcp.wire.DhcpMessage}. Imports the JDK only.
 */
package io.talospxe.dhcp.wire;
