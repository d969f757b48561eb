package io.scarfall.engineio;

import java.util.function.BiConsumer;

/**
 * Adds headers to every HTTP response of a server. Called on any event loop, and once when the server starts, for the fixed
 * answer to connections that are too many; must not block. A request that could not be read is given as {@code GET
 * /bad-request}.
 */
@FunctionalInterface
public interface ResponseHeaders {

    /**
     * Adds headers.
     *
     * @param request what is being answered
     * @param opens whether the response opens a session
     * @param headers takes a name and a value, and replaces what was set under that name
     */
    void add(Handshake request, boolean opens, BiConsumer<String, String> headers);
}
