/**
 * DNS behaviour: which answer a question gets, with no socket of ours and no Camel in sight. {@link io.talospxe.dns.DnsNames} knows the
 * names that are ours, {@link io.talospxe.dns.Forwarder} asks others about the rest, and {@link io.talospxe.dns.AnswerMemory} gives an
 * answer again to whoever repeats a question. Imports dnsjava, {@code machine} and slf4j.
 */
package io.talospxe.dns;
