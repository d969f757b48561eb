package io.scarfall.engineio;

/** Receives what one session's peer sends. Called on the session's home loop; must not block. */
public interface SessionListener {

    /** The peer sent a text message, in well-formed UTF-8. */
    void text(Bytes message);

    /** The peer sent a binary message. */
    void binary(Bytes message);

    /** The session has ended; called once, and nothing is called after it. */
    void closed(CloseReason reason);
}
