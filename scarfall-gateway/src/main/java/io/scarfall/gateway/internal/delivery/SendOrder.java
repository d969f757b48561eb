package io.scarfall.gateway.internal.delivery;

import io.scarfall.presence.internal.Placement;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Keeps the messages of one sender in order while the store looks up the nodes of their recipients. A look-up that
 * completes early waits for the look-ups before it. Thread-safe; the order is that of the calls of one thread.
 */
public final class SendOrder {

    private final Queue<Waiting> waiting;
    private final AtomicInteger drains = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();

    record Waiting(CompletableFuture<Placement> lookup, Consumer<CompletableFuture<Placement>> send) {}

    public SendOrder() {
        this(new ConcurrentLinkedQueue<>());
    }

    /** For tests, which pass their own queue. */
    SendOrder(Queue<Waiting> waiting) {
        this.waiting = waiting;
    }

    /** The number of messages without an outcome. */
    int unanswered() {
        return unanswered.get();
    }

    /** Counts a message until it has its outcome. */
    void await(CompletionStage<?> outcome) {
        unanswered.incrementAndGet();
        outcome.whenComplete((result, error) -> unanswered.decrementAndGet());
    }

    /**
     * Calls {@code send} when the look-up is complete and all messages before it were sent: now, if that is the case
     * already.
     */
    void whenFound(CompletableFuture<Placement> lookup, Consumer<CompletableFuture<Placement>> send) {
        // Check the queue before the drains: the last message may have left the queue while a drain still sends it.
        if (lookup.isDone() && waiting.isEmpty() && drains.get() == 0) {
            send.accept(lookup);
            return;
        }
        waiting.add(new Waiting(lookup, send));
        lookup.whenComplete((placement, error) -> drain());
    }

    /** One thread at a time empties the queue, in a loop: nested calls would overflow the stack if the queue is long. */
    private void drain() {
        if (drains.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            for (Waiting first;
                    (first = waiting.peek()) != null && first.lookup().isDone(); ) {
                waiting.poll();
                first.send().accept(first.lookup());
            }
            seen = drains.addAndGet(-seen);
        } while (seen > 0);
    }
}
