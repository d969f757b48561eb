package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request is served at all: one that opens, polls, posts to or upgrades a session, a preflight, and one that
 * the application answers. Called on the connection's event loop for every request, before anything else looks at it; must not
 * block.
 */
@FunctionalInterface
public interface RequestGuard {

    /** Serves every request. */
    RequestGuard NONE = (request, isProtocol) -> null;

    /**
     * Tells why a request is refused.
     *
     * @param isProtocol whether the request is within the path of the protocol, not one that the application answers
     * @return fixed words for the client, which gets status 403 (an upgrade: 400); null to serve the request
     */
    @Nullable
    String refusal(Handshake request, boolean isProtocol);
}
