package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static io.scarfall.presence.testing.Await.answer;
import static io.scarfall.presence.testing.Await.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.presence.testing.TcpProxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Behaviour while Redis is away, and when it is back, by Redis's own clock. */
class RedisFaultsTest {

    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(500), Duration.ofMillis(1_500));
    private static final String PASSWORD = "correct horse";

    private final RedisServer redis = RedisServer.builder().password(PASSWORD).start();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable resource : open) {
            resource.close();
        }
        redis.close();
    }

    @Test
    void aNodeStartedBeforeRedisWaitsForIt() {
        redis.kill();
        RedisState cluster = connect(redis.port());
        assertThat(failure(cluster.lease().join("a"))).isNotNull();
        assertThat(failure(cluster.presence().count())).isNotNull();
        redis.restart();
        await(cluster.connected());
        assertThat(await(cluster.presence().count())).isZero();
    }

    @Test
    void anotherNumberOfPartitionsIsRefused() {
        await(connect(redis.port()).connected());
        RedisState other = builder(redis.port()).partitions(8).buildState();
        open.add(other);
        assertThat(failure(other.connected()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("partitions: 8 (expected: 16, as the keys in Redis are laid out)");
        assertThat(failure(other.presence().count())).hasMessageContaining("partitions: 8");
    }

    @Test
    void aWriteWithoutScriptsFailsAndTheNextOneWorks() {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        redis.command("SCRIPT", "FLUSH");
        assertThat(await(cluster.lease().beat(node)).renewed())
                .as("may be repeated")
                .isTrue();
        assertThat(failure(cluster.store().open(session(node, "anna", "s1")))).hasMessageContaining("NOSCRIPT");
        eventually(() -> cluster.store().open(session(node, "anna", "s1")));
        assertThat(await(cluster.presence().count())).isEqualTo(1);
    }

    @Test
    void aLostConnectionFailsCommandsInProgressAndTheNextBeatIsDoubtful() {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        assertThat(await(cluster.lease().beat(node)).doubtful()).isFalse();
        redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        Beat beat = eventually(() -> cluster.lease().beat(node));
        assertThat(beat.renewed()).isTrue();
        assertThat(beat.doubtful()).isTrue();
        Await.until("no doubt", () -> !await(cluster.lease().beat(node)).doubtful());
        assertThat(await(cluster.store().open(session(node, "anna", "s1"))).kind())
                .isEqualTo(Transition.Kind.CAME_ONLINE);
    }

    @Test
    void afterAFlushNodesJoinAgainAndOpenTheirSessions() {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        UserSession session = session(node, "anna", "s1");
        long before = await(cluster.store().open(session)).version();
        redis.command("FLUSHALL");
        assertThat(await(cluster.lease().beat(node)).renewed()).isFalse();
        NodeId next = await(cluster.lease().join("a"));
        assertThat(next.epoch()).isGreaterThan(node.epoch());
        Transition back = await(cluster.store().open(session.on(next)));
        assertThat(back.kind()).isEqualTo(Transition.Kind.CAME_ONLINE);
        assertThat(back.version()).isGreaterThan(before);
        assertThat(redis.command("HGET", "scarfall:meta", "partitions")).isEqualTo("16");
    }

    @Test
    void writesOfAZombieAfterAFlushAreReaped() {
        RedisState cluster = connected();
        NodeId zombie = await(cluster.lease().join("z"));
        redis.command("FLUSHALL");
        await(cluster.store().open(session(zombie, "anna", "s1")));
        assertThat(await(cluster.lease().beat(zombie)).renewed()).isFalse();
        NodeId other = await(cluster.lease().join("a"));
        Await.until("no user to be online", () -> {
            await(cluster.lease().beat(other));
            await(cluster.reaper().reap(other, 100));
            return await(cluster.presence().count()) == 0;
        });
    }

    @Test
    void aRestartedRedisIsUsedAgain() throws Exception {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        BlockingQueue<String> received = listen(cluster, node);
        redis.restart();
        eventually(() -> cluster.lease().beat(node));
        NodeId next = eventually(() -> cluster.lease().join("a"));
        eventually(() -> cluster.store().open(session(next, "anna", "s1")));
        Await.until("the old life listens again", () -> sent(cluster, node, "hello"));
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
    }

    @Test
    void aLostSubscriptionComesBack() throws Exception {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        BlockingQueue<String> received = listen(cluster, node);
        redis.command("CLIENT", "KILL", "TYPE", "pubsub");
        Await.until("it listens again", () -> sent(cluster, node, "hello"));
        assertThat(received.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(await(cluster.lease().beat(node)).doubtful())
                .as("messages may have been lost")
                .isTrue();
        assertThat(await(cluster.lease().beat(node)).doubtful()).isFalse();
    }

    @Test
    void nothingIsSentLateAfterAnOutage() {
        try (TcpProxy network = TcpProxy.to(redis.port())) {
            RedisState cluster = connect(network.port());
            await(cluster.connected());
            NodeId node = await(cluster.lease().join("a"));
            network.cut();
            List<CompletionStage<Transition>> writes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                writes.add(cluster.store().open(session(node, "user" + i, "s")));
            }
            writes.forEach(write -> assertThat(failure(write)).isNotNull());
            network.heal();
            eventually(() -> cluster.lease().beat(node));
            assertThat(await(cluster.presence().count())).isZero();
        }
    }

    @Test
    void aFrozenRedisFailsCommandsInTime() {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        redis.freeze();
        long began = System.nanoTime();
        assertThat(failure(cluster.store().open(session(node, "anna", "s1")))).isNotNull();
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
        CompletionStage<Transition> close = cluster.store().close(session(node, "anna", "s1"));
        redis.thaw();
        // both came late, and in their order: the close is the last one
        close.toCompletableFuture().handle((done, failure) -> done).join();
        eventually(() -> cluster.lease().beat(node));
        assertThat(await(cluster.presence().sessions("anna"))).isEmpty();
        assertThat(await(cluster.presence().count())).isZero();
    }

    @Test
    void aWriteOfAnEarlierConnectionIsRefused() {
        RedisState cluster = connected();
        NodeId node = await(cluster.lease().join("a"));
        UserSession session = session(node, "anna", "s1");
        await(cluster.store().open(session));
        String fence = "scarfall:{" + new RedisKeys("scarfall", 16).partitionOf("anna") + "}:fence";
        String before = String.valueOf(redis.command("HGET", fence, "a"));
        redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        eventually(() -> cluster.store().close(session));
        String after = String.valueOf(redis.command("HGET", fence, "a"));
        assertThat(generation(after)).isGreaterThan(generation(before));

        Object late = redis.command(
                "EVALSHA",
                Script.SESSIONS.sha(),
                "1",
                fence,
                "",
                "a",
                String.valueOf(node.epoch()),
                String.valueOf(generation(before)),
                "100",
                "100",
                "64",
                "10",
                "o",
                "anna",
                "s1",
                UserRecord.fields(session),
                "-");
        assertThat(late).isEqualTo(List.of("STALE", String.valueOf(generation(after))));
        assertThat(await(cluster.presence().count())).isZero();
    }

    @Test
    void noPasswordIsLogged() {
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        Logger all =
                (Logger) LoggerFactory.getLogger("io"); // ours, and Lettuce's, whose TRACE has every byte that it sends
        Level before = all.getLevel();
        all.setLevel(Level.DEBUG);
        all.setAdditive(false);
        logged.start();
        all.addAppender(logged);
        String wrong = "battery staple";
        try {
            RedisPresenceCluster.Builder builder = builder(redis.port()).password(wrong);
            assertThat(builder.options().toString()).doesNotContain(wrong);
            RedisState refused = builder.buildState();
            open.add(refused);
            Await.until(
                    "a warning",
                    () -> List.copyOf(logged.list).stream()
                            .anyMatch(event -> event.getFormattedMessage().contains("WRONGPASS")));
            assertThat(failure(refused.presence().count())).hasMessageNotContaining(wrong);
            connected();
        } finally {
            all.detachAppender(logged);
            all.setAdditive(true);
            all.setLevel(before);
        }
        assertThat(List.copyOf(logged.list))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.getFormattedMessage() + event.getThrowableProxy())
                        .doesNotContain(wrong)
                        .doesNotContain(PASSWORD));
    }

    @Test
    void aMalformedAddressIsNotQuoted() {
        RedisPresenceCluster.Builder builder = RedisPresenceCluster.builder();

        assertThatThrownBy(() -> builder.address("redis://:se cret@:x:1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("address: malformed")
                .hasMessageNotContaining("cret")
                .hasNoCause();
    }

    private static long generation(String fence) {
        return Long.parseLong(fence.split(" ")[1]);
    }

    // ----

    private RedisPresenceCluster.Builder builder(int port) {
        return RedisPresenceCluster.builder()
                .address("redis://127.0.0.1:" + port)
                .password(PASSWORD)
                .partitions(16)
                .settings(SETTINGS)
                .commandTimeout(Duration.ofSeconds(1));
    }

    private RedisState connect(int port) {
        RedisState cluster = builder(port).buildState();
        open.add(cluster);
        return cluster;
    }

    private RedisState connected() {
        RedisState cluster = connect(redis.port());
        await(cluster.connected());
        return cluster;
    }

    private static BlockingQueue<String> listen(NodeAccess cluster, NodeId node) {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        await(cluster.bus().listen(node, bytes -> received.add(new String(bytes, StandardCharsets.UTF_8))));
        return received;
    }

    private static boolean sent(NodeAccess cluster, NodeId to, String text) {
        Boolean taken = answer(cluster.bus().send(to, text.getBytes(StandardCharsets.UTF_8)));
        return taken != null && taken;
    }

    private static UserSession session(NodeId node, String user, String id) {
        Instant now = Instant.now();
        return new UserSession(user, id, node, now, now, user + "@example.org", "device", "192.0.2.1");
    }
}
