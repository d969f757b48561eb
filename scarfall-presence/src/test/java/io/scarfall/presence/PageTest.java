package io.scarfall.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scarfall.presence.internal.Transition;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {

    private static Transition watchedBy(Page<String> watchers) {
        return new Transition(Transition.Kind.CAME_ONLINE, "anna", 1, Instant.EPOCH, null, watchers);
    }

    @Test
    void aPageNeedNotCountAllItems() {
        Page<String> uncounted = new Page<>(List.of("bert", "carl"), "next");
        assertThat(uncounted.total()).isNull();
        assertThat(uncounted.complete()).isTrue();
        assertThat(watchedBy(uncounted).watcherCount()).isEqualTo(2);
        assertThat(watchedBy(new Page<>(List.of("bert", "carl"), "next", 9)).watcherCount())
                .isEqualTo(9);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Page<>(List.of(), null, -1))
                .withMessageContaining("total");
    }
}
