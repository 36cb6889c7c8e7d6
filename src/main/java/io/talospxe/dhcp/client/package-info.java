/**
 * DHCP seen from the other side: the address that a site's server leases to us, and who else answers on this network, without sockets,
 * threads or a clock of its own. {@link io.talospxe.dhcp.client.LeaseClient} asks for a lease and keeps it,
 * {@link io.talospxe.dhcp.client.OtherServers} notices who comes and goes. Imports {@code dhcp.wire} and {@code machine} only.
 */
package io.talospxe.dhcp.client;
