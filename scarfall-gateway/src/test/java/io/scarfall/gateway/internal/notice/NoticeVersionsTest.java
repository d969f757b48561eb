package io.scarfall.gateway.internal.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NoticeVersionsTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final NoticeVersions versions = new NoticeVersions(nanos::get);

    @Test
    void admitsNoOlderVersion() {
        assertThat(versions.admits("alice", 5)).isTrue();
        assertThat(versions.admits("alice", 5)).isTrue();
        assertThat(versions.admits("alice", 4)).isFalse();
        assertThat(versions.admits("bob", 4)).isTrue();
        assertThat(versions.admits("alice", 6)).isTrue();
        assertThat(versions.admits("alice", 5)).isFalse();
    }

    @Test
    void remembersForAtLeastAMinuteButNotForever() {
        versions.admits("alice", 5);
        pass(Duration.ofSeconds(61));
        assertThat(versions.admits("alice", 4)).isFalse();
        assertThat(versions.admits("bob", 9)).isTrue();
        pass(Duration.ofSeconds(61));
        versions.admits("carol", 1);
        pass(Duration.ofSeconds(61));
        assertThat(versions.admits("alice", 4)).isTrue();
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }
}
