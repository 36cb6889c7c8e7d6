package io.talospxe.step;

import io.talospxe.asset.AssetStore;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.camel.Exchange;

/** What routes do with assets, named in them as the bean {@code assets}. Safe for any thread. */
public final class AssetSteps {

    private static final String ASSET = "asset";
    private static final String BELOW = "/assets/";

    private final AssetStore store;

    /**
     * @param store where assets are found
     */
    public AssetSteps(AssetStore store) {
        this.store = Objects.requireNonNull(store);
    }

    /**
     * Sets the variable {@code asset} to the name below {@code /assets/} that an HTTP request asks for, percent-decoded once; to the empty
     * name, which no file has, if the path cannot name an asset.
     */
    public void pathOf(Exchange exchange) {
        String path = exchange.getMessage().getHeader(Exchange.HTTP_PATH, "", String.class);
        // Vert.x has removed dot segments (RFC 3986, section 5.2.4) and decoded no more than unreserved characters. A plus is a plus here.
        String name = path.startsWith(BELOW)
            ? URLDecoder.decode(path.substring(BELOW.length()).replace("+", "%2B"), StandardCharsets.UTF_8) : "";
        exchange.setVariable(ASSET, AssetStore.isName(name) ? name : "");
    }

    /**
     * Replaces the body by the first file that the variable {@code asset} names (several names are separated by commas), or by a sentence
     * that says what is missing, with the response code 404.
     */
    public void find(Exchange exchange) {
        String names = exchange.getVariable(ASSET, "", String.class);
        Optional<Path> found = store.firstOf(names);
        if (found.isPresent()) {
            exchange.getMessage().setBody(found.get().toFile());
        } else {
            exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 404);
            exchange.getMessage().setBody(missing(Arrays.stream(names.split(",")).filter(AssetStore::isName).toList()));
        }
    }

    /** Whether none of the files that the variable {@code asset} names is there. */
    public boolean isMissing(Exchange exchange) {
        return store.firstOf(exchange.getVariable(ASSET, "", String.class)).isEmpty();
    }

    private static String missing(List<String> names) {
        return switch (names.size()) {
            case 0 -> "No file can have that name.\n";
            case 1 -> "There is no " + names.get(0) + " in the server's assets folder: put it there.\n";
            default -> "There is neither " + String.join(" nor ", names) + " in the server's assets folder: put one of them there.\n";
        };
    }
}
