/**
 * The files that machines fetch: which names there are, which of them may be reached, and which part of one is asked for. The room knows
 * no protocol; it imports nothing but the JDK.
 */
package io.talospxe.asset;
