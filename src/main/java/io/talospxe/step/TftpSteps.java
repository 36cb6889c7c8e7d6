package io.talospxe.step;
public final class TftpSteps { public TftpSteps(String d, java.util.function.Function<String, java.util.Optional<java.nio.file.Path>> f, java.util.function.Consumer<io.talospxe.machine.TransferReport> r, io.netty.channel.EventLoopGroup g, int l) {} }
