package io.scarfall.engineio;

import java.util.concurrent.atomic.AtomicBoolean;

/** Why a session takes no packets now: a pause, and holds that are not released. Confined to the session's home loop. */
final class ReadingPause {

    /** The session that takes packets again. */
    interface Owner {

        /** Runs a task on the home loop. */
        void execute(Runnable task);

        /** The last reason is gone. */
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

    /** Answers what releases the hold, on any thread; a second run does nothing. */
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
        if (holds > 0) { // else all were forgotten
            holds--;
            resumeIfOver();
        }
    }

    private void resumeIfOver() {
        if (!isPaused()) {
            owner.readingResumed();
        }
    }

    /** Forgets all reasons; answers whether there were any. */
    boolean forget() {
        boolean wasPaused = isPaused();
        isPaused = false;
        holds = 0;
        return wasPaused;
    }
}
