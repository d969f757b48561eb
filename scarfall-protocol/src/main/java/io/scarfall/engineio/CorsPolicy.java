package io.scarfall.engineio;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which origins a browser lets read the answers of this server (<a href="https://fetch.spec.whatwg.org/#http-cors-protocol">
 * Fetch, CORS protocol</a>). Credentials are allowed to listed origins
 * only, never to any and never to {@code null}. Immutable and thread-safe.
 */
public final class CorsPolicy {

    /** Sends no CORS headers at all: pages of the same origin only. */
    public static final CorsPolicy NONE = new CorsPolicy(false, List.of());

    /** Lets pages of any origin read, without credentials. */
    public static final CorsPolicy ANY = new CorsPolicy(true, List.of());

    /** The origin of sandboxed frames, files and others that have none: a secret shared with it is shared with every page. */
    private static final String OPAQUE = "null";

    private final boolean any;
    private final List<Pattern> origins;

    private CorsPolicy(boolean any, List<Pattern> origins) {
        this.any = any;
        this.origins = origins;
    }

    /**
     * Lets pages of these origins read, with credentials but for {@code null}.
     *
     * @param origins such as {@code https://example.com}; an asterisk stands for one or more characters of a host name or
     *     port, as in {@code https://*.example.com}; the single origin {@code *} is {@link #ANY}, none is {@link #NONE}
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

    /** Whether a page of this origin, as in the header {@code Origin}, may read. */
    public boolean allows(String origin) {
        return allowOrigin(origin) != null;
    }

    /** Whether any CORS header is sent. */
    boolean isEnabled() {
        return any || !origins.isEmpty();
    }

    /** Whether answers depend on the origin of the request. */
    boolean varies() {
        return !origins.isEmpty();
    }

    /**
     * Whether a page of this origin may send credentials of the browser. A listed {@code null} may read without them: every page
     * can make itself a frame of that origin.
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
