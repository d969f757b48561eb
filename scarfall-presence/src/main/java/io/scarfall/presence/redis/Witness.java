package io.scarfall.presence.redis;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A key that a node writes with each beat and reads with each look-up of users: if it is missing, Redis has lost data since,
 * and says of users what was never so. It costs no command of its own. The same holds while a connection was lost since the
 * last beat: the server behind it may be another one.
 *
 * <p>Not in a Redis Cluster, where the key of another server would say nothing. Thread-safe.
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
     * A beat was answered that has written the key.
     *
     * @param generation that of the connections when it was sent
     */
    void beaten(String written, long generation) {
        this.generation = generation;
        missing = false;
        key = written;
    }

    /** That of the connections at present. */
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
