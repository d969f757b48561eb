package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static io.scarfall.presence.testing.Await.answer;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A master of a Redis Cluster without a replica is away, and it does not hold the leases. The library uses the data
 * of the others, and reports what is unknown.
 */
@Tag("slow")
class PartlyAwayTest {

    private static final int PARTITIONS = 16;
    private static final int USERS = 48;

    private final RedisKeys keys = new RedisKeys("scarfall", PARTITIONS);
    private final RedisClusterServers servers =
            RedisClusterServers.builder().servesInPart().start();
    private final RedisState cluster = RedisPresenceCluster.builder()
            .cluster(List.of(servers.seeds().split(",")))
            .partitions(PARTITIONS)
            .settings(PresenceSettings.DEFAULTS
                    .withLease(Duration.ofMillis(500), Duration.ofSeconds(3))
                    .withOfflineGrace(Duration.ZERO))
            .commandTimeout(Duration.ofSeconds(1))
            .buildState();
    private final RedisServer dead = servers.masters().stream()
            .filter(master -> master != masterOf(keys.nodes()))
            .findFirst()
            .orElseThrow();

    /** It beats and reaps. */
    private NodeId alive;

    /** Two others, which do not beat; each holds sessions of half of the users. */
    private NodeId first;

    private NodeId second;

    @BeforeEach
    void join() {
        await(cluster.connected());
        first = await(cluster.lease().join("first"));
        second = await(cluster.lease().join("second"));
        for (int i = 0; i < USERS; i++) {
            await(cluster.store().open(session(i % 2 == 0 ? first : second, "user" + i)));
        }
        alive = await(cluster.lease().join("alive"));
        await(cluster.lease().beat(alive));
    }

    @AfterEach
    void close() {
        cluster.close();
        servers.close();
    }

    private RedisServer masterOf(String key) {
        return servers.masterOf(servers.slotOf(key));
    }

    private static UserSession session(NodeId node, String user) {
        Instant now = Instant.now();
        return new UserSession(user, "s", node, now, now, null, null, null);
    }

    private Set<String> users(Predicate<String> wanted) {
        return IntStream.range(0, USERS)
                .mapToObj(i -> "user" + i)
                .filter(wanted)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isAway(String user) {
        return masterOf(keys.user(user)) == dead;
    }

    /** If a busy machine lets the lease lapse, the node continues under another epoch. */
    private void beat() {
        Beat beat = answer(cluster.lease().beat(alive));
        if (beat != null && !beat.renewed()) {
            alive = await(cluster.lease().join("alive"));
        }
    }

    /** However long the lease: a node that has just started has lost no connection. */
    @Test
    void aFirstConnectionCausesNoDoubt() {
        try (RedisState fresh = RedisPresenceCluster.builder()
                .cluster(List.of(servers.seeds().split(",")))
                .partitions(PARTITIONS)
                .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofSeconds(2), Duration.ofMinutes(1)))
                .buildState()) {
            await(fresh.connected());
            Set<String> all = users(user -> true);
            Placement placement = await(fresh.store().nodesOf(all));
            assertThat(all).noneMatch(placement::isIncomplete);
        }
    }

    @Test
    void otherPartitionsAnswerAndTheRestIsUnknown() {
        Set<String> away = users(this::isAway);
        Set<String> served = users(user -> !isAway(user));
        assertThat(away).isNotEmpty();
        assertThat(served).isNotEmpty();
        assertThat(cluster.awayPartitions()).isZero();

        dead.kill();

        Await.until("the loss to be seen", () -> cluster.awayPartitions() > 0);
        assertThat(cluster.awayPartitions()).isLessThan(PARTITIONS);
        await(cluster.lease().beat(first)); // it is still live, so its users are online
        await(cluster.lease().beat(second));
        Placement placement = await(cluster.store().nodesOf(users(user -> true)));
        assertThat(users(placement::isIncomplete)).isEqualTo(away);
        assertThat(users(user -> !placement.nodesOf(user).isEmpty())).isEqualTo(served);
        assertThat(await(cluster.presence().status(users(user -> true))).keySet())
                .isEqualTo(served);
        assertThat(failure(cluster.presence().status(away))).isNotNull();
        assertThat(failure(cluster.presence().count())).hasMessageContaining("a part of the store is away");
        Page<UserPresence> online = await(cluster.presence().online(null, 100));
        assertThat(online.complete()).isFalse();
        assertThat(online.items()).extracting(UserPresence::userId).containsExactlyInAnyOrderElementsOf(served);
        Page<UserSession> sessions = await(cluster.store().sessionsOf(first, null, 100));
        assertThat(sessions.complete()).isFalse();
        assertThat(sessions.items()).isNotEmpty().allMatch(session -> served.contains(session.userId()));

        dead.restart();

        Await.until("all partitions to be there", () -> cluster.awayPartitions() == 0);
        Await.until("a whole list", () -> {
            Page<UserPresence> all = answer(cluster.presence().online(null, 100));
            return all != null && all.complete();
        });
    }

    /** Such a list is in any slot, so it may be away while all other data of its user is there. */
    @Test
    void aListOfOthersThatIsAwayIsTakenFromItsCopy() {
        Set<String> served = users(user -> !isAway(user));
        String user = served.stream()
                .filter(name -> masterOf(RedisKeys.json(name)) == dead)
                .findFirst()
                .orElseThrow();
        List<String> friends = served.stream().limit(3).toList();
        dead.command("SET", RedisKeys.json(user), "[{\"userId\":\"" + friends.get(0) + "\"}]");
        await(cluster.roster().refresh(user));
        await(cluster.roster().addFriend(user, Friend.of(friends.get(1))));
        Roster.Listing before = await(cluster.roster().listing(user));
        assertThat(before.isComplete()).isTrue();
        assertThat(before.friends()).hasSize(2);

        dead.kill();

        Await.until("the loss to be seen", () -> cluster.awayPartitions() > 0);
        assertThat(await(cluster.roster().listing(user)))
                .isEqualTo(new Roster.Listing(before.friends(), Roster.Missing.AWAY));
        assertThat(failure(cluster.roster().friends(user))).hasMessageContaining("a part of the store is away");
        await(cluster.lease().beat(first));
        await(cluster.lease().beat(second));
        Presence.FriendsOnline online = await(cluster.presence().friends(user));
        assertThat(online.online()).hasSize(2);
        assertThat(online.uncertain()).isEmpty();
        assertThat(online.isComplete()).isFalse();
        assertThat(failure(cluster.presence().onlineFriends(user))).hasMessageContaining("a part of the store is away");
    }

    @Test
    void nodesThatDiedAreReapedInAllOtherPartitions() {
        Set<String> served = users(user -> !isAway(user));
        dead.kill();

        Set<String> offline = new TreeSet<>();
        Await.until("both to be reaped", () -> {
            beat();
            Reaped reaped = answer(cluster.reaper().reap(alive, 500));
            if (reaped != null) {
                reaped.transitions().stream().map(Transition::userId).forEach(offline::add);
            }
            return offline.containsAll(served);
        });
        assertThat(offline).isEqualTo(served);
        TransitionFeed.Batch batch = await(cluster.presence().transitions().read(TransitionFeed.OLDEST, 1_000));
        assertThat(batch.changes().stream()
                        .map(TransitionFeed.StatusChange::userId)
                        .collect(Collectors.toSet()))
                .isEqualTo(served);
        assertThat(failure(cluster.presence().transitions().newest())).isNotNull();
        assertThat(answer(cluster.reaper().adopt())).isNotNull();
        beat();
        assertThat(answer(cluster.reaper().reap(alive, 500)))
                .as("something may be left of them")
                .isNull();

        dead.restart();

        Await.until("nothing to be left of them", () -> {
            beat();
            Reaped reaped = answer(cluster.reaper().reap(alive, 500));
            return reaped != null && !reaped.more();
        });
        TransitionFeed.Batch next = await(cluster.presence().transitions().read(batch.next(), 1_000));
        assertThat(next.changes()).isEmpty();
    }
}
