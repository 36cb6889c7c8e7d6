/** Real firmware and real DHCP clients in network namespaces, against the program as a user starts it. Needs root; on with -Pboot. */
package io.talospxe.boot;
