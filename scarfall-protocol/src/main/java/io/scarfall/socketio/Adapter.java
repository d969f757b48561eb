package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Carries what concerns rooms to all nodes that it reaches: {@link LocalAdapter} to this one, others to a cluster. An
 * adapter of a cluster is made of a local one, and adds only the wire between nodes. Thread-safe.
 */
public interface Adapter {

    /** Sends an event to all sockets that it is for. */
    void broadcast(Broadcast broadcast);

    /**
     * Sends an event to all sockets that it is for, and gathers their acks.
     *
     * @return the first argument of each ack that came in time, and whether all did; never fails
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
     * What the receivers of a broadcast answered.
     *
     * @param acks the acks that came in time, in no order
     * @param missing how many receivers did not answer in time
     */
    record BroadcastAnswers(List<Arguments> acks, int missing) {

        public BroadcastAnswers {
            acks = List.copyOf(acks);
        }
    }
}
