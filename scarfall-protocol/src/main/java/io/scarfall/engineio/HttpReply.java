package io.scarfall.engineio;

import java.util.Map;

/**
 * An HTTP response of an application.
 *
 * @param status such as 200
 * @param contentType the value of {@code Content-Type}
 * @param headers further headers; they replace those of the same name that every response gets ({@link ResponseHeaders})
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
