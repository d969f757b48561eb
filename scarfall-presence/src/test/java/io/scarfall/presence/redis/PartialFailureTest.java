package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.ClusterContract;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Operations of several scripts, of which some fail; and data that Redis loses. */
class PartialFailureTest {

    private final RedisServer redis = RedisServer.start();
    /** Of each process. */
    private final List<FaultyCommands> made = new ArrayList<>();

    private final RedisFixture fixture =
            new RedisFixture(
                    ClusterContract.SETTINGS,
                    () -> RedisPresenceCluster.builder().address(redis.uri())) {

                @Override
                RedisState make(RedisPresenceCluster.Builder builder) {
                    RedisOptions options = builder.options();
                    RedisKeys keys = new RedisKeys(options.prefix(), options.partitions());
                    RedisConnections connections = new RedisConnections(options, keys);
                    FaultyCommands commands = new FaultyCommands(connections);
                    made.add(commands);
                    return new RedisState(options, connections, commands);
                }
            };
    private final TestCluster cluster = new TestCluster(fixture);

    @AfterEach
    void close() {
        fixture.close();
        redis.close();
    }

    @Test
    void anIndexThatWasNotWrittenIsWrittenByTheNextChange() {
        Roster roster = cluster.join("a").cluster().roster();
        made.get(0).fail(call -> call.startsWith("WATCH") && call.endsWith(":bert"));
        assertThat(failure(roster.setFriends("anna", List.of(Friend.of("bert"), Friend.of("carl")))))
                .hasMessage("as a test wants it");
        assertThat(watchers(roster, "bert")).isEmpty();
        made.get(0).fail(call -> false);
        await(roster.setFriends("anna", List.of(Friend.of("bert"), Friend.of("carl"))));
        assertThat(watchers(roster, "bert")).containsExactly("anna");

        made.get(0).fail(call -> call.startsWith("WATCH"));
        assertThat(failure(roster.removeFriend("anna", "bert"))).isNotNull();
        assertThat(watchers(roster, "bert")).containsExactly("anna");
        made.get(0).fail(call -> false);
        await(roster.addFriend("anna", Friend.of("dora")));
        assertThat(watchers(roster, "bert")).isEmpty();
        assertThat(watchers(roster, "dora")).containsExactly("anna");
    }

    @Test
    void aRefreshCompletesAnIndexThatAFailedChangeLeftIncomplete() {
        Roster roster = fixture.process(0).roster();
        made.get(0).fail(call -> call.startsWith("WATCH"));
        assertThat(failure(roster.addFriend("anna", Friend.of("bert")))).isNotNull();
        made.get(0).fail(call -> false);
        await(roster.refresh("anna"));
        assertThat(watchers(roster, "bert")).containsExactly("anna");
    }

    @Test
    void aChangeThatReachesTheIndexTooLateIsRefused() {
        RedisKeys keys = new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS);
        cluster.join("a");
        String[] index = {keys.watchers("bert"), keys.marks("bert")};
        String now = fixture.time().argument();
        String late = String.valueOf(Long.parseLong(now) - 31_000_000);
        assertThat(await(made.get(0).run(Script.WATCH, index, now, "anna", late, "1"))
                        .text(0))
                .isEqualTo("LATE");
        assertThat(await(made.get(0).run(Script.WATCH, index, now, "anna", now, "0"))
                        .text(0))
                .isEqualTo("OK");
        String earlier = String.valueOf(Long.parseLong(now) - 1_000_000);
        assertThat(await(made.get(0).run(Script.WATCH, index, now, "anna", earlier, "1"))
                        .text(0))
                .isEqualTo("OK");
        assertThat(watchers(fixture.process(0).roster(), "bert"))
                .as("overtaken")
                .isEmpty();
    }

    @Test
    void reapedUsersAreReportedAlthoughAPartitionFailed() {
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        TreeSet<String> users = new TreeSet<>();
        for (int i = 0; i < 40; i++) {
            b.open("user" + i, "s");
            users.add("user" + i);
        }
        b.crash();
        cluster.elapseLease();
        FaultyCommands ofA = made.get(0);
        int[] calls = {0};
        ofA.fail(call -> call.startsWith("REAP") && call.contains("{3}") && calls[0]++ == 1); // the script that removes
        Reaped first = a.reap(1_000);
        assertThat(first.more()).isTrue();
        assertThat(first.sessions()).isBetween(1, 39);
        assertThat(first.transitions()).hasSize(first.sessions());
        ofA.fail(call -> false);
        TreeSet<String> told = new TreeSet<>();
        first.transitions().forEach(transition -> told.add(transition.userId()));
        a.reapAll().stream().map(Transition::userId).forEach(told::add);
        assertThat(told).isEqualTo(users);
        assertThat(a.count()).isZero();
    }

    @Test
    void aFeedThatWasLostIsAGap() {
        Node node = cluster.join("a");
        node.open("anna", "s1");
        TransitionFeed feed = node.presence().transitions();
        String position = await(feed.newest());
        RedisKeys keys = new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS);
        int partition = keys.partitionOf("anna");
        redis.command("DEL", keys.events(partition));
        TransitionFeed.Batch lost = await(feed.read(position, 10));
        assertThat(lost.gap()).isTrue();
        assertThat(await(feed.read(lost.next(), 10)).gap())
                .as("the gap is reported once")
                .isFalse();

        redis.command("HDEL", keys.fence(partition), "#");
        cluster.elapse(Duration.ofSeconds(1));
        node.close("anna", "s1");
        TransitionFeed.Batch reread = await(feed.read(position, 10));
        assertThat(reread.gap()).isTrue();
        assertThat(reread.changes()).hasSize(1);
        assertThat(await(feed.read(lost.next(), 10)).changes()).hasSize(1);
    }

    @Test
    void aFeedContinuesAlthoughTheFencesWereLost() {
        Node node = cluster.join("a");
        node.open("anna", "s1");
        String position = await(node.presence().transitions().newest());
        RedisKeys keys = new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS);
        redis.command("DEL", keys.fence(keys.partitionOf("anna")));
        node.close("anna", "s1"); // within the same microsecond, so the base would be the same
        TransitionFeed.Batch batch = await(node.presence().transitions().read(position, 10));
        assertThat(batch.changes()).hasSize(1);
        assertThat(batch.gap()).isFalse();
    }

    private static List<String> watchers(Roster roster, String userId) {
        return await(roster.watchers(userId, null, 100)).items();
    }
}
