package io.scarfall.gateway.internal.delivery;

import io.scarfall.gateway.internal.link.Envelope;
import io.scarfall.gateway.internal.link.Outcome;
import java.util.BitSet;
import java.util.List;

/**
 * The outcome of a message for each recipient, while this node learns it. Recipients are known by their index.
 *
 * <p>Several threads write facts as they learn them, in any order: {@code sent} overrides {@code uncertain}. Read the
 * outcome only after a stage that completes after all writes.
 */
final class Outcomes {

    private static final int UNCERTAIN = 1;
    private static final int UNCONFIRMED = 2;
    private static final int LOCAL = 3;
    private static final int UNREACHED = 4;
    private static final int FACTS = 5;

    private final int size;

    /**
     * One flag per fact and recipient: first all flags of "sent", then "uncertain", "unconfirmed", "local" and
     * "unreached". One array, because each message needs one. A flag is only ever set, and has its own element, so that
     * no thread undoes the write of another.
     */
    private final boolean[] facts;

    private boolean degraded;

    Outcomes(int size) {
        this.size = size;
        facts = new boolean[FACTS * size];
    }

    /** A live socket took the message. */
    void sent(int index) {
        facts[index] = true;
    }

    /** This node will never learn whether a socket took the message on one of the recipient's nodes. */
    void uncertain(int index) {
        facts[UNCERTAIN * size + index] = true;
    }

    /**
     * A socket of the recipient did not take the message, or no socket took it on a node where the recipient is or may
     * be.
     */
    void unconfirmed(int index) {
        facts[UNCONFIRMED * size + index] = true;
    }

    /** A node of the recipient did not get the message, or got it too late. */
    void unreached(int index) {
        facts[UNREACHED * size + index] = true;
    }

    /** This node has a socket of the recipient. */
    void local(int index) {
        facts[LOCAL * size + index] = true;
    }

    /** The store did not say on which nodes the recipients are. */
    void degraded() {
        degraded = true;
    }

    boolean isSent(int index) {
        return facts[index];
    }

    boolean isUncertain(int index) {
        return !isSent(index) && facts[UNCERTAIN * size + index];
    }

    boolean isUnconfirmed(int index) {
        return facts[UNCONFIRMED * size + index];
    }

    /** Whether a live socket took the message, but another device of the recipient may have missed it. */
    boolean isPartial(int index) {
        return isSent(index) && (degraded || facts[UNCERTAIN * size + index] || isUnconfirmed(index));
    }

    /** Whether no socket is known to have taken the message, although the recipient may be online. */
    boolean isUnreached(int index) {
        return !isSent(index) && (degraded || facts[UNCERTAIN * size + index] || facts[UNREACHED * size + index]);
    }

    boolean isLocal(int index) {
        return facts[LOCAL * size + index];
    }

    boolean isDegraded() {
        return degraded;
    }

    int size() {
        return size;
    }

    // The answers between nodes, see Envelope.Deliver.

    /** These outcomes as the answer to {@link Envelope.Deliver}. */
    BitSet toAnswer() {
        BitSet answer = new BitSet(2 * size);
        for (int i = 0; i < size; i++) {
            answer.set(i, isSent(i));
            answer.set(size + i, isUnconfirmed(i));
        }
        return answer;
    }

    /**
     * Adds the answer of another node to {@link Envelope.Deliver}.
     *
     * @param indexes the recipients of the envelope, in its order
     */
    void learn(Outcome outcome, List<Integer> indexes) {
        BitSet answer = outcome.answer();
        int count = indexes.size();
        for (int i = 0; i < count; i++) {
            if (!outcome.isApplied()) {
                unreached(indexes.get(i));
            }
            if (answer == null) {
                uncertain(indexes.get(i));
                continue;
            }
            boolean isSent = answer.get(i);
            boolean isMissed = answer.get(count + i);
            if (isSent) {
                sent(indexes.get(i));
            }
            if (!isSent || isMissed) {
                unconfirmed(indexes.get(i));
            }
        }
    }

    int count(Choice choice) {
        int count = 0;
        for (int i = 0; i < size; i++) {
            count += choice.takes(this, i) ? 1 : 0;
        }
        return count;
    }

    boolean any(Choice choice) {
        for (int i = 0; i < size; i++) {
            if (choice.takes(this, i)) {
                return true;
            }
        }
        return false;
    }

    /** A choice of recipients, such as {@code Outcomes::isSent}. */
    @FunctionalInterface
    interface Choice {
        boolean takes(Outcomes outcomes, int index);
    }
}
