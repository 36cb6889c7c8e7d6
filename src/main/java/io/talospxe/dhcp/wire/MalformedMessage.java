package io.talospxe.dhcp.wire;

/** These bytes are no DHCP message. The only exception that decoding throws; its message is one sentence that says what is wrong. */
public final class MalformedMessage extends Exception {

    /** @param reason one sentence, without the sender */
    public MalformedMessage(String reason) {
        super(reason, null, false, false);
    }
}
