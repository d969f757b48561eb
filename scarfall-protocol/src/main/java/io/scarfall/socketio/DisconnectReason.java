package io.scarfall.socketio;

import io.scarfall.engineio.CloseReason;

/** Why a socket left its namespace. Thread-safe, as all enums. */
public enum DisconnectReason {
    /** The client sent DISCONNECT. */
    CLIENT_NAMESPACE_DISCONNECT("client namespace disconnect"),
    /** The server called {@link Socket#disconnect}. */
    SERVER_NAMESPACE_DISCONNECT("server namespace disconnect"),
    /** The client or the network closed the transport. */
    TRANSPORT_CLOSE("transport close"),
    /** The client broke the rules of a transport, or took nothing of what waited for it for too long. */
    TRANSPORT_ERROR("transport error"),
    /** The client sent a malformed Engine.IO packet. */
    PARSE_ERROR("parse error"),
    /** The client did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The server closed the session, for example because of a malformed Socket.IO packet. */
    FORCED_CLOSE("forced close"),
    /** The server shuts down. */
    SERVER_SHUTTING_DOWN("server shutting down");

    private final String wire;

    DisconnectReason(String wire) {
        this.wire = wire;
    }

    /** The reason in the words of the reference implementation. */
    public String wire() {
        return wire;
    }

    static DisconnectReason of(CloseReason reason) {
        return switch (reason) {
            case TRANSPORT_CLOSE -> TRANSPORT_CLOSE;
            case TRANSPORT_ERROR, TOO_SLOW, MEMORY_LIMIT -> TRANSPORT_ERROR;
            case PARSE_ERROR -> PARSE_ERROR;
            case PING_TIMEOUT -> PING_TIMEOUT;
            case FORCED_CLOSE -> FORCED_CLOSE;
            case SERVER_SHUTTING_DOWN -> SERVER_SHUTTING_DOWN;
        };
    }
}
