/**
 * TFTP packets as they stand on the wire (RFC 1350, 2347): bytes to records and back, and nothing decided.
 * Start with {@link io.talospxe.tftp.wire.TftpPacket}. Imports the JDK only.
 */
package io.talospxe.tftp.wire;
