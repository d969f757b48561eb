package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How many commands and sequential round trips each operation takes, whatever the number of users. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoundTripsTest {

    private static final int FRIENDS = 200;
    private static final int ONLINE = 50;
    private static final long SECOND = 1_000_000_000L;

    private final RedisServer redis = RedisServer.start();
    private final AtomicLong nanos = new AtomicLong();
    private final HeldCommands commands;
    private final RedisState cluster;
    private final NodeId node;

    RoundTripsTest() {
        RedisOptions options = RedisPresenceCluster.builder()
                .address(redis.uri())
                .commandTimeout(Duration.ofSeconds(30)) // round trips are counted here, not timed
                .time(new StoreTime(() -> "1767225600000000", nanos::get)) // so that no view of the nodes is too old
                .options();
        RedisConnections connections =
                new RedisConnections(options, new RedisKeys(options.prefix(), options.partitions()));
        commands = new HeldCommands(connections);
        cluster = new RedisState(options, connections, commands);
        await(cluster.connected());
        node = await(cluster.lease().join("a"));
    }

    @BeforeAll
    void fill() {
        List<Friend> friends = new ArrayList<>();
        List<CompletionStage<?>> done = new ArrayList<>();
        for (int i = 0; i < FRIENDS; i++) {
            friends.add(Friend.of("friend" + i));
            done.add(cluster.roster().setFriends("friend" + i, List.of(Friend.of("anna"))));
            if (i < ONLINE) {
                done.add(cluster.store().open(session("friend" + i)));
            }
        }
        done.add(cluster.roster().setFriends("anna", friends));
        done.forEach(TestCluster::await);
        checkMissingRecords();
    }

    /** Missing records are checked some times a second, not each time: a test that counts lets that be done before. */
    private void checkMissingRecords() {
        await(cluster.store().nodesOf(List.of("nobody")));
    }

    @AfterAll
    void close() {
        cluster.close();
        redis.close();
    }

    @Test
    void aConnectOfAUserWithFriends() {
        // as a gateway does: it reads the list of the other system and opens the session, then finds the nodes of the
        // friends
        Cost cost = cost(() -> {
            CompletionStage<Void> refreshed = cluster.roster().refresh("anna");
            return cluster.store()
                    .open(session("anna"))
                    .thenCompose(came -> cluster.store().nodesOf(came.watchers().items()))
                    .thenCombine(refreshed, (nodes, done) -> nodes);
        });
        assertThat(cost).isEqualTo(new Cost(6, 2));
        Cost back = cost(() -> cluster.store()
                .close(session("anna"))
                .thenCompose(went -> cluster.store().nodesOf(went.watchers().items())));
        assertThat(back).isEqualTo(new Cost(3, 2));
    }

    @Test
    void aSession() {
        assertThat(cost(() -> cluster.store().open(session("bert")))).isEqualTo(new Cost(1, 1));
        assertThat(cost(() -> cluster.store().touch(session("bert")))).isEqualTo(new Cost(1, 1));
        assertThat(cost(() -> cluster.store().close(session("bert")))).isEqualTo(new Cost(1, 1));
    }

    @Test
    void questions() {
        List<String> users = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            users.add("friend" + i);
        }
        checkMissingRecords();
        assertThat(cost(() -> cluster.store().nodesOf(users))).isEqualTo(new Cost(1, 1));
        assertThat(cost(() -> cluster.presence().status(users))).isEqualTo(new Cost(1, 1));
        assertThat(cost(() -> cluster.presence().sessions("friend1"))).isEqualTo(new Cost(1, 1));
        assertThat(cost(() -> cluster.presence().onlineFriends("anna"))).isEqualTo(new Cost(4, 2));
    }

    @Test
    void allCallersShareOneQueryOfTotalsASecond() {
        nanos.addAndGet(SECOND);
        assertThat(cost(() -> cluster.presence().count())).isEqualTo(new Cost(256, 1));
        assertThat(cost(() -> cluster.presence().count())).isEqualTo(new Cost(0, 0));
        nanos.addAndGet(SECOND);
        Cost together = cost(() -> cluster.presence()
                .count()
                .thenCombine(cluster.presence().count(), Long::sum)
                .thenCombine(cluster.presence().online(null, 1), (total, page) -> page));
        assertThat(together.commands).isLessThan(256 + 10);
        nanos.addAndGet(SECOND - 1);
        assertThat(cost(() -> cluster.presence().count())).isEqualTo(new Cost(0, 0));
        nanos.incrementAndGet();
        assertThat(cost(() -> cluster.presence().count())).isEqualTo(new Cost(256, 1));
    }

    @Test
    void aPage() {
        await(cluster.presence().count());
        List<String> cursors = new ArrayList<>();
        Cost first = cost(() -> cluster.presence().online(null, 10).thenAccept(page -> cursors.add(next(page))));
        assertThat(first.roundTrips).isEqualTo(2);
        // at most 11 partitions with users, whether those between them are still empty, and the users
        assertThat(first.commands).isLessThanOrEqualTo(11 + 1 + 1);
        Cost second = cost(() -> cluster.presence().online(cursors.get(0), 10));
        assertThat(second.roundTrips).isEqualTo(2);
        assertThat(second.commands).isLessThanOrEqualTo(12 + 1 + 1);
        Cost one = cost(() -> cluster.presence().online(cursors.get(0), 1));
        assertThat(one.commands).isLessThanOrEqualTo(3 + 1 + 1);
    }

    @Test
    void aPageHasNewUsersOfPartitionsThatWereEmpty() {
        await(cluster.presence().count());
        RedisState other = RedisPresenceCluster.builder()
                .address(redis.uri())
                .time(new StoreTime(() -> "1767225600000000", nanos::get)) // one clock orders the writes of both
                .buildState();
        try {
            await(other.connected());
            NodeId b = await(other.lease().join("b"));
            await(cluster.lease().beat(node)); // it knows b now
            for (int i = 0; i < 20; i++) { // one of them is alone in its partition
                Instant now = Instant.now();
                String user = "late" + i;
                await(other.store().open(new UserSession(user, "s", b, now, now, null, null, null)));
                assertThat(await(cluster.presence().online(null, 1_000)).items())
                        .extracting(UserPresence::userId)
                        .contains(user);
            }
        } finally {
            other.close();
        }
    }

    private static String next(Page<UserPresence> page) {
        String next = page.nextCursor();
        assertThat(next).isNotNull();
        return String.valueOf(next);
    }

    @Test
    void aBeatAndNothingToReap() {
        assertThat(cost(() -> cluster.lease().beat(node))).isEqualTo(new Cost(1, 1));
        assertThat(cost(() -> cluster.reaper().reap(node, 100))).isEqualTo(new Cost(1 + 256, 2));
    }

    // ----

    private record Cost(int commands, int roundTrips) {}

    /** Answers are held until all commands are sent that do not need them: that is one round trip. */
    private Cost cost(Supplier<CompletionStage<?>> operation) {
        commands.sent = 0;
        commands.holding = true;
        CompletableFuture<?> done = operation.get().toCompletableFuture();
        int roundTrips = 0;
        while (!done.isDone()) {
            roundTrips++;
            commands.release();
        }
        commands.holding = false;
        await(done);
        return new Cost(commands.sent, roundTrips);
    }

    private UserSession session(String user) {
        Instant now = Instant.now();
        return new UserSession(user, "s", node, now, now, user + "@example.org", "device", "192.0.2.1");
    }

    /** Real commands whose answers are given when the test wants it, on its thread. For one thread. */
    private static final class HeldCommands extends ForwardingCommands {

        private List<Runnable> held = new ArrayList<>();
        private boolean holding;
        private int sent;

        HeldCommands(Commands real) {
            super(real);
        }

        void release() {
            List<Runnable> answers = held;
            assertThat(answers).as("waits for nothing").isNotEmpty();
            held = new ArrayList<>();
            answers.forEach(Runnable::run);
        }

        private <T> CompletionStage<T> hold(int count, CompletionStage<T> answer) {
            sent += count;
            if (!holding) {
                return answer;
            }
            CompletableFuture<T> given = new CompletableFuture<>();
            held.add(() -> given.complete(await(answer)));
            return given;
        }

        @Override
        public CompletionStage<Reply> write(int partition, String... args) {
            return hold(1, real.write(partition, args));
        }

        @Override
        public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
            return hold(1, real.run(script, keys, args));
        }

        @Override
        public <T> CompletionStage<T> call(
                Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
            return hold(1, real.call(command));
        }

        @Override
        public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
            int count = (userIds.size() + UserReads.READ_AT_ONCE - 1) / UserReads.READ_AT_ONCE;
            return hold(count, real.reaped(userIds));
        }

        @Override
        public CompletionStage<List<UserRecord>> users(List<String> userIds) {
            int count = (userIds.size() + UserReads.READ_AT_ONCE - 1) / UserReads.READ_AT_ONCE;
            return hold(count, real.users(userIds));
        }
    }
}
