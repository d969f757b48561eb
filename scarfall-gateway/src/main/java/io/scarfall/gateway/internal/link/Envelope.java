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

/** What nodes send each other. {@link EnvelopeCodec} writes and reads it. */
public sealed interface Envelope {

    /** The id of the link that it belongs to. */
    long link();

    /**
     * A numbered message from a node to another, over an {@link OutboundLink}.
     *
     * @param from the sender, which waits for the {@link Answer}
     * @param number from 1, without gaps
     * @param settledBelow all lower numbers are answered or given up: the sender will not ask for their answers
     * @param sendableFrom all lower numbers are settled, or their time is over: a receiver that misses one waits no longer
     * @param applyBy until when the receiver may apply it, in milliseconds of the store's clock
     * @param body what to apply; null asks only what became of an earlier frame of this number
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
     * What became of a frame.
     *
     * @param bits what the receiver answers to the {@link Body}; null if it has not applied the frame, and never will
     */
    record Answer(long link, long number, @Nullable BitSet bits) implements Envelope {}

    /** The receiver misses frames; both numbers are included. */
    record Missing(long link, long first, long last) implements Envelope {}

    /** What a frame carries: the only switch over its kinds is the {@link BodyHandler}. */
    sealed interface Body {

        /** About how many bytes it holds. */
        int length();
    }

    /**
     * An event for users of the receiving node. The answer has a bit for each recipient of whom a live socket took the event,
     * followed by as many bits for the recipients of whom a live socket did not. Earlier versions neither send nor read the
     * second half.
     */
    record Deliver(UserEvent event, List<Recipient> recipients) implements Body {

        @Override
        public int length() {
            return event.length();
        }
    }

    /**
     * A user's status, for users of the receiving node. A socket that got a newer notice about the same user does not get this
     * one. The answer has no bits.
     *
     * @param subject the user that it is about
     * @param version of two notices about a user, the one with the higher version is newer
     */
    record Notice(String subject, long version, UserEvent event, List<Recipient> recipients) implements Body {

        @Override
        public int length() {
            return event.length();
        }
    }

    /** An order to end what was revoked. The answer is {@link #ended}. */
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

    /** The answer to an order to end sessions: the first bit says that it was carried out, one more stands for each session. */
    static BitSet ended(int count) {
        BitSet answer = new BitSet(1 + count);
        answer.set(0, 1 + count);
        return answer;
    }

    /** How many sessions an order has ended, see {@link #ended}; empty if it was not carried out. */
    static OptionalInt endedCount(BitSet answer) {
        return answer.get(0) ? OptionalInt.of(answer.cardinality() - 1) : OptionalInt.empty();
    }
}
