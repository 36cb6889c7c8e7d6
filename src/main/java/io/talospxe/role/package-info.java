/**
 * How we stand in the network: as its DHCP server or beside it, and at which address. {@link io.talospxe.role.Presence} finds that out at the
 * start and keeps watching. Imports {@code dhcp}, its wire and client rooms, {@code net} and {@code machine}.
 */
package io.talospxe.role;
