package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/**
 * The calls of handlers, in order. A test must read all of them: an entry that is left at the end is a failure.
 * Thread-safe.
 */
final class Journal implements AutoCloseable {

    /** A queue that adds without a lock, because handlers run on event loops. */
    private final LinkedTransferQueue<String> entries = new LinkedTransferQueue<>();

    void add(String entry) {
        entries.add(entry);
    }

    /** Waits for the next entries. */
    void expect(String... expected) {
        for (String entry : expected) {
            assertThat(next()).isEqualTo(entry);
        }
    }

    /** Waits for the next entry. */
    String next() {
        try {
            String entry = entries.poll(TestClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(entry).as("nothing more happened").isNotNull();
            return entry;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The entries so far that were not read. */
    Queue<String> rest() {
        return entries;
    }

    @Override
    public void close() {
        assertThat(entries).as("what happened besides").isEmpty();
    }
}
