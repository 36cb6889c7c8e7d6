/**
 * The program: flags, plan, start, stop. Start reading at {@link io.talospxe.TalosPxe}; nothing imports this room. Each protocol has a
 * room of its own below, {@code routes/*.yaml} joins them, and {@link io.talospxe.step} holds what routes can name.
 */
package io.talospxe;
