package io.scarfall.engineio;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One HTTP request that waits for its response. Thread-safe. */
interface HttpExchange {

    String TEXT = "text/plain; charset=UTF-8";
    String HTML = "text/html";
    String JSON = "application/json";

    int OK = 200;
    int BAD_REQUEST = 400;
    int TOO_LARGE = 413;
    int INTERNAL_ERROR = 500;
    int UNAVAILABLE = 503;

    /** Sends the response; only the first call has an effect. */
    default void reply(int status, String contentType, Bytes body) {
        reply(status, contentType, body, left -> {});
    }

    /**
     * Sends the response as {@link #reply(int, String, Bytes)} does.
     *
     * @param left called once, on any thread: with null after the network has taken the whole response, or with the
     *     reason why it never will
     */
    void reply(int status, String contentType, Bytes body, Consumer<@Nullable CloseReason> left);

    /** Refuses the request with an error of the protocol. */
    default void refuse(EngineError error) {
        refuse(error.asRefusal());
    }

    /** Refuses the request with the given words. */
    default void refuse(EngineError.Refusal refusal) {
        reply(refusal.error().status(), JSON, refusal.body());
    }

    /** Refuses the request with a status and no body. */
    default void refuse(int status) {
        reply(status, TEXT, Bytes.EMPTY);
    }

    /** Closes the connection without a response. */
    void destroy();
}
