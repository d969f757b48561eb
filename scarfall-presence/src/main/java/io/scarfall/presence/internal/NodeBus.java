package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.util.concurrent.CompletionStage;

/**
 * Carries bytes from node to node, as well as it can: a message may be lost, and after a reconnect repeated. Whoever
 * needs order, repetition or the sender's name puts them into the bytes.
 *
 * <p>Messages go to one life of a node, so what was meant for an epoch that ended never reaches the next.
 *
 * <p>Thread-safe. Nothing blocks.
 */
public interface NodeBus {

    /**
     * Sends a message. Cost: one round trip, whatever the number of nodes.
     *
     * @param to the node, with its epoch; may be the sender itself
     * @param message not changed by anybody afterwards; at most {@link #maxMessageBytes()}, or the stage fails with
     *     {@link IllegalArgumentException}
     * @return {@code true} once the bus took the message and somebody listens, which is no promise that it arrives;
     *     {@code false} if nobody listens under that epoch, or the listener is too far behind, so the message is lost
     *     for certain; failed if the bus cannot be reached and the outcome is unknown
     */
    CompletionStage<Boolean> send(NodeId to, byte[] message);

    /**
     * Listens to what is sent to this node. The stage completes when messages can arrive, so a node opens sessions only
     * after it.
     *
     * <p>An implementation listens again by itself after its connection broke. Listening twice under one epoch fails
     * the stage with {@link IllegalStateException}.
     */
    CompletionStage<Inbox> listen(NodeId self, Listener listener);

    /** The largest message, in bytes. */
    int maxMessageBytes();

    /** Receives what was sent to a node: one call at a time, on a thread of the bus. */
    @FunctionalInterface
    interface Listener {

        /**
         * A message arrived. Must not block, as all messages to the node wait behind it; an exception is logged, and
         * costs this message only.
         *
         * @param message not changed by anybody afterwards
         */
        void received(byte[] message);
    }

    /** A listener's place on the bus. */
    interface Inbox extends AutoCloseable {

        /**
         * Stops listening. What was not received yet is dropped, except for one message that may be on its way into the
         * listener. Idempotent, does not wait.
         */
        @Override
        void close();
    }
}
