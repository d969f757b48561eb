package io.scarfall.gateway.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SerialExecutorTest {
    private final SerialExecutor turns = new SerialExecutor();
    private final List<Integer> done = new ArrayList<>();

    @Test
    void aTaskAddedByATaskRunsAfterIt() {
        turns.execute(() -> {
            turns.execute(() -> done.add(2));
            done.add(1);
        });
        assertThat(done).containsExactly(1, 2);
    }

    @Test
    void aFailedTaskDoesNotStopOthers() {
        turns.execute(() -> {
            turns.execute(() -> done.add(1));
            throw new IllegalStateException("expected");
        });
        assertThat(done).containsExactly(1);
    }

    @Test
    void tasksOfManyThreadsRunOneAtATimeInTheOrderOfEachThread() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        CountDownLatch finished = new CountDownLatch(threads * each);
        int[] last = new int[threads];
        boolean[] inOrder = {true};
        for (int t = 0; t < threads; t++) {
            int thread = t;
            new Thread(() -> {
                        for (int i = 1; i <= each; i++) {
                            int number = i;
                            turns.execute(() -> {
                                inOrder[0] &= last[thread] + 1 == number;
                                last[thread] = number;
                                finished.countDown();
                            });
                        }
                    })
                    .start();
        }
        assertThat(finished.await(30, TimeUnit.SECONDS)).isTrue();
        turns.execute(() -> assertThat(last).containsOnly(each));
        assertThat(inOrder[0]).isTrue();
    }
}
