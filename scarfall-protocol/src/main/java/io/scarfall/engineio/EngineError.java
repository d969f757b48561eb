package io.scarfall.engineio;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** The errors of requests that break the protocol, with the codes and words of the reference implementation. */
enum EngineError {
    TRANSPORT_UNKNOWN(0, "Transport unknown"),
    SESSION_ID_UNKNOWN(1, "Session ID unknown"),
    BAD_HANDSHAKE_METHOD(2, "Bad handshake method"),
    BAD_REQUEST(3, "Bad request"),
    FORBIDDEN(4, "Forbidden"),
    UNSUPPORTED_PROTOCOL_VERSION(5, "Unsupported protocol version"),
    /**
     * This error and the next are not of the reference implementation. Official clients read only the status, and
     * retry.
     */
    TOO_MANY_REQUESTS(6, "Too many requests"),
    OVERLOADED(7, "Server is full");

    private final int code;
    private final String message;

    EngineError(int code, String message) {
        this.code = code;
        this.message = message;
    }

    Refusal asRefusal() {
        return new Refusal(this, message);
    }

    int status() {
        return switch (this) {
            case FORBIDDEN -> 403;
            case TOO_MANY_REQUESTS -> 429;
            case OVERLOADED -> 503;
            default -> 400;
        };
    }

    /** Whether the same request may succeed a little later. */
    boolean isTemporary() {
        return this == TOO_MANY_REQUESTS || this == OVERLOADED;
    }

    /** An error with the words that the client reads. */
    record Refusal(EngineError error, String message) {

        Bytes body() {
            String quoted = String.valueOf(JsonStringEncoder.getInstance().quoteAsString(message));
            return Bytes.utf8("{\"code\":" + error.code + ",\"message\":\"" + quoted + "\"}");
        }
    }
}
