package io.scarfall.gateway.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.scarfall.gateway.delivery.OverloadedException;
import io.scarfall.gateway.limit.LimitCounter;
import io.scarfall.gateway.metrics.Metrics;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class MailboxTest {
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final Mailbox mailbox = new Mailbox(executor::add, new MailboxCounts(new LimitCounter(Metrics.NONE)));
    private final List<Integer> done = new ArrayList<>();

    @Test
    void worksOnOneAfterTheOther() {
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
    void answersWithWhatTheWorkAnswers() {
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
    void refusesWhatWouldWaitTooLong() {
        for (int i = 0; i < Mailbox.CAPACITY; i++) {
            mailbox.post(() -> done.add(1));
        }

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(
                        () -> mailbox.post(() -> "late").toCompletableFuture().join())
                .withCauseInstanceOf(OverloadedException.class);
        executor.remove().run();
        assertThat(done).hasSize(Mailbox.CAPACITY);
    }
}
