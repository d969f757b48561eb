package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.StoreListener.Operation;
import io.scarfall.presence.StoreListener.Outcome;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The reports to a listener, with a real Redis. */
class StoreListenerTest {

    private record Ended(Operation operation, Outcome outcome, long nanos) {}

    private final BlockingQueue<Ended> told = new LinkedBlockingQueue<>();
    private final RedisServer redis = RedisServer.start();
    private final RedisState cluster = RedisPresenceCluster.builder()
            .address(redis.uri())
            .partitions(4)
            .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(400), Duration.ofMinutes(1)))
            .commandTimeout(Duration.ofMillis(500))
            .listener((operation, outcome, nanos) -> told.add(new Ended(operation, outcome, nanos)))
            .buildState();

    @AfterEach
    void close() {
        cluster.close();
        redis.close();
    }

    private Ended expect(Operation operation, Outcome outcome) throws InterruptedException {
        Ended ended = told.poll(10, TimeUnit.SECONDS);
        assertThat(ended).isNotNull();
        assertThat(ended.operation()).isEqualTo(operation);
        assertThat(ended.outcome()).isEqualTo(outcome);
        assertThat(ended.nanos()).isNotNegative();
        assertThat(told).isEmpty();
        return ended;
    }

    private static UserSession session(NodeId node) {
        Instant now = Instant.now();
        return new UserSession("anna", "s", node, now, now, null, null, null);
    }

    @Test
    void eachOperationIsReportedOnce() throws Exception {
        await(cluster.connected());
        NodeId node = await(cluster.lease().join("a"));
        expect(Operation.JOIN, Outcome.DONE);
        await(cluster.lease().beat(node));
        expect(Operation.BEAT, Outcome.DONE);
        await(cluster.store().open(session(node)));
        Ended open = expect(Operation.OPEN, Outcome.DONE);
        assertThat(open.nanos()).isBetween(1L, TimeUnit.SECONDS.toNanos(10));
        await(cluster.store().touch(session(node)));
        expect(Operation.TOUCH, Outcome.DONE);
        await(cluster.store().nodesOf(List.of("anna", "bert")));
        expect(Operation.LOOKUP, Outcome.DONE);
        await(cluster.store().sessionsOf(node, null, 10));
        expect(Operation.LIST, Outcome.DONE);
        await(cluster.presence().status(List.of("anna")));
        expect(Operation.QUERY, Outcome.DONE);
        await(cluster.presence().onlineFriends("anna"));
        expect(Operation.QUERY, Outcome.DONE);
        await(cluster.roster().addFriend("anna", Friend.of("bert")));
        expect(Operation.FRIENDS, Outcome.DONE);
        await(cluster.reaper().reap(node, 10));
        expect(Operation.REAP, Outcome.DONE);
        await(cluster.reaper().adopt());
        expect(Operation.ADOPT, Outcome.DONE);
        await(cluster.store().close(session(node)));
        expect(Operation.CLOSE, Outcome.DONE);
        await(cluster.lease().leave(node));
        expect(Operation.LEAVE, Outcome.DONE);
    }

    @Test
    void failuresAreReportedByKind() throws Exception {
        await(cluster.connected());
        NodeId old = await(cluster.lease().join("a"));
        NodeId node = await(cluster.lease().join("a"));
        await(cluster.store().open(session(node)));
        told.clear();
        assertThat(failure(cluster.store().open(session(old)))).isNotNull();
        expect(Operation.OPEN, Outcome.FENCED);
        assertThat(failure(cluster.presence().online(null, 0))).isNotNull();
        expect(Operation.QUERY, Outcome.REFUSED);

        redis.command("SET", RedisKeys.json("anna"), "no list");
        assertThat(failure(cluster.roster().refresh("anna"))).isNotNull();
        expect(Operation.FRIENDS, Outcome.FAILED);

        redis.freeze();
        assertThat(failure(cluster.presence().count())).isNotNull();
        Ended late = expect(Operation.QUERY, Outcome.TIMED_OUT);
        assertThat(late.nanos()).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
        redis.thaw();

        redis.kill();
        Await.until("nothing is sent any more", () -> {
            assertThat(failure(cluster.presence().count())).isNotNull();
            Ended ended = told.poll(10, TimeUnit.SECONDS);
            return ended != null && ended.outcome() == Outcome.REJECTED;
        });
    }

    @Test
    void beforeThereIsAConnectionAllIsRejected() throws Exception {
        RedisState nowhere = RedisPresenceCluster.builder()
                .address("redis://127.0.0.1:1")
                .listener((operation, outcome, nanos) -> told.add(new Ended(operation, outcome, nanos)))
                .buildState();
        try {
            assertThat(failure(nowhere.lease().join("a"))).isNotNull();
            expect(Operation.JOIN, Outcome.REJECTED);
        } finally {
            nowhere.close();
        }
        assertThat(failure(nowhere.lease().join("a"))).isNotNull();
        expect(Operation.JOIN, Outcome.REJECTED);
    }
}
