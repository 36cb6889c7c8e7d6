/**
 * What a route can name: the steps that join the protocol rooms to Camel, and the sockets' peculiarities that Camel leaves to us.
 * This room and {@link io.talospxe.TalosPxe} alone import Camel, Netty and Vert.x.
 */
package io.talospxe.step;
