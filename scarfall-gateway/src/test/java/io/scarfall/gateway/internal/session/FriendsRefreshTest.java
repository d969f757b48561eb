package io.scarfall.gateway.internal.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.gateway.FriendsConfig;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The pace at which friend lists are read again, with a clock of the test. */
class FriendsRefreshTest {

    private static final Duration TICK = Duration.ofMillis(100);

    private final List<String> users = new ArrayList<>();
    private final List<String> refreshed = new ArrayList<>();
    private CompletableFuture<Void> answer = CompletableFuture.completedFuture(null);
    private long nanos = 12_345;

    private final Roster roster = new Roster() {
        @Override
        public CompletionStage<List<Friend>> friends(String userId) {
            return CompletableFuture.completedFuture(List.of());
        }

        @Override
        public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
            return CompletableFuture.completedFuture(new Page<>(List.of(), null, 0));
        }

        @Override
        public CompletionStage<Void> refresh(String userId) {
            refreshed.add(userId);
            if (userId.equals("odd")) {
                throw new IllegalStateException("failed by the test");
            }
            return answer;
        }
    };

    private FriendsRefresh refresh(Duration interval, int perSecond) {
        return new FriendsRefresh(
                roster,
                users::size,
                () -> List.copyOf(users).iterator(),
                new FriendsConfig(interval, perSecond),
                () -> nanos);
    }

    private void elapse(FriendsRefresh refresh, Duration time) {
        for (long left = time.toNanos(); left > 0; left -= TICK.toNanos()) {
            nanos += TICK.toNanos();
            refresh.tick();
        }
    }

    private void users(int count) {
        IntStream.range(0, count).forEach(i -> users.add("user" + i));
    }

    @Test
    void everyListIsReadOncePerIntervalAtAnEvenPace() {
        users(600);
        FriendsRefresh refresh = refresh(Duration.ofMinutes(1), 1_000);
        elapse(refresh, Duration.ofSeconds(30));
        assertThat(refreshed).hasSizeBetween(298, 301).doesNotHaveDuplicates();
        elapse(refresh, Duration.ofMillis(30_200));
        assertThat(refreshed.subList(0, 600)).containsExactlyInAnyOrderElementsOf(users);
        elapse(refresh, Duration.ofMinutes(9));
        assertThat(refreshed).hasSizeBetween(5_980, 6_020);
    }

    @Test
    void theListOfASingleUserIsReadToo() {
        users(1);
        elapse(refresh(Duration.ofMinutes(1), 1_000), Duration.ofMinutes(5).plusSeconds(1));
        assertThat(refreshed).hasSize(5);
    }

    @Test
    void withManyUsersARoundTakesLonger() {
        users(10_000);
        FriendsRefresh refresh = refresh(Duration.ofSeconds(10), 50);
        elapse(refresh, Duration.ofSeconds(20));
        assertThat(refreshed).hasSizeBetween(998, 1_000);
    }

    @Test
    void missedReadingsAreNotCaughtUp() {
        users(600);
        FriendsRefresh refresh = refresh(Duration.ofMinutes(1), 1_000);
        nanos += Duration.ofMinutes(10).toNanos();
        refresh.tick();
        assertThat(refreshed).hasSize(10);
    }

    @Test
    void aSlowStoreDoesNotGetMoreAndMoreRequests() {
        users(600);
        answer = new CompletableFuture<>();
        FriendsRefresh refresh = refresh(Duration.ofSeconds(1), 20);
        elapse(refresh, Duration.ofMinutes(1));
        assertThat(refreshed).hasSize(20);
        answer.completeExceptionally(new IllegalStateException("too late"));
        answer = CompletableFuture.completedFuture(null);
        elapse(refresh, Duration.ofSeconds(1));
        assertThat(refreshed).hasSizeGreaterThan(35);
    }

    @Test
    void aRosterThatThrowsAffectsNoOtherUser() {
        users(3);
        users.add("odd");
        elapse(refresh(Duration.ofSeconds(1), 2), Duration.ofSeconds(20));
        assertThat(refreshed).contains("odd", "user0", "user1", "user2").hasSizeGreaterThan(30);
    }

    @Test
    void zeroTurnsTheRefreshOff() {
        users(10);
        elapse(refresh(Duration.ZERO, 1_000), Duration.ofHours(1));
        assertThat(refreshed).isEmpty();
        assertThatThrownBy(() -> refresh(Duration.ofMillis(1), 1))
                .hasMessage("friendsRefreshInterval: PT0.001S (expected: 0, or PT1S to PT24H)");
        assertThatThrownBy(() -> refresh(Duration.ofSeconds(1), 0))
                .hasMessage("maxFriendsRefreshesPerSecond: 0 (expected: 1 to 100000)");
    }
}
