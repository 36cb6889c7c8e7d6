/**
 * DHCP behaviour: which answer a message gets, with no socket and no Camel in sight. {@link io.talospxe.dhcp.DhcpServer} leases addresses
 * where the network is ours, {@link io.talospxe.dhcp.ProxyDhcp} stands beside another server, {@link io.talospxe.dhcp.BootInstructions}
 * is the reply matrix both share. Imports its own wire room and {@code machine}.
 */
package io.talospxe.dhcp;
