package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;

/** What handlers were told, in order. A test reads all of it: what is left over at the end is a failure. Thread-safe. */
final class Journal implements AutoCloseable {

    /** Of a kind that adds without a lock: handlers run on event loops. */
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

    /** What happened so far and was not read. */
    Queue<String> rest() {
        return entries;
    }

    @Override
    public void close() {
        assertThat(entries).as("what happened besides").isEmpty();
    }
}
