package io.talospxe.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTest {

    @TempDir
    private Path folder;

    @Test
    void aFileIsReadFromAnyPositionUpToItsEnd() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "0123456789");
        try (Content content = Content.of(file)) {
            assertThat(content.size()).hasValue(10);
            assertThat(text(content.read(4, 4))).isEqualTo("4567");
            assertThat(text(content.read(0, 4))).isEqualTo("0123");
            assertThat(text(content.read(8, 4))).isEqualTo("89");
            assertThat(text(content.read(10, 4))).isEmpty();
        }
    }

    @Test
    void aFileThatShrinksCannotBeReadAnyMore() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "0123456789");
        try (Content content = Content.of(file); FileChannel writer = FileChannel.open(file, StandardOpenOption.WRITE)) {
            writer.truncate(5);
            assertThatIOException().isThrownBy(() -> content.read(4, 4)).withMessage("the file changed while it was being sent");
        }
    }

    @Test
    void whatIsAppendedLaterIsNotSent() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "0123");
        try (Content content = Content.of(file)) {
            Files.writeString(file, "4567", StandardOpenOption.APPEND);
            assertThat(text(content.read(0, 8))).isEqualTo("0123");
        }
    }

    @Test
    void aFileThatIsNotThereCannotBeOpened() {
        assertThatIOException().isThrownBy(() -> Content.of(folder.resolve("none"))).isInstanceOf(NoSuchFileException.class);
    }

    /** RFC 1350, section 1, and RFC 764: the end of a line is CR LF, a carriage return alone is CR NUL. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 512})
    void netasciiConvertsLineEndsAcrossBlocks(int blockSize) throws IOException {
        Content text = new Netascii(Content.of("a\n\n\rb\r\n".getBytes(StandardCharsets.US_ASCII)));
        assertThat(text.size()).isEmpty();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        ByteBuffer block;
        do {
            block = text.read(received.size(), blockSize);
            received.writeBytes(text(block).getBytes(StandardCharsets.US_ASCII));
        } while (block.remaining() == blockSize);
        assertThat(received.toString(StandardCharsets.US_ASCII)).isEqualTo("a\r\n\r\n\r\0b\r\0\r\n");
    }

    @Test
    void netasciiCanGoBackAWholeWindow() throws IOException {
        String lines = "x\n".repeat(1000);
        Content text = new Netascii(Content.of(lines.getBytes(StandardCharsets.US_ASCII)));
        String expected = lines.replace("\n", "\r\n");
        int blockSize = 8;
        for (int window = 0; window < 4; window++) {
            for (int attempt = 0; attempt < 2; attempt++) {
                for (int block = 0; block < Negotiation.MAX_WINDOW_SIZE; block++) {
                    int position = (window * Negotiation.MAX_WINDOW_SIZE + block) * blockSize;
                    assertThat(text(text.read(position, blockSize))).isEqualTo(expected.substring(position, position + blockSize));
                }
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes.duplicate()).toString();
    }
}
