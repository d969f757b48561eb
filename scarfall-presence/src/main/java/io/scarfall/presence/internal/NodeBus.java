package io.scarfall.presence.internal;

import io.scarfall.presence.NodeId;
import java.util.concurrent.CompletionStage;

/**
 * Carries bytes between nodes, best effort: a message may be lost, and may be repeated after a reconnect. Order,
 * retransmission and the sender's name are up to the protocol in the bytes.
 *
 * <p>A message goes to one life of a node: one that was meant for an ended epoch never reaches the next.
 *
 * <p>Thread-safe. Nothing blocks.
 */
public interface NodeBus {

    /**
     * Sends a message. Costs one round trip, whatever the number of nodes.
     *
     * @param to the node, with its epoch; may be the sender itself
     * @param message not changed afterwards; at most {@link #maxMessageBytes()}, or the stage fails with {@link
     *     IllegalArgumentException}
     * @return {@code true} if the bus took the message and a node listens, which does not guarantee that it arrives;
     *     {@code false} if no node listens under that epoch, or the listener is too far behind, so that the message
     *     is certainly lost; failed if the bus is unreachable and the outcome is unknown
     */
    CompletionStage<Boolean> send(NodeId to, byte[] message);

    /**
     * Listens for messages to this node. The stage completes when messages can arrive; a node opens sessions only
     * then.
     *
     * <p>An implementation subscribes again by itself after its connection broke. Listening twice under one epoch
     * fails the stage with {@link IllegalStateException}.
     */
    CompletionStage<Inbox> listen(NodeId self, Listener listener);

    /** The largest message, in bytes. */
    int maxMessageBytes();

    /** Receives the messages to a node: one call at a time, on a thread of the bus. */
    @FunctionalInterface
    interface Listener {

        /**
         * A message arrived. Must not block, because all later messages to the node wait. An exception is logged, and
         * costs only this message.
         *
         * @param message not changed afterwards
         */
        void received(byte[] message);
    }

    /** A subscription. */
    interface Inbox extends AutoCloseable {

        /**
         * Stops listening. Messages that were not received yet are dropped, except for one that may be on its way
         * into the listener. Idempotent; does not wait.
         */
        @Override
        void close();
    }
}
