package io.scarfall.presence.internal.store;

import io.scarfall.presence.PresenceSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Stages of stores, and checks of arguments that stores share. */
public final class Answer {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,128}");

    private Answer() {}

    /** The supplier's value or exception, as a stage. */
    public static <T> CompletionStage<T> of(Supplier<T> supplier) {
        try {
            return CompletableFuture.completedFuture(supplier.get());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The values of all stages, in their order; fails with the first failure. */
    public static <T> CompletionStage<List<T>> all(List<? extends CompletionStage<T>> stages) {
        List<CompletableFuture<T>> futures = new ArrayList<>(stages.size());
        for (CompletionStage<T> stage : stages) {
            futures.add(stage.toCompletableFuture());
        }
        return CompletableFuture.allOf(futures.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    List<T> answers = new ArrayList<>(futures.size());
                    for (CompletableFuture<T> future : futures) {
                        answers.add(future.join());
                    }
                    return answers;
                });
    }

    /** Why a stage failed, without the {@link CompletionException} around it. */
    public static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** Refuses a malformed name of a group, or of a reader in a group. */
    public static void checkName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what + ": malformed (expected: 1 to 128 of A-Z a-z 0-9 . _ -)");
        }
    }

    /** Refuses a grace that is out of its range; returns it. */
    public static Duration checkGrace(Duration grace) {
        if (grace.isNegative() || grace.compareTo(PresenceSettings.MAX_TIME) > 0) {
            throw new IllegalArgumentException("grace: " + grace + " (expected: 0.." + PresenceSettings.MAX_TIME + ")");
        }
        return grace;
    }

    /** Refuses the limit of a page that is out of its range. */
    public static void checkLimit(int limit) {
        if (limit < 1 || limit > PresenceSettings.MAX_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + PresenceSettings.MAX_PAGE + ")");
        }
    }
}
