package io.talospxe.tftp;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The bytes of one transfer, read block by block. For one thread at a time. */
public interface Content extends Closeable {

    /** How many bytes there are in all, or empty if that is known only at the end. */
    OptionalLong size();

    /**
     * Reads the bytes from {@code position} on: {@code length} of them, or as many as are left.
     *
     * @throws IOException if they cannot be read any more; the message is half a sentence for people
     */
    ByteBuffer read(long position, int length) throws IOException;

    /** Bytes that a route has made; they must not be changed afterwards. */
    static Content of(byte[] bytes) {
        return new Content() {
            @Override
            public OptionalLong size() {
                return OptionalLong.of(bytes.length);
            }

            @Override
            public ByteBuffer read(long position, int length) {
                int from = (int) Math.min(position, bytes.length);
                return ByteBuffer.wrap(bytes, from, Math.min(length, bytes.length - from));
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
    }

    /**
     * Opens a file, whose size is taken now: what is appended later is not sent, and a file that has become shorter cannot be read.
     *
     * @throws IOException if it cannot be opened
     */
    static Content of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file);
        long size;
        try {
            size = channel.size();
        } catch (IOException failed) {
            channel.close();
            throw failed;
        }
        return new Content() {
            @Override
            public OptionalLong size() {
                return OptionalLong.of(size);
            }

            @Override
            public ByteBuffer read(long position, int length) throws IOException {
                ByteBuffer block = ByteBuffer.allocate((int) Math.max(0, Math.min(length, size - position)));
                while (block.hasRemaining()) {
                    if (channel.read(block, position + block.position()) < 0) {
                        throw new IOException("the file changed while it was being sent");
                    }
                }
                return block.flip();
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }
}
