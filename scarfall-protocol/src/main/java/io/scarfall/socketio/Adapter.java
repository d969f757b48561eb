package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Carries broadcasts, and changes of rooms, to the sockets of all nodes that it reaches. The adapter of a single node
 * reaches its own sockets; a cluster's adapter wraps it and adds the transport between nodes, see {@link
 * Broadcaster#of(String, java.util.function.UnaryOperator)}. Implementations must be thread-safe; no method may block.
 * Parameters and results are never null.
 */
public interface Adapter {

    /** Sends an event to all its receivers. */
    void broadcast(Broadcast broadcast);

    /**
     * Sends an event to all its receivers, and collects their acks.
     *
     * @return the acks that came in time, and how many did not; completes on any thread, and never fails
     */
    CompletionStage<BroadcastAnswers> broadcastWithAck(Broadcast broadcast, Duration timeout);

    /** Makes the sockets that are in any of {@code rooms} (all if empty), but not in {@code except}, join a room. */
    void join(Set<String> rooms, Set<String> except, String room);

    /** Makes the sockets that are in any of {@code rooms} (all if empty), but not in {@code except}, leave a room. */
    void leave(Set<String> rooms, Set<String> except, String room);

    /**
     * Disconnects the sockets that are in any of {@code rooms} (all if empty), but not in {@code except}.
     *
     * @param closeSessions whether their sessions are closed too
     */
    void disconnect(Set<String> rooms, Set<String> except, boolean closeSessions);

    /**
     * The acks of a broadcast. Immutable and thread-safe.
     *
     * @param acks the arguments of the acks that came in time, in no order
     * @param missing how many receivers sent no ack in time
     */
    record BroadcastAnswers(List<Arguments> acks, int missing) {

        public BroadcastAnswers {
            acks = List.copyOf(acks);
        }
    }
}
