package io.scarfall.gateway.internal.blocking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.OverloadedException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MailboxTest {
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final BlockingHandlers handlers =
            new BlockingHandlers(task -> accept(task), Duration.ofMinutes(1), () -> {}, Metrics.NONE);
    private final List<String> reading = new ArrayList<>();
    private final Mailbox mailbox = new Mailbox(handlers, () -> reading.add("pause"), () -> reading.add("resume"));
    private final List<Integer> done = new ArrayList<>();
    private @Nullable Throwable rejection;

    private void accept(Runnable task) {
        if (rejection instanceof RuntimeException exception) {
            throw exception;
        } else if (rejection instanceof Error error) {
            throw error;
        }
        executor.add(task);
    }

    private void runAll() {
        for (Runnable task; (task = executor.poll()) != null; ) {
            task.run();
        }
    }

    @Test
    void handlesOneTaskAfterTheOther() {
        for (int i = 0; i < 3; i++) {
            int number = i;
            mailbox.post(() -> done.add(number));
        }

        assertThat(executor).hasSize(1);
        executor.remove().run();
        assertThat(done).containsExactly(0, 1, 2);

        mailbox.post(() -> done.add(3));
        executor.remove().run();
        assertThat(done).containsExactly(0, 1, 2, 3);
    }

    @Test
    void answersWithTheResultOfTheTask() {
        var value = mailbox.post(() -> "value").toCompletableFuture();
        var stage =
                mailbox.post(() -> CompletableFuture.completedFuture("staged")).toCompletableFuture();
        var failure = mailbox.post(() -> {
                    throw new IllegalStateException("no");
                })
                .toCompletableFuture();
        executor.remove().run();

        assertThat(value.join()).isEqualTo("value");
        assertThat(stage.join()).isEqualTo("staged");
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(failure::join)
                .withCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFullMailboxPausesReadingUntilHalfOfItIsDone() {
        for (int i = 0; i < Mailbox.CAPACITY - 1; i++) {
            mailbox.post(() -> done.add(reading.size()));
        }
        assertThat(reading).isEmpty();
        mailbox.post(() -> done.add(reading.size()));
        assertThat(reading).containsExactly("pause");

        runAll();
        assertThat(reading).containsExactly("pause", "resume");
        assertThat(done).hasSize(Mailbox.CAPACITY);
        assertThat(done.indexOf(2)).as("done before reading continued").isEqualTo(Mailbox.CAPACITY / 2 - 1);
    }

    @Test
    void aThreadSwitchesBetweenMailboxes() {
        for (int i = 0; i < 20; i++) {
            mailbox.post(() -> done.add(1));
        }
        executor.remove().run();
        assertThat(done).hasSize(16);
        assertThat(executor).hasSize(1);
        runAll();
        assertThat(done).hasSize(20);
    }

    static List<Throwable> rejections() {
        return List.of(
                new RejectedExecutionException("expected by a test"),
                new IllegalStateException("expected by a test: not an exception that executors should throw"),
                new OutOfMemoryError("expected by a test: unable to create native thread"));
    }

    @ParameterizedTest
    @MethodSource("rejections")
    void aRejectedTaskIsRefusedAndLaterTasksRun(Throwable by) {
        rejection = by;
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(
                        () -> mailbox.post(() -> "late").toCompletableFuture().join())
                .withCauseInstanceOf(OverloadedException.class);
        rejection = null;
        var later = mailbox.post(() -> "later").toCompletableFuture();
        runAll();
        assertThat(later).isCompletedWithValue("later");
    }

    @Test
    void waitingTasksAreDroppedAtTheStop() {
        mailbox.post(() -> {
            handlers.stop();
            return done.add(0);
        });
        for (int i = 1; i < Mailbox.CAPACITY; i++) {
            mailbox.post(() -> done.add(1));
        }
        var idle = handlers.idle().toCompletableFuture();
        assertThat(idle).isNotDone();
        runAll();
        assertThat(done).containsExactly(0);
        assertThat(idle).isCompleted();
        assertThat(Thread.interrupted())
                .as("the thread serves other mailboxes again")
                .isFalse();
    }
}
