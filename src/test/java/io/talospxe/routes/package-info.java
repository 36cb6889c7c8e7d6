/** The shipped route files on free ports of loopback, asked by real sockets. Needs no root. */
package io.talospxe.routes;
