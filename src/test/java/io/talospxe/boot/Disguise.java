package io.talospxe.boot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes QEMU's iPXE ROM look to a DHCP server like another vendor's PXE ROM, since Debian has none. It edits the running ROM in the
 * machine's memory before the ROM sends anything: user class 77 becomes padding, 175 and 203 leave the request list, and the code that
 * appends feature option 175 writes tag 224 (site-specific, of no meaning) instead. The UNDI services that a boot file runs on stay.
 */
final class Disguise {

    /** The ROM moves itself to the top of memory. */
    private static final int SEARCHED = 48 << 20;
    private static final int REACH = 1 << 20;
    private static final Pattern TEMPLATE = Pattern.compile(
        "\\x35\\x01.\\x39\\x02..\\x5d\\x02..\\x5e\\x03...\\x3c\\x20PXEClient:Arch:0000[0-9]:UNDI:00[0-9]{4}\\x4d\\x04iPXE\\x37(.)",
        Pattern.DOTALL);
    private static final byte[][] TAG_IN_CODE = {{(byte) 0xba, (byte) 0xaf, 0, 0, 0}, {(byte) 0xba, (byte) 0xb1, (byte) 0xaf, 0, 0}};
    private static final int USER_CLASS_SIZE = 6;

    private Disguise() {
    }

    /** Edits the memory in that file; false if the ROM is not there yet. */
    static boolean apply(Path ram) {
        try (FileChannel file = FileChannel.open(ram, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            int size = (int) Math.min(file.size(), SEARCHED);
            MappedByteBuffer memory = file.map(FileChannel.MapMode.READ_WRITE, file.size() - size, size);
            byte[] image = new byte[size];
            memory.get(0, image);
            Matcher template = TEMPLATE.matcher(new String(image, StandardCharsets.ISO_8859_1));
            boolean found = false;
            while (template.find()) {
                found = true;
                edit(memory, image, template);
            }
            memory.force();
            return found;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void edit(MappedByteBuffer memory, byte[] image, Matcher template) {
        int list = template.end();
        for (int i = list; i < list + (image[list - 1] & 0xff); i++) {
            if (image[i] == (byte) 175) {
                memory.put(i, (byte) 54);
            } else if (image[i] == (byte) 203) {
                memory.put(i, (byte) 97);
            }
        }
        // Behind the user class stand the request list's code and length.
        int userClass = list - 2 - USER_CLASS_SIZE;
        memory.put(userClass, new byte[USER_CLASS_SIZE]);
        int end = Math.min(image.length, list + REACH);
        for (int i = Math.max(0, template.start() - REACH); i < end; i++) {
            for (int form = 0; form < TAG_IN_CODE.length; form++) {
                if (matches(image, i, TAG_IN_CODE[form])) {
                    memory.put(i + 1 + form, (byte) 224);
                }
            }
        }
    }

    private static boolean matches(byte[] image, int at, byte[] pattern) {
        for (int i = 0; i < pattern.length; i++) {
            if (at + i >= image.length || image[at + i] != pattern[i]) {
                return false;
            }
        }
        return true;
    }
}
