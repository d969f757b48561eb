package io.scarfall.presence.redis;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A key that a node writes with each beat and reads with each look-up of users. If it is missing, Redis has lost data
 * since the beat, and its answers about users may be wrong. It costs no command of its own. If a connection was lost
 * since the last beat, the same holds: the server behind it may be another one.
 *
 * <p>Not in a Redis Cluster, where the key of one server says nothing about another one. Thread-safe.
 */
final class Witness {

    private final LongSupplier generations;
    private volatile @Nullable String key;
    private volatile boolean missing;
    private volatile long generation;

    /** @param generations see {@link Commands#generation} */
    Witness(LongSupplier generations) {
        this.generations = generations;
    }

    /** The key; null before the first beat. */
    @Nullable
    String key() {
        return key;
    }

    /**
     * A beat that has written the key was answered.
     *
     * @param generation that of the connections when the beat was sent
     */
    void beaten(String written, long generation) {
        this.generation = generation;
        missing = false;
        key = written;
    }

    /** The current generation of the connections. */
    long generation() {
        return generations.getAsLong();
    }

    /** A look-up did not find a key that was written. */
    void isMissing(String looked) {
        if (looked.equals(key)) {
            missing = true;
        }
    }

    /** Whether Redis may have lost data since the last beat. */
    boolean isDoubtful() {
        return key != null && (missing || generation() != generation);
    }
}
