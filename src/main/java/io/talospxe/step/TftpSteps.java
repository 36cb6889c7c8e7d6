package io.talospxe.step;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.util.NetUtil;
import io.talospxe.asset.AssetStore;
import io.talospxe.machine.TransferReport;
import io.talospxe.tftp.Content;
import io.talospxe.tftp.Transfer;
import io.talospxe.tftp.wire.FileName;
import io.talospxe.tftp.wire.MalformedPacket;
import io.talospxe.tftp.wire.Mode;
import io.talospxe.tftp.wire.TftpCodec;
import io.talospxe.tftp.wire.TftpPacket;
import io.talospxe.tftp.wire.TftpPacket.Error;
import io.talospxe.tftp.wire.TftpPacket.ReadRequest;
import io.talospxe.tftp.wire.TftpPacket.WriteRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.component.netty.NettyConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of the TFTP route, bean {@code tftp}. Every answer leaves from a port of its own (RFC 1350, section 4), and no step waits for
 * a transfer. Safe for several threads.
 */
public final class TftpSteps {

    private static final Logger LOG = LoggerFactory.getLogger(TftpSteps.class);
    private static final InetSocketAddress ANY = new InetSocketAddress(0);
    private static final InetAddress BROADCAST = NetUtil.createInetAddressFromIpAddressString("255.255.255.255");

    private final String device;
    private final UnaryOperator<String> told;
    private final Function<String, Optional<Path>> files;
    private final Consumer<TransferReport> reports;
    private final EventLoopGroup loops;
    private final int limit;
    private final Semaphore free;
    private final int maxBlockSize;
    private final Set<Opening> openings = ConcurrentHashMap.newKeySet();

    /** A transfer that its client has not answered yet. */
    private record Opening(InetSocketAddress client, ReadRequest request) {
        String name() {
            return FileName.clean(request.file());
        }
    }

    /**
     * @param device       the interface that answers leave by; empty for whichever the kernel chooses
     * @param told         the address of ours that a machine is told to come back to, by the one that it asked
     * @param files        finds the first existing file of several comma-separated asset names
     * @param reports      is told how every transfer ended, on an event loop's thread: it must not block
     * @param loops        epoll event loops that run the transfers; null if none will be sent, as when routes are only checked
     * @param limit        how many transfers may run at a time
     * @param maxBlockSize the largest {@code blksize} to grant, 8 to 65464 bytes
     */
    public TftpSteps(String device, UnaryOperator<String> told, Function<String, Optional<Path>> files, Consumer<TransferReport> reports,
                     EventLoopGroup loops, int limit, int maxBlockSize) {
        this.device = device;
        this.told = told;
        this.files = files;
        this.reports = reports;
        this.loops = loops;
        this.limit = limit;
        this.free = new Semaphore(limit);
        this.maxBlockSize = maxBlockSize;
    }

    /**
     * Reads a datagram: the body becomes a {@link TftpPacket}; sets the variables {@code address}, {@code localAddress} (the one of ours to
     * come back to), {@code operation} (READ, WRITE or OTHER) and for requests {@code file}, the clean name, which is empty if no asset can have such a name.
     *
     * @throws MalformedPacket if it is none
     */
    public void decode(Exchange exchange) throws MalformedPacket {
        TftpPacket packet = TftpCodec.decode(exchange.getMessage().getBody(byte[].class));
        exchange.getMessage().setBody(packet);
        exchange.setVariable("address", client(exchange).getAddress().getHostAddress());
        exchange.setVariable("localAddress", told.apply(local(exchange).getHostAddress()));
        if (packet instanceof ReadRequest request) {
            exchange.setVariable("operation", "READ");
            exchange.setVariable("file", assetName(request.file()));
        } else if (packet instanceof WriteRequest request) {
            exchange.setVariable("operation", "WRITE");
            exchange.setVariable("file", assetName(request.file()));
        } else {
            exchange.setVariable("operation", "OTHER");
        }
    }

    /**
     * Starts to send what the variable {@code content} holds, as UTF-8, or else the first file that {@code asset} names (alternatives are
     * separated by commas; a PXE ROM's {@code .0} is taken off if need be). A request that is repeated before its transfer was answered
     * starts nothing. The body must be the request. What cannot be sent is answered by an ERROR and reported.
     *
     * @throws IllegalStateException if the route has set neither variable
     */
    public void send(Exchange exchange) {
        Opening opening = new Opening(client(exchange), exchange.getMessage().getBody(ReadRequest.class));
        if (!openings.add(opening)) {
            LOG.debug("{} repeats its request for {}", opening.client, opening.request.file());
            return;
        }
        Optional<Error> obstacle;
        try {
            obstacle = start(exchange, opening);
        } catch (RuntimeException failed) {
            openings.remove(opening);
            throw failed;
        }
        obstacle.ifPresent(error -> {
            openings.remove(opening);
            answer(exchange, error);
            report(opening, 0, Duration.ZERO, error.message());
        });
    }

    /**
     * Answers a request with ERROR 2 and the variable {@code reason} as its text; any other packet has no business on this port and gets
     * ERROR 4, but an ERROR is never answered.
     */
    public void refuse(Exchange exchange) {
        Object packet = exchange.getMessage().getBody();
        if (packet instanceof ReadRequest || packet instanceof WriteRequest) {
            String reason = exchange.getVariable("reason", "this server gives files and takes none", String.class);
            answer(exchange, new Error(Error.ACCESS_VIOLATION, reason));
        } else if (!(packet instanceof Error)) {
            answer(exchange, new Error(Error.ILLEGAL_OPERATION, "a transfer begins with a read request"));
        }
    }

    /** Starts a transfer, or says what is in its way. */
    private Optional<Error> start(Exchange exchange, Opening opening) {
        if (opening.request.mode() == Mode.MAIL) {
            return Optional.of(new Error(Error.ILLEGAL_OPERATION, "mode mail is not served: ask for octet"));
        }
        if (!free.tryAcquire()) {
            return Optional.of(new Error(Error.NOT_DEFINED, "the server is busy with " + limit + " transfers, try again"));
        }
        boolean started = false;
        String name = opening.name();
        try {
            Optional<Content> content = content(exchange);
            if (content.isEmpty()) {
                return Optional.of(new Error(Error.FILE_NOT_FOUND, "there is no file " + name));
            }
            start(exchange, opening, content.get());
            started = true;
            return Optional.empty();
        } catch (IOException unreadable) {
            LOG.warn("Cannot read {}: {}", name, unreadable.toString());
            return Optional.of(new Error(Error.ACCESS_VIOLATION, "the server cannot read " + name));
        } finally {
            if (!started) {
                free.release();
            }
        }
    }

    private void start(Exchange exchange, Opening opening, Content content) throws IOException {
        long begin = System.nanoTime();
        TftpChannel channel = new TftpChannel(opening.client, opening.request, content, maxBlockSize, () -> openings.remove(opening));
        Channel port;
        try {
            port = open(exchange, channel);
        } catch (ChannelException noMoreSockets) {
            content.close();
            throw noMoreSockets;
        }
        port.closeFuture().addListener(closed -> {
            free.release();
            openings.remove(opening);
            content.close();
            end(opening, channel.transfer(), Duration.ofNanos(System.nanoTime() - begin));
        });
    }

    private void end(Opening opening, Transfer transfer, Duration took) {
        switch (transfer.state()) {
            case DECLINED -> LOG.debug("{} only asked about {}: {}", opening.client, opening.name(), transfer.failure());
            case COMPLETE, FAILED -> report(opening, transfer.bytes(), took, transfer.failure());
            case NEGOTIATING, SENDING -> report(opening, transfer.bytes(), took, "the server closed its port");
        }
    }

    private void report(Opening opening, long bytes, Duration took, String failure) {
        reports.accept(new TransferReport(opening.name(), opening.client.getAddress().getHostAddress(), bytes, took, failure));
    }

    private Optional<Content> content(Exchange exchange) throws IOException {
        String text = exchange.getVariable("content", String.class);
        if (text != null) {
            return Optional.of(Content.of(text.getBytes(StandardCharsets.UTF_8)));
        }
        String asset = exchange.getVariable("asset", String.class);
        if (asset == null) {
            throw new IllegalStateException("the route must set the variable 'asset' or 'content' before it calls tftp.send");
        }
        Optional<Path> file = files.apply(asset).or(() -> files.apply(FileName.withoutLayer(asset)));
        return file.isPresent() ? Optional.of(Content.of(file.get())) : Optional.empty();
    }

    private void answer(Exchange exchange, Error error) {
        InetSocketAddress client = client(exchange);
        open(exchange, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelActive(ChannelHandlerContext opened) {
                opened.writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(TftpCodec.encode(error)), client))
                    .addListener(ChannelFutureListener.CLOSE);
            }
        });
    }

    /** Opens a port on the address that the request was sent to, which is the only one that the client knows us by. */
    private Channel open(Exchange exchange, ChannelHandler handler) {
        EpollDatagramChannel channel = new EpollDatagramChannel(InternetProtocolFamily.IPv4);
        new Bootstrap().group(loops).channelFactory(() -> channel).handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel registered) {
                InterfaceSocket.bindToDevice(registered.config(), device);
                registered.pipeline().addLast(handler);
            }
        }).bind(local(exchange), 0).addListener(bound -> {
            if (!bound.isSuccess()) {
                LOG.warn("No port to answer {} from: {}", client(exchange), bound.cause().toString());
            }
        });
        return channel;
    }

    private static InetAddress local(Exchange exchange) {
        InetSocketAddress asked = exchange.getMessage().getHeader(InterfaceSocket.LOCAL_ADDRESS, ANY, InetSocketAddress.class);
        return asked.getAddress().equals(BROADCAST) ? ANY.getAddress() : asked.getAddress();
    }

    private static InetSocketAddress client(Exchange exchange) {
        return exchange.getMessage().getHeader(NettyConstants.NETTY_REMOTE_ADDRESS, InetSocketAddress.class);
    }

    private static String assetName(String sent) {
        String name = FileName.clean(sent);
        return AssetStore.isName(name) ? name : "";
    }
}
