package io.talospxe.asset;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds assets by name. A name is relative, its segments are separated by {@code /}, and it can never lead out of a root or to a hidden
 * file. A symbolic link that an operator made inside a root may point anywhere: whoever can write there has decided that.
 *
 * <p>Names below {@code ipxe/} are looked for in every root, in order, so that the program's own boot files serve an operator who brings
 * none; every other name only in the first root, which is the operator's. Immutable; files may come and go at any time.
 */
public final class AssetStore {

    private static final String BOOT_FILES = "ipxe/";
    // The page that explains the folder to its operator is no asset.
    private static final String EXPLANATION = "README.md";

    private final List<Path> roots;

    /**
     * @param roots folders to look in, the operator's first
     * @throws IllegalArgumentException if there is none
     */
    public AssetStore(List<Path> roots) {
        if (roots.isEmpty()) {
            throw new IllegalArgumentException("an asset store needs at least one folder");
        }
        this.roots = List.copyOf(roots);
    }

    /**
     * Tells whether {@code name} may name an asset at all: no empty segment, none that begins with a dot, no backslash, no comma (which
     * separates alternatives), no control character.
     */
    public static boolean isName(String name) {
        return name.chars().noneMatch(c -> Character.isISOControl(c) || c == '\\' || c == ',')
            && Arrays.stream(name.split("/", -1)).noneMatch(segment -> segment.isEmpty() || segment.startsWith("."))
            && !name.equals(EXPLANATION);
    }

    /** The regular file of that name, or empty if there is none or the name is not acceptable. */
    public Optional<Path> find(String name) {
        if (!isName(name)) {
            return Optional.empty();
        }
        List<Path> searched = name.startsWith(BOOT_FILES) ? roots : roots.subList(0, 1);
        try {
            return searched.stream().map(root -> root.resolve(name)).filter(Files::isRegularFile).findFirst();
        } catch (InvalidPathException notInTheFileSystemsCharset) {
            return Optional.empty();
        }
    }

    /**
     * The first file found among several names.
     *
     * @param names names separated by commas, most wanted first; unacceptable ones are passed over
     */
    public Optional<Path> firstOf(String names) {
        return Arrays.stream(names.split(",")).map(String::strip).map(this::find).flatMap(Optional::stream).findFirst();
    }
}
