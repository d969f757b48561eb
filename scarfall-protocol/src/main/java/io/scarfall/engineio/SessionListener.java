package io.scarfall.engineio;

/**
 * Gets what the peer of one session sends. Called on the session's home loop; must not block. If it throws, the session
 * ends; a {@link MalformedPacketException} ends it as {@link CloseReason#PARSE_ERROR}.
 */
public interface SessionListener {

    /** The peer sent a text message, in well-formed UTF-8. */
    void text(Bytes message);

    /** The peer sent a binary message. */
    void binary(Bytes message);

    /** The session has ended. This is the last call, and happens once. */
    void closed(CloseReason reason);
}
