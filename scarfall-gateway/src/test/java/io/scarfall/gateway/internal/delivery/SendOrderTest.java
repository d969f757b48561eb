package io.scarfall.gateway.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.internal.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SendOrderTest {
    private static final Placement NOWHERE = userId -> List.of();

    private final SendOrder order = new SendOrder();
    private final List<Integer> sent = new ArrayList<>();

    @Test
    void sendsAtOnceIfTheLookUpIsDone() {
        order.whenFound(CompletableFuture.completedFuture(NOWHERE), found -> sent.add(1));

        assertThat(sent).containsExactly(1);
    }

    @Test
    void aMessageWithAnEarlyLookUpWaitsForEarlierMessages() {
        CompletableFuture<Placement> first = new CompletableFuture<>();
        CompletableFuture<Placement> second = new CompletableFuture<>();
        order.whenFound(first, found -> sent.add(1));
        order.whenFound(second, found -> sent.add(2));
        order.whenFound(CompletableFuture.completedFuture(NOWHERE), found -> sent.add(3));

        second.complete(NOWHERE);
        assertThat(sent).isEmpty();
        first.completeExceptionally(new IllegalStateException());
        assertThat(sent).containsExactly(1, 2, 3);
    }

    @Test
    void aMessageSentWhileSendingFollows() {
        CompletableFuture<Placement> first = new CompletableFuture<>();
        order.whenFound(first, found -> {
            order.whenFound(CompletableFuture.completedFuture(NOWHERE), again -> sent.add(2));
            sent.add(1);
        });

        first.complete(NOWHERE);

        assertThat(sent).containsExactly(1, 2);
    }

    @Test
    void aLongQueueDoesNotOverflowTheStack() {
        CompletableFuture<Placement> first = new CompletableFuture<>();
        order.whenFound(first, found -> sent.add(0));
        for (int i = 1; i < 100_000; i++) {
            int number = i;
            order.whenFound(CompletableFuture.completedFuture(NOWHERE), found -> sent.add(number));
        }

        first.complete(NOWHERE);

        assertThat(sent).hasSize(100_000).isSorted();
    }

    /** The critical moment is when the last message has left the queue but is not sent yet. */
    @Test
    void waitsForAMessageThatAnotherThreadIsSending() throws InterruptedException {
        CompletableFuture<Placement> first = new CompletableFuture<>();
        CountDownLatch leftTheQueue = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Thread store = new Thread(() -> first.complete(NOWHERE));
        SendOrder watched = new SendOrder(new ConcurrentLinkedQueue<>() {
            @Override
            public boolean isEmpty() {
                if (store.getState() == Thread.State.NEW && !super.isEmpty()) {
                    store.start();
                    await(leftTheQueue);
                }
                return super.isEmpty();
            }
        });
        watched.whenFound(first, found -> {
            leftTheQueue.countDown();
            await(go);
            sent.add(1);
        });

        watched.whenFound(CompletableFuture.completedFuture(NOWHERE), found -> sent.add(2));
        go.countDown();
        store.join();

        assertThat(sent).containsExactly(1, 2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void countsMessagesWithoutAnOutcome() {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        order.await(outcome);
        assertThat(order.unanswered()).isEqualTo(1);
        outcome.complete("done");
        assertThat(order.unanswered()).isZero();
    }
}
