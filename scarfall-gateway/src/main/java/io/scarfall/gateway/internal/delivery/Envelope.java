package io.scarfall.gateway.internal.delivery;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What nodes send each other. {@link EnvelopeCodec} writes and reads it. */
sealed interface Envelope {

    /** Which link it belongs to: {@link OutboundLink#id}. */
    long link();

    /**
     * One of the numbered things that a node sends another over an {@link OutboundLink}.
     *
     * @param from who sends, and waits for the {@link Answer}
     * @param number from 1, without holes
     * @param settledBelow all lower numbers are answered or given up: nobody will ask for their answers
     * @param sendableFrom all lower numbers are settled, or their time is over: who misses one of them waits no longer
     * @param applyBy until when it may be applied, in milliseconds of the store's clock
     * @param body what is to be applied; null asks only what became of an earlier frame of this number
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
     * @param sent the recipients, by their place in the frame, of whom at least one live socket took the event, and behind
     *     them those of whom one did not, see {@link #delivered}; null if the frame was not applied, and never will be. The
     *     answer to an order to end sessions: see {@link #ended}
     */
    record Answer(long link, long number, @Nullable BitSet sent) implements Envelope {}

    /** The receiver misses frames; both numbers are included. */
    record Missing(long link, long first, long last) implements Envelope {}

    /** What a frame is about. */
    sealed interface Body {

        /** About how many bytes it holds. */
        int length();
    }

    /** An event for users of the receiving node. */
    record Deliver(UserEvent event, List<Recipient> recipients) implements Body {

        @Override
        public int length() {
            return event.length();
        }
    }

    /**
     * News of a user's status for users of the receiving node, who do not get it if they had newer ones.
     *
     * @param subject whom it is about
     * @param version which of two is the newer
     */
    record Notice(String subject, long version, UserEvent event, List<Recipient> recipients) implements Body {

        @Override
        public int length() {
            return event.length();
        }
    }

    /** The receiving node is to end what was revoked. It answers with {@link #ended}. */
    record Revoke(Revocation revocation) implements Body {

        @Override
        public int length() {
            return revocation.target().text().length();
        }
    }

    /** A session of the receiving node has lost its place, and is to be ended. It answers with {@link #ended}. */
    record Displace(Target session) implements Body {

        @Override
        public int length() {
            return session.text().length();
        }
    }

    /**
     * The answer to {@link Deliver}: a bit for each recipient of whom a live socket took the event; behind these bits, as many
     * for those of whom a live socket did not. A node of an earlier version neither sends nor reads the second half.
     */
    static BitSet delivered(Outcomes outcomes) {
        int count = outcomes.size();
        BitSet answer = new BitSet(2 * count);
        for (int i = 0; i < count; i++) {
            answer.set(i, outcomes.isSent(i));
            answer.set(count + i, outcomes.isUnconfirmed(i));
        }
        return answer;
    }

    /** Whether a live socket of a recipient took the event, see {@link #delivered}. */
    static boolean isSent(BitSet delivered, int index) {
        return delivered.get(index);
    }

    /** Whether a live socket of a recipient did not take the event, see {@link #delivered}. */
    static boolean isMissed(BitSet delivered, int index, int count) {
        return delivered.get(count + index);
    }

    /** The answer to who asked to end sessions: the first bit says that it was done, one more stands for each that ended. */
    static BitSet ended(int count) {
        BitSet answer = new BitSet(1 + count);
        answer.set(0, 1 + count);
        return answer;
    }
}
