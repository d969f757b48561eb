package io.scarfall.engineio;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The reasons why a session takes no packets: a pause, and holds that are not released. Confined to the session's home
 * loop.
 */
final class ReadingPause {

    /** The session that takes packets again. */
    interface Owner {

        /** Runs a task on the home loop. */
        void execute(Runnable task);

        /** No reason is left. */
        void readingResumed();
    }

    private final Owner owner;
    private boolean isPaused;
    private int holds;

    ReadingPause(Owner owner) {
        this.owner = owner;
    }

    boolean isPaused() {
        return isPaused || holds > 0;
    }

    void pause() {
        isPaused = true;
    }

    void resume() {
        if (isPaused) {
            isPaused = false;
            resumeIfOver();
        }
    }

    /** Returns what releases the hold; it may run on any thread, and a second run does nothing. */
    Runnable hold() {
        holds++;
        AtomicBoolean isReleased = new AtomicBoolean();
        return () -> {
            if (isReleased.compareAndSet(false, true)) {
                owner.execute(this::release);
            }
        };
    }

    private void release() {
        if (holds > 0) { // else {@link #forget} released all
            holds--;
            resumeIfOver();
        }
    }

    private void resumeIfOver() {
        if (!isPaused()) {
            owner.readingResumed();
        }
    }

    /** Removes all reasons; returns whether there were any. */
    boolean forget() {
        boolean wasPaused = isPaused();
        isPaused = false;
        holds = 0;
        return wasPaused;
    }
}
