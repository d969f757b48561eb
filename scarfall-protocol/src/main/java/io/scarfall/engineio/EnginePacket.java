package io.scarfall.engineio;

/**
 * One Engine.IO packet (<a href="https://socket.io/docs/v4/engine-io-protocol/">Engine.IO protocol 4</a>, "Packet
 * types"). A message is a {@link Text} or a {@link Binary}; all other kinds serve the session itself.
 */
sealed interface EnginePacket {

    /** {@code 0}: the handshake, the first packet of a session; a JSON object in UTF-8. */
    record Open(Bytes handshake) implements EnginePacket {}

    /** {@code 1}: ends the session. */
    record Close() implements EnginePacket {}

    /** {@code 2}: a heartbeat of the server, or a client's probe of an upgrade ({@code probe}). */
    record Ping(Bytes data) implements EnginePacket {}

    /** {@code 3}: the answer to a ping, with the same data. */
    record Pong(Bytes data) implements EnginePacket {}

    /** {@code 4}: a text message, in UTF-8. */
    record Text(Bytes data) implements EnginePacket {}

    /** A binary message. It has no type digit: on WebSocket it is a binary frame, by polling {@code b} and base64. */
    record Binary(Bytes data) implements EnginePacket {}

    /** {@code 5}: the client moves the session to the transport that carried this. */
    record Upgrade() implements EnginePacket {}

    /** {@code 6}: no content; ends a pending poll during an upgrade. */
    record Noop() implements EnginePacket {}

    Close CLOSE = new Close();
    Ping PING = new Ping(Bytes.EMPTY);
    Pong PONG = new Pong(Bytes.EMPTY);
    Upgrade UPGRADE = new Upgrade();
    Noop NOOP = new Noop();

    /** The data of a probe. */
    Bytes PROBE = Bytes.utf8("probe");
}
