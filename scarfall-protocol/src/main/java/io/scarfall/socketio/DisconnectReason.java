package io.scarfall.socketio;

import io.scarfall.engineio.CloseReason;

/** Why a socket left its namespace. */
public enum DisconnectReason {
    /** The client sent DISCONNECT. */
    CLIENT_NAMESPACE_DISCONNECT("client namespace disconnect"),
    /** The server called {@link Socket#disconnect}. */
    SERVER_NAMESPACE_DISCONNECT("server namespace disconnect"),
    /** The transport was closed by the peer, or by the network. */
    TRANSPORT_CLOSE("transport close"),
    /** The peer broke the rules of a transport, or took nothing of what waited for it for too long. */
    TRANSPORT_ERROR("transport error"),
    /** The peer sent something that is no Engine.IO packet. */
    PARSE_ERROR("parse error"),
    /** The peer did not answer a heartbeat in time. */
    PING_TIMEOUT("ping timeout"),
    /** The server closed the session, also because the peer sent something that is no Socket.IO packet. */
    FORCED_CLOSE("forced close"),
    /** The server stops. */
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
