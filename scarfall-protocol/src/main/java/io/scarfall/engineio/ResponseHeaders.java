package io.scarfall.engineio;

import org.jspecify.annotations.Nullable;

/**
 * Adds headers to every HTTP response of a server. Called on any event loop, and once when the server starts, for the fixed
 * answer to connections that are too many; must not block. A request that could not be read is given as {@code GET
 * /bad-request}.
 */
@FunctionalInterface
public interface ResponseHeaders {

    /** Adds headers to a response. */
    void add(Response response);

    /** The head of a response that is about to be sent. Of use only until {@link ResponseHeaders#add} returns. */
    interface Response {

        /** The request that is answered. */
        Handshake request();

        /**
         * The id of the session that the response opens, or that the request belongs to; null if there is none. It is as good as
         * a password of the session: a cookie that carries it belongs to the browser alone.
         */
        @Nullable
        String sessionId();

        /** Whether the response opens the session. */
        boolean opensSession();

        /** Sets a header, in place of all values of that name. */
        void set(String name, String value);

        /** Adds a value to those of the same name, such as a further {@code Set-Cookie}. */
        void add(String name, String value);
    }
}
