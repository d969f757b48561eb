package io.scarfall.engineio;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The origins whose pages a browser lets read the responses of this server (<a
 * href="https://fetch.spec.whatwg.org/#http-cors-protocol"> Fetch, CORS protocol</a>). Only listed origins may send
 * credentials, but never {@code null}; with {@link #ANY} no origin may. Immutable and thread-safe.
 */
public final class CorsPolicy {

    /** Sends no CORS headers: only pages of the same origin may read. */
    public static final CorsPolicy NONE = new CorsPolicy(false, List.of());

    /** Pages of any origin may read, without credentials. */
    public static final CorsPolicy ANY = new CorsPolicy(true, List.of());

    /**
     * The origin of sandboxed frames, files and other pages without an origin. Any page can make itself such a frame.
     */
    private static final String OPAQUE = "null";

    private final boolean any;
    private final List<Pattern> origins;

    private CorsPolicy(boolean any, List<Pattern> origins) {
        this.any = any;
        this.origins = origins;
    }

    /**
     * Pages of these origins may read, with credentials except for {@code null}.
     *
     * @param origins such as {@code https://example.com}. An asterisk matches one or more characters of a host name or
     *     port, as in {@code https://*.example.com}. The single origin {@code *} gives {@link #ANY}, an empty list
     *     {@link #NONE}
     * @throws IllegalArgumentException if the list has {@code *} and further origins
     */
    public static CorsPolicy of(List<String> origins) {
        if (origins.isEmpty()) {
            return NONE;
        }
        if (origins.contains("*")) {
            if (origins.size() > 1) {
                throw new IllegalArgumentException(
                        "origins: " + origins + " (expected: '*' alone, or a list without it)");
            }
            return ANY;
        }
        List<Pattern> patterns = new ArrayList<>();
        for (String origin : origins) {
            patterns.add(Pattern.compile(
                    Stream.of(origin.split("\\*", -1))
                            .map(Pattern::quote)
                            .collect(Collectors.joining("[a-zA-Z0-9.-]+")),
                    Pattern.CASE_INSENSITIVE));
        }
        return new CorsPolicy(false, List.copyOf(patterns));
    }

    /** Whether a page of this origin may read. */
    public boolean allows(String origin) {
        return allowOrigin(origin) != null;
    }

    /** Whether the server sends CORS headers. */
    boolean isEnabled() {
        return any || !origins.isEmpty();
    }

    /** Whether responses depend on the origin of the request. */
    boolean varies() {
        return !origins.isEmpty();
    }

    /**
     * Whether a page of this origin may send credentials of the browser. If {@code null} is listed, its pages may read
     * without credentials, because every page can make itself a frame of that origin.
     */
    boolean allowsCredentials(@Nullable String origin) {
        return !any && !OPAQUE.equalsIgnoreCase(origin) && allowOrigin(origin) != null;
    }

    /** Returns the value of {@code Access-Control-Allow-Origin}; null for none. */
    @Nullable
    String allowOrigin(@Nullable String origin) {
        if (any) {
            return "*";
        }
        boolean listed = origin != null
                && origins.stream().anyMatch(pattern -> pattern.matcher(origin).matches());
        return listed ? origin : null;
    }
}
