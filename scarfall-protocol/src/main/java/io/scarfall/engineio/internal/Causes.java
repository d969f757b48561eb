package io.scarfall.engineio.internal;

import java.util.concurrent.CompletionException;

/** Finds out why a stage failed. */
public final class Causes {

    private Causes() {}

    /**
     * Why a stage failed, without the {@link CompletionException} that dependent stages wrap around it.
     *
     * @return never null: an exception that wraps nothing is its own cause
     */
    public static Throwable of(Throwable error) {
        return error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
    }
}
