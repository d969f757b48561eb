package io.scarfall.engineio;

/**
 * Gets each request that the server refuses: it may open no session, belongs to no session, may not upgrade, or is
 * malformed. Connections that are refused before their request is read are reported to {@link EngineConfig#limits}
 * instead. Called on event loops, as often as peers like: it must be cheap, and must not block. What it throws is
 * logged.
 */
@FunctionalInterface
public interface RefusalListener {

    /**
     * A request was refused.
     *
     * @param request the request; {@code GET /bad-request} if it could not be read
     * @param status the HTTP status of the response; 101 if a WebSocket was accepted and closed at once, because its
     *     session cannot be upgraded, or not again
     * @param reason the words of the response, or the name of the status; it contains nothing that the client sent
     */
    void refused(Handshake request, int status, String reason);
}
