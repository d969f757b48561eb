package io.scarfall.engineio;

import io.netty.util.AsciiString;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the headers of a WebSocket handshake (RFC 6455 section 4.2) as strictly as the reference implementation does.
 * It negotiates no extensions: their header is ignored. Pure functions.
 */
final class WebSocketHandshake {

    /** The version of RFC 6455, and that of its last draft, which has the same frames. */
    static final AsciiString VERSIONS = AsciiString.cached("13, 8");

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** The characters of an HTTP token besides letters and digits (RFC 9110 section 5.6.2). */
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private static final FastThreadLocal<MessageDigest> SHA1 = new FastThreadLocal<>() {
        @Override
        protected MessageDigest initialValue() throws NoSuchAlgorithmException {
            return MessageDigest.getInstance("SHA-1");
        }
    };

    private WebSocketHandshake() {}

    /** The error of a request for a WebSocket; null if the request is good. */
    static @Nullable String whyNot(Handshake request) {
        if (!isKey(only(request, "Sec-WebSocket-Key"))) {
            return "Missing or invalid Sec-WebSocket-Key header";
        } else if (!isVersion(only(request, "Sec-WebSocket-Version"))) {
            return "Missing or invalid Sec-WebSocket-Version header";
        } else if (protocols(request) == null) {
            return "Invalid Sec-WebSocket-Protocol header";
        }
        return null;
    }

    /** The value of {@code Sec-WebSocket-Accept} for the key of a request. */
    static String accept(Handshake request) {
        String key = String.valueOf(only(request, "Sec-WebSocket-Key"));
        byte[] digest = SHA1.get().digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
        return Base64.getEncoder().encodeToString(digest);
    }

    /**
     * The subprotocol that the server selects: the first one that the client offers, as in the reference
     * implementation; null if it offers none. A browser fails a connection that selects none of those it offered.
     */
    static @Nullable String protocol(Handshake request) {
        Set<String> protocols = protocols(request);
        return protocols == null || protocols.isEmpty()
                ? null
                : protocols.iterator().next();
    }

    /** The value of a header that may not be repeated; null if it is missing or repeated. */
    private static @Nullable String only(Handshake request, String name) {
        List<String> values = request.headers(name);
        return values.size() == 1 ? values.get(0) : null;
    }

    /** Whether a text is the Base64 of 16 bytes. As in the reference implementation, unused bits are not checked. */
    private static boolean isKey(@Nullable String key) {
        if (key == null || key.length() != 24 || !key.endsWith("==")) {
            return false;
        }
        return key.chars().limit(22).allMatch(c -> isLetterOrDigit(c) || c == '+' || c == '/');
    }

    private static boolean isVersion(@Nullable String version) {
        return "13".equals(version) || "8".equals(version);
    }

    /**
     * The subprotocols that a client offers, in its order; null if the header is malformed, or names a subprotocol
     * twice.
     */
    private static @Nullable Set<String> protocols(Handshake request) {
        List<String> values = request.headers("Sec-WebSocket-Protocol");
        Set<String> protocols = new LinkedHashSet<>();
        for (String value : values) {
            for (String protocol : value.split(",", -1)) {
                String name = protocol.strip();
                if (!isToken(name) || !protocols.add(name)) {
                    return null;
                }
            }
        }
        return protocols;
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0);
    }

    private static boolean isLetterOrDigit(int c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
