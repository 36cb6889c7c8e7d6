package io.talospxe.machine;

/** How far a machine has come between power-on and Talos. In this order on the way; {@link #FAILED} may come at any point. */
public enum Stage {
    /** It asked for an address or for boot instructions. */
    ASKED,
    /** It was offered an address, boot instructions or both. */
    OFFERED,
    /** It holds an address of ours. */
    LEASED,
    /** It was told which file to boot: a proxy offer taken up, or an answer on port 4011. */
    INSTRUCTED,
    /** It has fetched its iPXE boot file. */
    LOADED,
    /** It was sent an iPXE script. */
    SCRIPTED,
    /** It has fetched an asset: kernel or initramfs. */
    FETCHED,
    /** It was given its machine configuration. */
    CONFIGURED,
    /** Something it asked for could not be given. */
    FAILED
}
