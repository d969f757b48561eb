package io.scarfall.presence.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.presence.Friend;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Queries before the first connection wait for it, within bounds. */
class FirstConnectionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final RedisServer redis = RedisServer.start();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void close() {
        threads.shutdownNow();
        redis.close();
    }

    private RedisPresenceCluster.Builder builder() {
        return RedisPresenceCluster.builder().address(redis.uri());
    }

    @Test
    void queriesMayFollowTheConnectAtOnce() {
        try (RedisPresence presence = RedisPresence.connect(redis.uri())) {
            CompletionStage<?> status = presence.status(List.of("anna", "bert"));
            CompletionStage<?> sessions = presence.sessions("anna");
            CompletionStage<?> friends = presence.onlineFriends("anna");
            CompletionStage<?> page = presence.online(null, 10);
            CompletionStage<?> count = presence.count();
            CompletionStage<?> added = presence.roster().addFriend("anna", Friend.of("bert"));
            CompletionStage<?> listed = presence.roster().friends("anna");
            CompletionStage<?> changes = presence.transitions().read("oldest", 10);
            CompletionStage<?> shared =
                    presence.transitions().group("mail", "one").read(10);
            for (CompletionStage<?> answer :
                    List.of(status, sessions, friends, page, count, added, listed, changes, shared)) {
                RedisPresence.await(answer, PATIENCE);
            }
        }
        try (RedisPresence presence = RedisPresence.connect(redis.uri())) {
            assertThat(presence.isOnline("anna", PATIENCE)).isFalse();
        }
        try (RedisPresence presence = RedisPresence.connect(redis.uri())) {
            assertThat(presence.status(List.of("anna"), PATIENCE)).containsOnlyKeys("anna");
        }
    }

    @Test
    void waitingQueriesAreAnsweredWhenRedisIsThere() {
        redis.terminate();
        try (RedisPresence presence = RedisPresence.of(builder().commandTimeout(PATIENCE))) {
            CompletionStage<UserPresence> later = presence.status("anna");
            assertThat(later.toCompletableFuture()).isNotDone();
            redis.restart();
            assertThat(RedisPresence.await(later, PATIENCE)).isEqualTo(UserPresence.unknown("anna"));
        }
    }

    @Test
    void aCallWithATimeoutWaitsLongerThanTheTimeoutOfACommand() {
        redis.terminate();
        try (RedisPresence presence = RedisPresence.of(builder().commandTimeout(Duration.ofMillis(200)))) {
            CompletableFuture<Boolean> online =
                    CompletableFuture.supplyAsync(() -> presence.isOnline("anna", PATIENCE), threads);
            CompletionStage<UserPresence> brief = presence.status("anna");
            assertThatThrownBy(() -> RedisPresence.await(brief, PATIENCE))
                    .rootCause()
                    .hasMessageStartingWith("not connected to Redis yet");
            assertThat(online).as("longer than a stage").isNotDone();
            redis.restart();
            assertThat(RedisPresence.await(online, PATIENCE)).isFalse();
        }
    }

    @Test
    void waitingForAConnectionTimesOut() {
        redis.terminate();
        RedisPresence presence = RedisPresence.of(builder());
        assertThatThrownBy(() -> presence.isOnline("anna", Duration.ofMillis(50)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("no connection to Redis within PT0.05S");
        CompletionStage<UserPresence> waiting = presence.status("anna");
        presence.close();
        assertThatThrownBy(() -> RedisPresence.await(waiting, PATIENCE))
                .as("a close ends it too")
                .hasRootCauseMessage("connections: closed (expected: to be used before that)");
    }

    @Test
    void theNumberOfWaitingQueriesIsBounded() {
        redis.terminate();
        RedisOptions options =
                builder().maxPendingCommands(1024).commandTimeout(PATIENCE).options();
        RedisConnections connections = new RedisConnections(options, new RedisKeys("scarfall", 256));
        FirstConnection first = new FirstConnection(connections, options);
        List<CompletionStage<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 1024; i++) {
            waiting.add(first.connection());
        }
        assertThat(first.connection().toCompletableFuture()).isCompletedExceptionally();
        assertThat(waiting).noneMatch(wait -> wait.toCompletableFuture().isDone());
        redis.restart();
        waiting.forEach(wait -> RedisPresence.await(wait, PATIENCE));
        assertThat(first.connection().toCompletableFuture()).isCompleted();
        connections.close();
    }
}
