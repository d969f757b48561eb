package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.gateway.TokenConfig;
import io.scarfall.presence.Friend;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.testing.Answers;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers that share a Redis and restart one after the other, as in an upgrade. */
class RollingRestartTest {

    private static final String SECRET = "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String UPDATE = "user_status_update";

    private static RedisServer redis;

    private final TokenIssuer tokens =
            new TokenIssuer(SECRET, TokenConfig.DEFAULT, Duration.ofHours(1), Clock.systemUTC());
    private ScarfallServer one;
    private ScarfallServer other;

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void list() throws Exception {
        one = start("one", "30");
        one.gateway()
                .roster()
                .setFriends("watcher", List.of(Friend.of("alice")))
                .toCompletableFuture()
                .join();
    }

    @AfterEach
    void stop() {
        one.stop();
        other.stop();
    }

    private static ScarfallServer start(String name, String grace) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of(
                "JWT_SECRET", SECRET,
                "PORT", "0",
                "INTERNAL_PORT", "0",
                "SCARFALL_NODE_NAME", name,
                "LOG_DIR", "target/logs",
                "DRAIN_TIMEOUT", "10",
                "DRAIN_GRACE", grace,
                "REDIS_HOST", "127.0.0.1",
                "REDIS_TIMEOUT", "20", // so that a busy machine does not count as an outage
                "REDIS_PORT", "" + redis.port()));
        return ScarfallServer.start(ServerConfig.read(environment, null, null, address -> null));
    }

    private UserClient user(ScarfallServer server, String user) throws InterruptedException {
        UserClient client = UserClient.of(server, tokens.issue(user, null));
        client.next("connected");
        return client;
    }

    private static String hello(UserClient from) throws Exception {
        return from.ask("send_message", "{'recipientIds':['alice'],'message':'hello'}");
    }

    @Test
    void friendsAreNotNotifiedOfARestart() throws Exception {
        other = start("other", "30");
        try (UserClient watcher = user(one, "watcher");
                UserClient before = user(other, "alice")) {
            assertThat(watcher.next(UPDATE)).contains("online");
            assertThat(before.ask("ping", "{}")).contains("timestamp");
            CompletableFuture<Void> stopping = Answers.aside(other::stop);
            await().atMost(PATIENCE).until(() -> other.gateway().sessionCount() == 0);
            try (UserClient after = user(one, "alice")) {
                assertThat(stopping).succeedsWithin(PATIENCE);
                assertThat(hello(watcher)).contains("\"status\":\"sent\"");
                assertThat(after.next("message")).contains("hello");
                other = start("other", "30");
                user(other, "alice").close();
            }
            assertThat(watcher.next(UPDATE))
                    .as("the first update after the restart")
                    .contains("offline");
        }
    }

    @Test
    void aUserThatDoesNotReconnectGoesOfflineAfterItsServerStopped() throws Exception {
        other = start("other", "1");
        try (UserClient watcher = user(one, "watcher");
                UserClient alice = user(other, "alice")) {
            assertThat(watcher.next(UPDATE)).contains("online");
            assertThat(alice.ask("ping", "{}")).contains("timestamp");
            other.stop();
            assertThat(watcher.next(UPDATE)).contains("offline");
        }
    }
}
