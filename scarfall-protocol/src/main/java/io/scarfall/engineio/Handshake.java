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
 * The head of an HTTP request: the one that opened a session, or one that asks for something else. Immutable and
 * thread-safe.
 */
public final class Handshake {

    /** Stands for a request that was not read. */
    static final Handshake UNREAD = new Handshake(
            "GET",
            "/bad-request",
            EmptyHttpHeaders.INSTANCE,
            new InetSocketAddress(0),
            new InetSocketAddress(0),
            false,
            Instant.EPOCH);

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
        // The origin, as a browser of the draft that is version 8 of WebSocket names it.
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

    /** The decoded path; one with a malformed escape stays as it is. */
    public String path() {
        String path = target.substring(0, pathEnd());
        try {
            return path.indexOf('%') < 0 ? path : new QueryStringDecoder(path).path();
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    /** The decoded value of a query parameter, the last one where it is repeated; null if there is none. */
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

    /** Not by {@code indexOf}: it would search the whole target for each parameter that has no value. */
    private int nameEnd(int start, int end) {
        int i = start;
        while (i < end && target.charAt(i) != '=') {
            i++;
        }
        return i;
    }

    /** All query parameters, decoded, in their order. */
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

    /** Decodes a part of the query; one with a malformed escape stays as it is. */
    private static String decode(String part) {
        try {
            return QueryStringDecoder.decodeComponent(part);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }

    /** The value of a header, the first one where it is repeated; null if there is none. The name's case is ignored. */
    public @Nullable String header(String name) {
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                return headers[i + 1];
            }
        }
        return null;
    }

    /** All values of a header, in their order; empty if there is none. The name's case is ignored. */
    public List<String> headers(String name) {
        List<String> values = new ArrayList<>(1);
        for (int i = 0; i < headers.length; i += 2) {
            if (headers[i].equalsIgnoreCase(name)) {
                values.add(headers[i + 1]);
            }
        }
        return values;
    }

    /** All headers by their names in lower case, with their values, in the order of the request; a copy. Some are secret. */
    public Map<String, List<String>> headers() {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.computeIfAbsent(headers[i].toLowerCase(Locale.ROOT), first -> new ArrayList<>(1))
                    .add(headers[i + 1]);
        }
        return all;
    }

    /**
     * The client's address: where the connection came from, or what {@link TrustedProxies} told; then its port is 0 if they
     * told none.
     */
    public InetSocketAddress address() {
        return address;
    }

    /** The address that the connection came from, which may be a proxy's. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** How many characters of the request are kept. */
    long length() {
        long length = target.length();
        for (String text : headers) {
            length += text.length();
        }
        return length;
    }

    /** Whether the client's connection is encrypted: this one, or the one that a trusted proxy told of. */
    public boolean isSecure() {
        return secure;
    }

    /** When the request came. */
    public Instant time() {
        return time;
    }

    /** Tells method and path only: a query may carry a token. */
    @Override
    public String toString() {
        return "Handshake[" + method + " " + path() + "]";
    }
}
