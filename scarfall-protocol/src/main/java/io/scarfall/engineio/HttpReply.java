package io.scarfall.engineio;

import java.util.Map;

/**
 * An HTTP response of an application. Immutable and thread-safe.
 *
 * @param status the status code, such as 200
 * @param contentType the value of {@code Content-Type}
 * @param headers further headers; they replace headers of the same name that {@link ResponseHeaders} added; copied
 */
public record HttpReply(int status, String contentType, Bytes body, Map<String, String> headers) {

    public HttpReply {
        headers = Map.copyOf(headers);
    }

    /** A response without further headers. */
    public HttpReply(int status, String contentType, Bytes body) {
        this(status, contentType, body, Map.of());
    }
}
