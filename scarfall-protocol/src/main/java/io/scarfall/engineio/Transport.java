package io.scarfall.engineio;

import java.util.List;

/**
 * Carries the packets of one session. Confined to the session's home loop. What it receives it hands to {@link
 * Session#receive}; that it broke, to {@link Session#broken}.
 */
interface Transport extends MemoryBudget.Holder {

    /** The name on the wire: {@code polling} or {@code websocket}. */
    String name();

    /** Sends a packet, at the latest at the end of this pass of the event loop. */
    void send(EnginePacket packet);

    /** Sends what waits for the end of this pass. */
    void flush();

    /** Whether a packet would leave at once, rather than wait for the peer. */
    boolean isWritable();

    /** How many bytes wait for the peer. */
    long unsentBytes();

    /** Tells the {@link MemoryBudget} what is held now, if that is not what it was told last. */
    void reportHeld();

    /**
     * Whether the peer has taken anything worth mentioning of what waits for it since the last call that answered true. A
     * transport tells {@link Session#waits} when something begins to wait.
     */
    boolean hasProgressed();

    /** Goes on with what came while the session's {@link EngineSession#pauseReading reading was paused}. */
    void resumeReading();

    /**
     * Ends this transport: no packet is sent or received after it. A second call does nothing.
     *
     * @param graceful whether what was sent before shall still reach the peer
     * @param done run once the peer was told, or will never be
     */
    void close(boolean graceful, Runnable done);

    // Requests by HTTP, which any connection may bring for any session: a transport that is a connection takes none.

    /** Takes a GET, which waits for packets. */
    default void poll(HttpExchange exchange) {
        exchange.refuse(EngineError.BAD_REQUEST);
    }

    /** Takes the head of a POST, whose body follows. */
    default void beginPost(HttpExchange exchange) {
        exchange.refuse(EngineError.BAD_REQUEST);
    }

    /** Takes the body of the POST that has begun. */
    default void post(HttpExchange exchange, Bytes body) {
        exchange.refuse(EngineError.BAD_REQUEST);
    }

    /** Ends a POST whose body is not taken. */
    default void refusePost(HttpExchange exchange, int status) {
        exchange.refuse(status);
    }

    /** The connection of a request was closed before the request was answered. */
    default void aborted(HttpExchange exchange) {}

    // The move to another transport, see Upgrade

    /** Whether a client may move from this transport to another. */
    default boolean isUpgradable() {
        return false;
    }

    /** The client probes another transport, and must not wait for a poll to end. */
    default void releasePolls() {}

    /** The probe came to nothing: polls wait again. */
    default void holdPolls() {}

    /** Ends this transport in favour of another, and returns what that has to send. */
    default List<EnginePacket> handOver() {
        throw new IllegalStateException("transport: " + name() + " (expected: one that can be upgraded)");
    }
}
