package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * Adds headers to each HTTP response of a server. Called on any event loop; must not block. It is called once more when
 * the server starts, for the fixed answer to connections beyond a limit. A request that could not be read appears as
 * {@code GET /bad-request}.
 */
@FunctionalInterface
public interface ResponseHeaders {

    /** Adds headers to a response. */
    void add(Response response);

    /** The head of a response before it is sent. Valid only until {@link ResponseHeaders#add} returns. */
    interface Response {

        /** The request that the response answers. */
        Handshake request();

        /**
         * The id of the session that the response opens, or that the request belongs to; null if there is none. The id
         * is a secret, as a password is: send it only to the client itself, such as in a cookie.
         */
        @Nullable
        String sessionId();

        /** Whether the response opens the session. */
        boolean opensSession();

        /** Sets a header, and replaces all values of that name. */
        void set(String name, String value);

        /** Adds a value to a header, such as a further {@code Set-Cookie}. */
        void add(String name, String value);
    }
}
