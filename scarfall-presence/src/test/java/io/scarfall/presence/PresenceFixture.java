package io.scarfall.presence;

import io.scarfall.presence.internal.NodeAccess;
import java.time.Duration;
import java.time.Instant;

/** A new, empty presence for one test, seen by several processes, with a clock that the test moves. */
public interface PresenceFixture extends AutoCloseable {

    /**
     * The presence as one process sees it: a client of its own where there are connections, otherwise the same
     * object.
     *
     * @param process from 0; made at its first use
     */
    NodeAccess process(int process);

    /** The store's time, in whole milliseconds. Only {@link #advance} moves it. */
    Instant now();

    /** Moves the store's time, by which leases and graces end. */
    void advance(Duration time);

    @Override
    void close();
}
