package io.talospxe.tftp.wire;

/** These bytes are no TFTP packet. The only exception that decoding throws; its message is one sentence that says what is wrong. */
public final class MalformedPacket extends Exception {

    /** @param reason one sentence, without the sender */
    public MalformedPacket(String reason) {
        super(reason, null, false, false);
    }
}
