package io.scarfall.gateway.internal.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.RateLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private final List<Integer> begun = new ArrayList<>();

    private boolean begin(Turns turns, int number) {
        return turns.begin(() -> begun.add(number));
    }

    @Test
    void tasksAboveTheLimitWaitInOrder() {
        Turns turns = new Turns(new RateLimits.UnderWay(2, 2));
        for (int i = 0; i < 4; i++) {
            assertThat(begin(turns, i)).isTrue();
        }
        assertThat(begun).containsExactly(0, 1);
        assertThat(begin(turns, 4)).isFalse();
        turns.end();
        assertThat(begun).containsExactly(0, 1, 2);
        assertThat(begin(turns, 5)).isTrue();
        turns.end();
        turns.end();
        assertThat(begun).containsExactly(0, 1, 2, 3, 5);
        turns.end();
        turns.end();
        assertThat(begin(turns, 6)).isTrue();
        assertThat(begun).endsWith(6);
    }

    @Test
    void noTaskWaitsIfTheQueueIsZero() {
        Turns turns = new Turns(new RateLimits.UnderWay(1, 0));
        assertThat(begin(turns, 0)).isTrue();
        assertThat(begin(turns, 1)).isFalse();
        turns.end();
        assertThat(begin(turns, 2)).isTrue();
        assertThat(begun).containsExactly(0, 2);
    }
}
