package io.scarfall.gateway.internal.delivery;

import io.scarfall.presence.internal.Placement;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Keeps the messages of one sender in order while the store looks up where their recipients are: an early answer waits for the
 * answers before it. Thread-safe; the order is that of the calls of one thread.
 */
public final class SendOrder {

    private final Queue<Waiting> waiting;
    private final AtomicInteger drains = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();

    record Waiting(CompletableFuture<Placement> lookup, Consumer<CompletableFuture<Placement>> send) {}

    public SendOrder() {
        this(new ConcurrentLinkedQueue<>());
    }

    /** Waits in a queue of a test. */
    SendOrder(Queue<Waiting> waiting) {
        this.waiting = waiting;
    }

    /** How many messages have no outcome yet. */
    int unanswered() {
        return unanswered.get();
    }

    /** Counts a message until its outcome is there. */
    void await(CompletionStage<?> outcome) {
        unanswered.incrementAndGet();
        outcome.whenComplete((result, error) -> unanswered.decrementAndGet());
    }

    /** Sends when the look-up is complete, and all before it have been sent: at once, if that is so now. */
    void whenFound(CompletableFuture<Placement> lookup, Consumer<CompletableFuture<Placement>> send) {
        // Asked in this order: the last one may have left the queue, and still be on its way by the hand of its drain.
        if (lookup.isDone() && waiting.isEmpty() && drains.get() == 0) {
            send.accept(lookup);
            return;
        }
        waiting.add(new Waiting(lookup, send));
        lookup.whenComplete((placement, error) -> drain());
    }

    /** One caller at a time goes through the queue, in a loop: nested calls would overflow the stack of a long queue. */
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
