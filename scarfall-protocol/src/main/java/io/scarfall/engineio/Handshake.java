package io.scarfall.engineio;

import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of an HTTP request: the one that opened a session, or any other that a guard or route sees. Immutable and
 * thread-safe.
 */
public final class Handshake {

    /** Stands for a request that could not be read. */
    static final Handshake UNREAD = new Handshake(
            "GET",
            "/bad-request",
            EmptyHttpHeaders.INSTANCE,
            new InetSocketAddress(0),
            new InetSocketAddress(0),
            false,
            Instant.EPOCH);

    /** A head up to this size is part of the fixed cost of a request or session; a larger one counts as held memory. */
    private static final int USUAL_BYTES = 4 * 1024;

    private final String method;
    private final String target;
    private final String[] headers;
    private final InetSocketAddress address;
    private final InetSocketAddress peer;
    private final boolean secure;
    private final Instant time;

    Handshake(
            String method,
            String target,
            HttpHeaders headers,
            InetSocketAddress address,
            InetSocketAddress peer,
            boolean secure,
            Instant time) {
        this.method = method;
        this.target = target;
        this.headers = new String[headers.size() * 2];
        this.address = address;
        this.peer = peer;
        this.secure = secure;
        this.time = time;
        // Browsers that speak version 8, a draft of WebSocket, send the origin under this name.
        boolean isDraft = headers.contains("Sec-WebSocket-Origin") && !headers.contains("Origin");
        int i = 0;
        for (Map.Entry<String, String> header : headers) {
            boolean isOrigin = isDraft && header.getKey().equalsIgnoreCase("Sec-WebSocket-Origin");
            this.headers[i++] = isOrigin ? "Origin" : header.getKey();
            this.headers[i++] = header.getValue();
        }
    }

    /** The request's method, such as {@code GET}. */
    public String method() {
        return method;
    }

    /** The decoded path; a path with a malformed escape is returned as it is. */
    public String path() {
        String path = target.substring(0, pathEnd());
        try {
            return path.indexOf('%') < 0 ? path : new QueryStringDecoder(path).path();
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /** The decoded value of a query parameter, the last one if it is repeated; null if it is missing. */
    public @Nullable String query(String name) {
        String value = null;
        for (int start = pathEnd() + 1; start <= target.length(); ) {
            int end = target.indexOf('&', start);
            end = end < 0 ? target.length() : end;
            int nameEnd = nameEnd(start, end);
            if (name.equals(decode(target.substring(start, nameEnd)))) {
                value = decode(target.substring(Math.min(nameEnd + 1, end), end));
            }
            start = end + 1;
        }
        return value;
    }

    /**
     * Where the name of a parameter ends. {@code indexOf} would search the whole target for each parameter without a
     * value.
     */
    private int nameEnd(int start, int end) {
        int i = start;
        while (i < end && target.charAt(i) != '=') {
            i++;
        }
        return i;
    }

    /** All query parameters, decoded, in the order of the request; a copy. */
    public Map<String, List<String>> query() {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        String query = target.substring(Math.min(pathEnd() + 1, target.length()));
        for (String parameter : query.split("&", -1)) {
            if (!parameter.isEmpty()) {
                int equals = parameter.indexOf('=');
                String name = equals < 0 ? parameter : parameter.substring(0, equals);
                String value = equals < 0 ? "" : parameter.substring(equals + 1);
                parameters
                        .computeIfAbsent(decode(name), first -> new ArrayList<>(1))
                        .add(decode(value));
            }
        }
        return parameters;
    }

    private int pathEnd() {
        int query = target.indexOf('?');
        return query < 0 ? target.length() : query;
    }

    /** Decodes a part of the query; a part with a malformed escape is returned as it is. */
    private static String decode(String part) {
        try {
            return QueryStringDecoder.decodeComponent(part);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }

    /**
     * The value of a header, the first one if it is repeated; null if it is missing. The case of the name is ignored.
     */
    public @Nullable String header(String name) {
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                return headers[i + 1];
            }
        }
        return null;
    }

    /** All values of a header, in the order of the request; empty if it is missing. The case of the name is ignored. */
    public List<String> headers(String name) {
        List<String> values = new ArrayList<>(1);
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                values.add(headers[i + 1]);
            }
        }
        return values;
    }

    /** All headers, by name in lower case, in the order of the request; a copy. Some values are secrets. */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.computeIfAbsent(headers[i].toLowerCase(Locale.ROOT), first -> new ArrayList<>(1))
                    .add(headers[i + 1]);
        }
        return all;
    }

    /**
     * The client's address: the peer's, or the address that a trusted proxy forwarded. If the proxy forwarded no port,
     * the port is 0.
     */
    public InetSocketAddress address() {
        return address;
    }

    /** The address of the connection's peer, which may be a proxy. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** How many bytes this takes beyond {@link #USUAL_BYTES}. */
    long heldBytes() {
        long length = target.length();
        for (String text : headers) {
            length += text.length();
        }
        return Math.max(0, length - USUAL_BYTES);
    }

    /** Whether the client's connection is encrypted: this connection, or the one that a trusted proxy reports. */
    public boolean isSecure() {
        return secure;
    }

    /** When the request came. */
    public Instant time() {
        return time;
    }

    /** Shows the method and the path only: a query may carry a token. */
    @Override
    public String toString() {
        return "Handshake[" + method + " " + path() + "]";
    }
}
