package io.scarfall.engineio;

/**
 * Is told of every request that the server refuses: one that opens no session, belongs to none, may not upgrade, or is
 * malformed. {@link EngineConfig#limits} hears of connections that are
 * refused before their request is read. Called on event
 * loops, as often as peers like: it must be cheap, and must not block.
 */
@FunctionalInterface
public interface RefusalListener {

    /**
     * A request was refused.
     *
     * @param request the request; {@code GET /bad-request} where it could not be read
     * @param status the HTTP status of the response; 101 where a WebSocket was accepted and closed at once, because its session
     *     cannot be upgraded (again)
     * @param reason the words of the response, or the name of the status; it holds nothing that the client sent
     */
    void refused(Handshake request, int status, String reason);
}
