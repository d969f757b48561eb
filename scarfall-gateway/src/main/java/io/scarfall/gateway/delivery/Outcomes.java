package io.scarfall.gateway.delivery;

/**
 * What became of each recipient of a message, while it is being learned. Recipients are known by their index.
 *
 * <p>Several threads write, each when it learned something, and they need not agree on an order: {@code sent} wins over
 * {@code uncertain}, whoever writes first. Reading belongs behind a stage that all of them complete.
 */
final class Outcomes {

    private final boolean[] sent;
    private final boolean[] uncertain;
    private boolean degraded;

    Outcomes(int size) {
        sent = new boolean[size];
        uncertain = new boolean[size];
    }

    /** A live socket took it. */
    void sent(int index) {
        sent[index] = true;
    }

    /** Nobody will ever say whether a socket took it. */
    void uncertain(int index) {
        uncertain[index] = true;
    }

    /** The store did not say where the recipients are. */
    void degraded() {
        degraded = true;
    }

    boolean isSent(int index) {
        return sent[index];
    }

    boolean isUncertain(int index) {
        return uncertain[index] && !sent[index];
    }

    boolean isDegraded() {
        return degraded;
    }

    int size() {
        return sent.length;
    }

    int sentCount() {
        int count = 0;
        for (boolean one : sent) {
            count += one ? 1 : 0;
        }
        return count;
    }

    int uncertainCount() {
        int count = 0;
        for (int i = 0; i < uncertain.length; i++) {
            count += isUncertain(i) ? 1 : 0;
        }
        return count;
    }

    boolean anySent() {
        for (boolean one : sent) {
            if (one) {
                return true;
            }
        }
        return false;
    }

    boolean anyUncertain() {
        for (int i = 0; i < sent.length; i++) {
            if (isUncertain(i)) {
                return true;
            }
        }
        return false;
    }
}
