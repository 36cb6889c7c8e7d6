/** The host that we run on: its interfaces, its neighbours, who holds a port. Reads {@code /proc}, changes things through iproute2 only. */
package io.talospxe.net;
