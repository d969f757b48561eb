package io.scarfall.gateway.internal.link;

import io.scarfall.gateway.internal.message.Recipient;
import io.scarfall.gateway.internal.message.UserEvent;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A message from one node to another. {@link EnvelopeCodec} writes and reads it. */
public sealed interface Envelope {

    /** The id of the link that carries this envelope. */
    long link();

    /**
     * A numbered message from one node to another, over an {@link OutboundLink}.
     *
     * @param from the sender, which waits for the {@link Answer}
     * @param number from 1, without gaps
     * @param settledBelow the sender has an answer to all lower numbers, or has given them up: it will not ask about them
     * @param sendableFrom all lower numbers are settled, or too late to apply: the receiver stops waiting for a missing
     *     one
     * @param applyBy until when the receiver may apply the frame, in milliseconds of the store's clock
     * @param body what to apply; null only asks for the outcome of an earlier frame with this number
     */
    record Frame(
            long link,
            NodeId from,
            long number,
            long settledBelow,
            long sendableFrom,
            long applyBy,
            @Nullable Body body)
            implements Envelope {}

    /**
     * The outcome of a frame.
     *
     * @param bits the receiver's answer to the {@link Body}; null if the receiver has not applied the frame, and never
     *     will
     */
    record Answer(long link, long number, @Nullable BitSet bits) implements Envelope {}

    /** Asks the sender to repeat the frames from {@code first} to {@code last}, both included. */
    record Missing(long link, long first, long last) implements Envelope {}

    /** What a frame carries. Only the {@link BodyHandler} switches over the kinds of bodies. */
    sealed interface Body {

        /** The approximate size, in bytes. */
        int length();
    }

    /**
     * An event for users of the receiving node. The first half of the answer has one bit per recipient: a live socket of
     * the recipient took the event. The second half has one bit per recipient: a live socket did not take it. Earlier
     * versions neither send nor read the second half.
     */
    record Deliver(UserEvent event, List<Recipient> recipients) implements Body {

        @Override
        public int length() {
            return event.length();
        }
    }

    /**
     * A user's status, for users of the receiving node. A socket that got a newer notice about the same user does not get
     * this one. The answer has no bits.
     *
     * @param subject the user whose status it is
     * @param version of two notices about a user, the one with the higher version is newer
     */
    record Notice(String subject, long version, UserEvent event, List<Recipient> recipients) implements Body {

        @Override
        public int length() {
            return event.length();
        }
    }

    /** An order to end the sessions that a revocation covers. The answer is {@link #ended}. */
    record Revoke(Revocation revocation) implements Body {

        @Override
        public int length() {
            return revocation.target().text().length();
        }
    }

    /** An order to end a session that has lost its place. The answer is {@link #ended}. */
    record Displace(Target session) implements Body {

        @Override
        public int length() {
            return session.text().length();
        }
    }

    /**
     * The answer to an order to end sessions. The first bit says that the node carried out the order; each session that
     * it ended adds one bit.
     */
    static BitSet ended(int count) {
        BitSet answer = new BitSet(1 + count);
        answer.set(0, 1 + count);
        return answer;
    }

    /** The number of sessions that an order has ended, see {@link #ended}; empty if the node did not carry out the order. */
    static OptionalInt endedCount(BitSet answer) {
        return answer.get(0) ? OptionalInt.of(answer.cardinality() - 1) : OptionalInt.empty();
    }
}
