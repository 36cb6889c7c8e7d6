/** IPv4 addresses and networks as numbers, which every protocol here needs. Imports the JDK only. */
package io.talospxe.ip;
