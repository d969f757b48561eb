package io.scarfall.presence.memory;

import io.scarfall.presence.PresenceSettings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Stages that are complete when they are returned, and the checks that they share. */
final class Answer {

    private Answer() {}

    /** What the supplier answers, or what it throws, as a stage. */
    static <T> CompletionStage<T> of(Supplier<T> supplier) {
        try {
            return CompletableFuture.completedFuture(supplier.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    static void checkLimit(int limit) {
        if (limit < 1 || limit > PresenceSettings.MAX_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + PresenceSettings.MAX_PAGE + ")");
        }
    }
}
