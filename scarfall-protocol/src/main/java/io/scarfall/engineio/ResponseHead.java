package io.scarfall.engineio;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** A response as {@link ResponseHeaders} see it. */
record ResponseHead(Handshake request, @Nullable String sessionId, boolean opensSession, HttpHeaders headers)
        implements ResponseHeaders.Response {

    /** The head of a response to a request that belongs to no session. */
    ResponseHead(Handshake request, HttpHeaders headers) {
        this(request, null, false, headers);
    }

    @Override
    public void set(String name, String value) {
        headers.set(name, value);
    }

    @Override
    public void add(String name, String value) {
        headers.add(name, value);
    }
}
