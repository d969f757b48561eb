package io.scarfall.engineio;

import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** What {@link ResponseHeaders} see of a response. */
record ResponseHead(Handshake request, @Nullable String sessionId, boolean opensSession, HttpHeaders headers)
        implements ResponseHeaders.Response {

    /** Of a response to a request that belongs to no session. */
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
