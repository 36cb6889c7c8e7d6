package io.talospxe.step;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.talospxe.tftp.Content;
import io.talospxe.tftp.Transfer;
import io.talospxe.tftp.wire.MalformedPacket;
import io.talospxe.tftp.wire.TftpCodec;
import io.talospxe.tftp.wire.TftpPacket;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import java.net.InetSocketAddress;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins one {@link Transfer} to the port that it has for itself, and closes that port when it has ended. Lives on the port's event loop.
 *
 * <p>Files are read on that loop: a window is at most 64 blocks, below 100 KB in sizes that firmware asks for, of a file that the kernel
 * has in its page cache after the first machine. Handing that to another thread and back takes longer than the read.
 */
final class TftpChannel extends SimpleChannelInboundHandler<DatagramPacket> {

    private static final Logger LOG = LoggerFactory.getLogger(TftpChannel.class);

    private final InetSocketAddress client;
    private final Transfer transfer;
    private final Runnable answered;
    private ChannelHandlerContext context;
    private Future<?> timer;

    /**
     * @param client       the machine's address and port
     * @param request      what it asked for
     * @param content      what it gets
     * @param maxBlockSize the largest {@code blksize} to grant
     * @param answered     called whenever the machine has sent something to this port
     */
    TftpChannel(InetSocketAddress client, ReadRequest request, Content content, int maxBlockSize, Runnable answered) {
        this.client = client;
        this.transfer = new Transfer(request, content, maxBlockSize, System::nanoTime, packet -> write(packet, client));
        this.answered = answered;
    }

    /** The transfer, whose state may be read once the port is closed. */
    Transfer transfer() {
        return transfer;
    }

    @Override
    public void channelActive(ChannelHandlerContext opened) {
        context = opened;
        transfer.start();
        settle();
        watch();
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext opened, DatagramPacket datagram) {
        TftpPacket packet;
        try {
            packet = TftpCodec.decode(ByteBufUtil.getBytes(datagram.content()));
        } catch (MalformedPacket malformed) {
            LOG.debug("Ignored a datagram of {}: {}", datagram.sender(), malformed.getMessage());
            return;
        }
        if (datagram.sender().equals(client)) {
            answered.run();
            transfer.receive(packet);
        } else if (!(packet instanceof Error)) {
            // RFC 1350, section 4: whoever it is, the transfer goes on undisturbed.
            write(new Error(Error.UNKNOWN_TRANSFER_ID, "this port serves another machine"), datagram.sender());
        }
        settle();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext opened, Throwable cause) {
        // A datagram that could not leave is a lost one: it is sent again in time.
        LOG.debug("Transfer to {}: {}", client, cause.toString());
    }

    private void write(TftpPacket packet, InetSocketAddress to) {
        context.write(new DatagramPacket(Unpooled.wrappedBuffer(TftpCodec.encode(packet)), to), context.voidPromise());
    }

    private void settle() {
        context.flush();
        if (transfer.ended()) {
            context.close();
        }
    }

    /** One timer, renewed only when it fires: most ACKs come long before it does. */
    private void watch() {
        if (!transfer.ended()) {
            long wait = Math.max(0, transfer.deadline() - System.nanoTime());
            timer = context.executor().schedule(this::look, wait, TimeUnit.NANOSECONDS);
        }
    }

    private void look() {
        if (System.nanoTime() - transfer.deadline() >= 0) {
            transfer.expire();
            settle();
        }
        watch();
    }
}
