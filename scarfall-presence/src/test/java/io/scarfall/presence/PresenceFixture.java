package io.scarfall.presence;

import io.scarfall.presence.internal.NodeAccess;
import java.time.Duration;
import java.time.Instant;

/** A fresh, empty presence for one test, seen by several processes, with a clock that the test moves. */
public interface PresenceFixture extends AutoCloseable {

    /**
     * The presence as one process sees it: a client of its own where there are connections, the same object where there
     * are not.
     *
     * @param process from 0; made when it is first asked for
     */
    NodeAccess process(int process);

    /** The store's time, in whole milliseconds. It stands still but for {@link #advance}. */
    Instant now();

    /** Moves the store's time, by which leases and graces end. */
    void advance(Duration time);

    @Override
    void close();
}
