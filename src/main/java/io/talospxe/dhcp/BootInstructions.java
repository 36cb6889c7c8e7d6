package io.talospxe.dhcp;

import io.talospxe.dhcp.NetbootClient.Kind;
import io.talospxe.dhcp.wire.DhcpMessage;
import io.talospxe.dhcp.wire.OptionCode;
import io.talospxe.dhcp.wire.Options;
import io.talospxe.dhcp.wire.PxeOptions;
import java.net.Inet4Address;

/**
 * The reply matrix: which fields and options tell each kind of firmware what to fetch. What stands here was tried on SeaBIOS, iPXE, OVMF
 * and AAVMF; {@code src/docs/booting.md} tells the reasons. Stateless.
 */
final class BootInstructions {

    /** Where and in which role the answer is given. */
    enum Channel {
        /** Port 67, with a lease. */
        LEASE,
        /** Port 67, beside another server. */
        PROXY,
        /** Port 4011. */
        BOOT_SERVER
    }

    private BootInstructions() {
    }

    /**
     * Completes a reply whose options hold type, server identifier and lease.
     *
     * @param reply    the reply so far
     * @param request  what it answers
     * @param client   who asked; not {@link Kind#PLAIN}
     * @param bootFile a TFTP name, or a URL for HTTP and iPXE
     * @param server   our address on the client's link
     */
    static DhcpMessage add(DhcpMessage reply, DhcpMessage request, NetbootClient client, String bootFile, Inet4Address server,
                           Channel channel) {
        Options.Builder options = Options.builder();
        reply.options().byNumber().forEach((number, value) -> options.put(OptionCode.of(number), value));
        if (client.kind() == Kind.HTTP) {
            options.put(OptionCode.VENDOR_CLASS, "HTTPClient");
        } else if (channel != Channel.LEASE || client.kind() == Kind.BIOS || client.kind() == Kind.RASPBERRY_PI) {
            // With a lease and without 60, UEFI takes the offer as plain DHCP with a boot file and asks nothing more on 4011.
            options.put(OptionCode.VENDOR_CLASS, "PXEClient");
        }
        request.options().get(OptionCode.CLIENT_MACHINE_IDENTIFIER).ifPresent(id -> options.put(OptionCode.CLIENT_MACHINE_IDENTIFIER, id));
        switch (client.kind()) {
            // Never 43 to UEFI: EDK2 before April 2017 throws every proxy offer away that has it.
            case BIOS -> options.put(OptionCode.VENDOR_SPECIFIC, PxeOptions.answerTo(request.options().get(OptionCode.VENDOR_SPECIFIC)));
            case RASPBERRY_PI -> options.put(OptionCode.VENDOR_SPECIFIC, PxeOptions.RASPBERRY_PI_BOOT);
            case IPXE -> {
                if (channel == Channel.LEASE) {
                    options.put(OptionCode.IPXE, PxeOptions.NO_PROXY_DHCP);
                }
            }
            case PLAIN, UEFI, HTTP -> { }
        }
        options.put(OptionCode.TFTP_SERVER_NAME, server.getHostAddress());
        // Last: EDK2 ends the name by writing a NUL over the byte behind it, which would be the next option's code.
        options.put(OptionCode.BOOT_FILE_NAME, bootFile);
        return reply.withBootServer(server, server.getHostAddress(), bootFile.length() <= DhcpMessage.MAXIMUM_FILE ? bootFile : "")
            .withOptions(options.build());
    }
}
