/**
 * What a machine is and what happens to it: its hardware address, its profile, its events. Every protocol speaks these words;
 * the room imports nothing but the JDK.
 */
package io.talospxe.machine;
