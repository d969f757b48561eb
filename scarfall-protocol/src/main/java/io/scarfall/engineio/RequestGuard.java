package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is served at all: requests that open, poll, post to or upgrade a session, CORS preflights,
 * and requests that the application answers. Called on the connection's event loop for each request, before any other
 * check; must neither block nor throw.
 */
@FunctionalInterface
public interface RequestGuard {

    /** Serves every request. */
    RequestGuard NONE = (request, isProtocol) -> null;

    /**
     * Decides about one request.
     *
     * @param isProtocol whether the request is within the path of the protocol; if not, the application would answer it
     * @return null to serve the request; else the words for the client, which gets status 403 (an upgrade: 400)
     */
    @Nullable
    String refusal(Handshake request, boolean isProtocol);
}
