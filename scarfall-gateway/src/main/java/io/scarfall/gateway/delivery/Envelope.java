package io.scarfall.gateway.delivery;

import io.scarfall.presence.node.NodeId;
import java.util.BitSet;
import java.util.List;

/** What nodes send each other. {@link EnvelopeCodec} writes and reads it. */
sealed interface Envelope {

    /**
     * An event for users of the receiving node, which answers by {@link Delivered}.
     *
     * @param id what the answer is known by, unique among the questions of the sender
     * @param from who waits for the answer
     */
    record Deliver(long id, NodeId from, UserEvent event, List<Recipient> recipients) implements Envelope {}

    /**
     * The answer to {@link Deliver}.
     *
     * @param sent the recipients, by their place in the question, of whom at least one live socket took the event
     */
    record Delivered(long id, BitSet sent) implements Envelope {}

    /**
     * News of a user's status for users of the receiving node, who do not get it if they had newer ones. Nobody answers.
     *
     * @param subject whom it is about
     * @param version which of two is the newer
     */
    record Notice(String subject, long version, UserEvent event, List<Recipient> recipients) implements Envelope {}
}
