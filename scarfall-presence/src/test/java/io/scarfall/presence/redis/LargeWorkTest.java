package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LargeWorkTest {

    private final AtomicLong nanos = new AtomicLong();
    private final LargeWork large = new LargeWork(new StoreTime(() -> "", nanos::get), Duration.ofSeconds(2));
    private final List<CompletableFuture<Integer>> begun = new ArrayList<>();

    @AfterEach
    void close() {
        large.close();
    }

    private CompletionStage<Integer> admit() {
        return large.admit(() -> {
            CompletableFuture<Integer> work = new CompletableFuture<>();
            synchronized (begun) {
                begun.add(work);
            }
            return work;
        });
    }

    private int begun() {
        synchronized (begun) {
            return begun.size();
        }
    }

    @Test
    void theNumberOfTasksInProgressIsBounded() {
        for (int i = 0; i < LargeWork.AT_ONCE + 3; i++) {
            admit();
        }
        assertThat(begun()).isEqualTo(LargeWork.AT_ONCE);
        begun.get(0).complete(1);
        Awaitility.await().until(() -> begun() == LargeWork.AT_ONCE + 1);
        begun.get(1).completeExceptionally(new IllegalStateException("as a test wants it"));
        Awaitility.await().until(() -> begun() == LargeWork.AT_ONCE + 2);
    }

    @Test
    void waitingTasksBeginInTheirOrder() {
        int all = LargeWork.AT_ONCE + 3;
        List<CompletionStage<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            answers.add(admit());
        }
        for (int i = 0; i < all; i++) {
            int next = i;
            Awaitility.await().until(() -> begun() > next);
            begun.get(next).complete(next);
        }
        for (int i = 0; i < all; i++) {
            assertThat(await(answers.get(i))).isEqualTo(i);
        }
    }

    @Test
    void tasksThatWaitedForTooLongFailWithoutBeginning() {
        for (int i = 0; i < LargeWork.AT_ONCE; i++) {
            admit();
        }
        List<CompletionStage<Integer>> late = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            late.add(admit());
        }
        nanos.set(Duration.ofSeconds(3).toNanos());
        CompletionStage<Integer> inTime = admit();
        begun.get(0).complete(1);
        Awaitility.await().until(() -> begun() == LargeWork.AT_ONCE + 1);
        assertThat(late)
                .allSatisfy(answer -> assertThat(answer.toCompletableFuture()).isCompletedExceptionally());
        begun.get(LargeWork.AT_ONCE).complete(7);
        assertThat(await(inTime)).isEqualTo(7);
    }

    @Test
    void tooManyWaitingTasksAreRefused() {
        for (int i = 0; i < LargeWork.AT_ONCE + LargeWork.MOST_WAITING; i++) {
            assertThat(admit().toCompletableFuture()).isNotDone();
        }
        assertThat(admit().toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void itComputesOnThreadsOfItsOwn() {
        String thread = await(
                large.admit(() -> large.compute(() -> Thread.currentThread().getName())));
        assertThat(thread).startsWith("scarfall-large-");
    }
}
