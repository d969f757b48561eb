package io.scarfall.presence.redis;

import io.scarfall.presence.internal.store.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Queries to several partitions, of which some may be unreachable while the others answer. Thread-safe. */
final class Partial {

    private Partial() {}

    /** The items of one partition; none if it is unreachable, and then the callback runs. */
    static <T> CompletionStage<List<T>> orNothing(CompletionStage<List<T>> read, Runnable away) {
        return read.exceptionally(failure -> {
            away.run();
            return List.of();
        });
    }

    /** The answers in the order of the stages, null for a stage that failed; fails only if all of them did. */
    static <T> CompletionStage<List<@Nullable T>> of(List<? extends CompletionStage<T>> stages) {
        AtomicReference<@Nullable Throwable> first = new AtomicReference<>();
        List<CompletableFuture<@Nullable T>> settled = new ArrayList<>(stages.size());
        for (CompletionStage<T> stage : stages) {
            settled.add(stage.<@Nullable T>handle((answer, failure) -> {
                        if (failure != null) {
                            first.compareAndSet(null, Answer.cause(failure));
                        }
                        return answer;
                    })
                    .toCompletableFuture());
        }
        return CompletableFuture.allOf(settled.toArray(new CompletableFuture<?>[0]))
                .thenCompose(done -> {
                    List<@Nullable T> answers = new ArrayList<>(settled.size());
                    for (CompletableFuture<@Nullable T> one : settled) {
                        answers.add(one.join());
                    }
                    Throwable failure = first.get();
                    return failure != null && Collections.frequency(answers, null) == answers.size()
                            ? CompletableFuture.failedFuture(failure)
                            : CompletableFuture.completedFuture(answers);
                });
    }
}
