/**
 * The Talos cluster that grows out of this network: which machines are its control planes, and which of them answer. Knows nothing of
 * Camel; imports the JDK and slf4j.
 */
package io.talospxe.cluster;
