package io.scarfall.gateway.internal.blocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.gateway.OverloadedException;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final Queue<Runnable> executor = new ArrayDeque<>();

    private static Throwable failure(CompletionStage<?> call) {
        return Causes.of(catchThrowable(() -> Answers.await(call)));
    }

    @Test
    void noMoreCallsRunAtOnceThanAllowedAndAllAreMadeInOrder() {
        BlockingCalls calls = new BlockingCalls(executor::add, 2, LONG);
        List<Integer> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            int number = i;
            calls.call(() -> made.add(number));
        }
        assertThat(executor).hasSize(2);
        executor.remove().run();
        executor.remove().run();
        assertThat(made).containsExactly(0, 1, 2, 3, 4);
        calls.call(() -> made.add(5));
        assertThat(executor).as("threads were given back").hasSize(1);
    }

    @Test
    void tooManyWaitingCallsAreRefused() {
        BlockingCalls calls = new BlockingCalls(executor::add, 1, LONG);
        for (int i = 0; i < BlockingCalls.WAITING; i++) {
            assertThat(calls.call(() -> "value").toCompletableFuture()).isNotDone();
        }
        assertThat(failure(calls.call(() -> "value"))).isInstanceOf(OverloadedException.class);
    }

    @Test
    void anExecutorThatRejectsFailsTheCall() {
        boolean[] rejects = {true};
        BlockingCalls calls = new BlockingCalls(
                task -> {
                    if (rejects[0]) {
                        throw new RejectedExecutionException("expected by a test");
                    }
                    task.run();
                },
                1,
                LONG);
        assertThat(failure(calls.call(() -> "value"))).isInstanceOf(RejectedExecutionException.class);
        rejects[0] = false;
        assertThat(Answers.await(calls.call(() -> "value"))).isEqualTo("value");
    }

    @Test
    void aCallThatTakesTooLongIsInterruptedAndFails() {
        BlockingCalls calls = new BlockingCalls(null, Duration.ofMillis(50));
        assertThat(failure(calls.call(() -> {
                    new CountDownLatch(1).await();
                    return "never";
                })))
                .isInstanceOf(TimeoutException.class);
        assertThat(Answers.await(calls.call(() -> Thread.currentThread().isInterrupted())))
                .isFalse();
    }

    /** As with an executor of the application whose threads are all busy. */
    @Test
    void aCallWhoseTurnDoesNotComeInTimeFailsAndIsNotMade() {
        BlockingCalls calls = new BlockingCalls(executor::add, 1, Duration.ofMillis(50));
        List<String> made = new ArrayList<>();
        CompletionStage<Boolean> first = calls.call(() -> made.add("first"));
        CompletionStage<Boolean> second = calls.call(() -> made.add("second"));
        assertThat(failure(first)).isInstanceOf(OverloadedException.class);
        assertThat(failure(second)).isInstanceOf(OverloadedException.class);
        CompletionStage<Boolean> third = calls.call(() -> made.add("third"));
        executor.remove().run();
        assertThat(Answers.await(third)).isTrue();
        assertThat(made).containsExactly("third");
    }

    /** Calls that ignore the interrupt hold their threads. Nothing waits for them for ever. */
    @Test
    void whenAllThreadsAreStuckCallsFailUntilOneIsBack() {
        BlockingCalls calls = new BlockingCalls(null, 1, Duration.ofMillis(50));
        CountDownLatch goesOn = new CountDownLatch(1);
        CompletableFuture<String> back = new CompletableFuture<>();
        CompletionStage<String> stuck = calls.call(() -> {
            while (goesOn.getCount() > 0) {
                try {
                    goesOn.await();
                } catch (InterruptedException ignored) {
                    // as code does that cannot be interrupted
                }
            }
            return "late";
        });
        CompletionStage<String> waiting = calls.call(() -> "waiting");
        assertThat(failure(stuck)).isInstanceOf(TimeoutException.class);
        assertThat(failure(waiting)).isInstanceOf(OverloadedException.class);
        assertThat(failure(calls.call(() -> "new"))).isInstanceOf(OverloadedException.class);

        goesOn.countDown();
        org.awaitility.Awaitility.await().until(() -> {
            calls.call(() -> back.complete("back"));
            return back.isDone();
        });
    }
}
