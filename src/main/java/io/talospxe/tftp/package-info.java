/**
 * How a file goes out by TFTP (RFC 1350, 1123, 2347, 2348, 2349, 7440): what is agreed, what is sent when, and where the bytes come from,
 * without sockets, threads or a clock of its own. Start with {@link io.talospxe.tftp.Transfer}. Imports its wire and {@code machine} only.
 */
package io.talospxe.tftp;
