package io.scarfall.engineio;

import java.util.List;

/**
 * Carries the packets of one session. It hands received packets to {@link Session#receive}, and reports to {@link
 * Session#broken} that it broke. Confined to the session's home loop.
 */
interface Transport extends MemoryBudget.Holder {

    /** The name on the wire: {@code polling} or {@code websocket}. */
    String name();

    /** Sends a packet, at the latest at the end of this pass of the event loop. */
    void send(EnginePacket packet);

    /** Sends at once what waits for the end of this pass. */
    void flush();

    /** Whether a packet would leave at once, rather than wait for the peer. */
    boolean isWritable();

    /** How many bytes wait for the peer to take them. */
    long unsentBytes();

    /** Reports to the {@link MemoryBudget} what is held now, if it has changed. */
    void reportHeld();

    /**
     * Whether the peer has made progress since the last call that returned true, see {@link
     * Backlog#LEAST_PROGRESS_BYTES}. A transport calls {@link Session#waits} when something begins to wait.
     */
    boolean hasProgressed();

    /** Continues with what came while the session's {@link EngineSession#pauseReading reading was paused}. */
    void resumeReading();

    /**
     * Ends this transport: it sends and receives no packet afterwards. A second call does nothing.
     *
     * @param graceful whether what was sent before must still reach the peer
     * @param done runs after the peer was informed of the end, or can no longer be
     */
    void close(boolean graceful, Runnable done);

    // Requests by HTTP. Any connection may carry them for any session; a transport that is itself a connection refuses
    // them.

    /** Handles a GET, which waits for packets. */
    default void poll(HttpExchange exchange) {
        exchange.refuse(EngineError.BAD_REQUEST);
    }

    /** Handles the head of a POST, whose body follows. */
    default void beginPost(HttpExchange exchange) {
        exchange.refuse(EngineError.BAD_REQUEST);
    }

    /** Handles the body of the POST that has begun. */
    default void post(HttpExchange exchange, Bytes body) {
        exchange.refuse(EngineError.BAD_REQUEST);
    }

    /** Refuses the POST that has begun: its body was not read. */
    default void refusePost(HttpExchange exchange, int status) {
        exchange.refuse(status);
    }

    /** The connection of a request closed before the answer. */
    default void aborted(HttpExchange exchange) {}

    // The move to another transport, see Upgrade

    /** Whether a client may move from this transport to another. */
    default boolean isUpgradable() {
        return false;
    }

    /** The client probes another transport: polls must end soon, so that it need not wait for them. */
    default void releasePolls() {}

    /** The probe has failed: polls may wait again. */
    default void holdPolls() {}

    /** Ends this transport, and returns the packets that the next transport must send. */
    default List<EnginePacket> handOver() {
        throw new IllegalStateException("transport: " + name() + " (expected: one that can be upgraded)");
    }
}
