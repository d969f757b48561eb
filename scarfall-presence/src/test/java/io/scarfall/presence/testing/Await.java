package io.scarfall.presence.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Waits for events in another process: checks a condition until it is true, or fails after a bound. */
public final class Await {

    /** The bound where none is given; generous, since only failures wait for so long. */
    public static final Duration BOUND = Duration.ofSeconds(30);

    private Await() {}

    /** As {@link #until(String, Duration, Callable)}, within {@link #BOUND}. */
    public static void until(String what, Callable<Boolean> condition) {
        until(what, BOUND, condition);
    }

    /**
     * Returns when the condition is true. If it throws, it is checked again: a server that starts refuses
     * connections.
     *
     * @param what the condition, for the message
     * @throws org.awaitility.core.ConditionTimeoutException if it is not true in time; its cause is the last
     *     exception of the condition
     */
    public static void until(String what, Duration bound, Callable<Boolean> condition) {
        Awaitility.await(what)
                .atMost(bound)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .pollInSameThread()
                .ignoreExceptions()
                .until(condition);
    }

    /** Calls again until there is an answer, not a failure. */
    public static <T> T eventually(Supplier<CompletionStage<T>> call) {
        List<T> answers = new ArrayList<>();
        until("an answer", () -> {
            T answer = answer(call.get());
            return answer != null && answers.add(answer);
        });
        return answers.get(0);
    }

    /** Waits for the answer. Returns null for a failure. */
    public static <T> @Nullable T answer(CompletionStage<T> stage) {
        return stage.handle((answer, failure) -> answer).toCompletableFuture().join();
    }
}
