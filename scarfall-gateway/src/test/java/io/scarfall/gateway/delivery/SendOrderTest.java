package io.scarfall.gateway.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Placement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class SendOrderTest {
    private static final Placement NOWHERE = userId -> List.of();

    private final SendOrder order = new SendOrder();
    private final List<Integer> sent = new ArrayList<>();

    @Test
    void sendsAtOnceWhatIsFound() {
        order.whenFound(CompletableFuture.completedFuture(NOWHERE), found -> sent.add(1));

        assertThat(sent).containsExactly(1);
    }

    @Test
    void whatIsFoundEarlyWaitsForThoseBeforeIt() {
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
    void whatIsSentWhileSendingComesBehind() {
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

    @Test
    void countsWhatHasNoOutcome() {
        CompletableFuture<String> outcome = new CompletableFuture<>();
        order.await(outcome);
        assertThat(order.unanswered()).isEqualTo(1);
        outcome.complete("done");
        assertThat(order.unanswered()).isZero();
    }
}
