package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.allPages;
import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.TransitionFeed.Batch;
import io.scarfall.presence.TransitionFeed.Group;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The contract of {@link Presence}. */
public abstract class PresenceContract extends ClusterContract {

    // ---- status

    @Test
    void statusAnswersForAllRequestedUsers() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        b.open("anna", "s2");
        Transition came = b.open("bert", "s3");
        Transition went = b.close("bert", "s3");

        Map<String, UserPresence> status = a.status(List.of("nobody", "bert", "anna", "bert"));

        assertThat(status.keySet()).containsExactly("nobody", "bert", "anna");
        assertThat(status.get("nobody")).isEqualTo(UserPresence.unknown("nobody"));
        assertThat(status.get("nobody").lastSeen()).isNull();
        assertThat(status.get("nobody").version()).isZero();
        assertThat(status.get("bert"))
                .isEqualTo(
                        new UserPresence("bert", Status.OFFLINE, cluster.now(), went.version(), "bert@example.org", 0));
        assertThat(went.version()).isGreaterThan(came.version());
        assertThat(status.get("anna").status()).isEqualTo(Status.ONLINE);
        assertThat(status.get("anna").sessionCount()).isEqualTo(2);
        assertThat(a.status(List.of())).isEmpty();
    }

    @Test
    void lastSeenIsWhenTheLastSessionEnded() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        node.open("anna", "s1");
        cluster.elapse(Duration.ofMinutes(1));
        node.close("anna", "s1");
        Instant closed = cluster.now();
        cluster.elapse(Duration.ofMinutes(1));
        assertThat(node.status("anna").lastSeen()).isEqualTo(closed);
    }

    @Test
    void sessionsOfADeadNodeDoNotCountEvenBeforeTheyAreReaped() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.open("anna", "s1");
        b.open("anna", "s2");
        b.open("bert", "s3");
        b.crash();
        cluster.elapse(cluster.lease().minusSeconds(1));
        assertThat(a.status("bert").status()).as("its lease still runs").isEqualTo(Status.ONLINE);
        cluster.elapse(Duration.ofSeconds(2));

        assertThat(a.status("bert").status()).isEqualTo(Status.OFFLINE);
        assertThat(a.status("bert").sessionCount()).isZero();
        assertThat(a.status("anna").status()).isEqualTo(Status.ONLINE);
        assertThat(a.status("anna").sessionCount()).isEqualTo(1);
        assertThat(a.sessions("anna")).extracting(UserSession::sessionId).containsExactly("s1");
        assertThat(a.sessions("bert")).isEmpty();
        assertThat(a.online()).containsExactly("anna");
        assertThat(a.count()).as("until it is reaped").isEqualTo(2);
    }

    @Test
    void aNodeThatBeatsLateCountsAgain() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        Transition came = b.open("bert", "s1");
        b.crash();
        cluster.elapseLease();
        assertThat(a.status("bert").status()).isEqualTo(Status.OFFLINE);

        assertThat(b.beat().renewed()).isTrue();
        a.beat();

        assertThat(a.status("bert").status()).isEqualTo(Status.ONLINE);
        assertThat(a.status("bert").version()).isEqualTo(came.version());
    }

    @Test
    void sessionsComeOldestFirst() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        b.open("anna", "z");
        cluster.elapse(Duration.ofSeconds(1));
        a.open("anna", "m");
        cluster.elapse(Duration.ofSeconds(1));
        b.open("anna", "a");
        a.open("bert", "other");

        assertThat(a.sessions("anna")).extracting(UserSession::sessionId).containsExactly("z", "m", "a");
        assertThat(a.sessions("nobody")).isEmpty();
    }

    // ---- friends

    @Test
    void onlineFriendsAreThoseListedAndOnline() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        a.setFriends("anna", "dora", "carl", "bert", "emil");
        a.setFriends("zoe", "anna");
        b.open("bert", "s1");
        a.open("dora", "s2");
        a.open("zoe", "s3");
        b.open("carl", "s4");
        b.close("carl", "s4");

        List<UserPresence> friends = await(a.presence().onlineFriends("anna"));

        assertThat(friends).extracting(UserPresence::userId).containsExactlyInAnyOrder("dora", "bert");
        assertThat(friends).allSatisfy(friend -> {
            assertThat(friend.status()).isEqualTo(Status.ONLINE);
            assertThat(friend.email()).isEqualTo(friend.userId() + "@example.org");
            assertThat(friend.sessionCount()).isEqualTo(1);
        });
        assertThat(await(a.presence().onlineFriends("bert"))).isEmpty();
        assertThat(await(a.presence().onlineFriends("nobody"))).isEmpty();
    }

    @Test
    void aFriendsUnknownEmailComesFromTheList() {
        Node node = cluster().join("a");
        await(node.cluster()
                .roster()
                .setFriends(
                        "anna",
                        List.of(new Friend("bert", "listed@example.org"), new Friend("carl", "listed@example.org"))));
        await(node.store().open(node.session("bert", "s1", null)));
        await(node.store().open(node.session("carl", "s2", "own@example.org")));

        assertThat(await(node.presence().onlineFriends("anna")))
                .extracting(UserPresence::email)
                .containsExactlyInAnyOrder("listed@example.org", "own@example.org");
    }

    // ---- all online users

    @Test
    void onlineUsersArePagedInAStableOrder() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 40; i++) {
            node.open("user" + i, "s");
            expected.add("user" + i);
        }
        node.open("gone", "s");
        node.close("gone", "s");

        assertThat(node.online()).containsExactlyInAnyOrderElementsOf(expected);
        List<String> order = node.online();
        for (int limit : new int[] {1, 7, 39, 40, 41, 1000}) {
            assertThat(allPages(cursor -> node.presence().online(cursor, limit), limit))
                    .extracting(UserPresence::userId)
                    .containsExactlyElementsOf(order);
        }
        Page<UserPresence> page = await(node.presence().online(null, 5));
        assertThat(page.total()).isEqualTo(40);
        assertThat(page.items()).allSatisfy(user -> {
            assertThat(user.status()).isEqualTo(Status.ONLINE);
            assertThat(user.sessionCount()).isEqualTo(1);
            assertThat(user.lastSeen()).isEqualTo(cluster.now());
            assertThat(user.version()).isPositive();
        });
        assertThat(node.count()).isEqualTo(40);
    }

    @Test
    void pagesMissNoUserWhoStays() {
        Node node = cluster().join("a");
        Set<String> stay = new TreeSet<>();
        for (int i = 0; i < 60; i++) {
            node.open("user" + i, "s");
            if (i % 2 == 0) {
                stay.add("user" + i);
            }
        }
        List<String> met = new ArrayList<>();
        String cursor = null;
        int page = 0;
        do {
            Page<UserPresence> users = await(node.presence().online(cursor, 4));
            users.items().forEach(user -> met.add(user.userId()));
            node.close("user" + (2 * page + 1), "s");
            node.open("late" + page, "s");
            page++;
            cursor = users.nextCursor();
        } while (cursor != null && page < 100);

        assertThat(cursor).isNull();
        assertThat(met).containsAll(stay);
    }

    @Test
    void withoutUsersThePageIsEmpty() {
        Node node = cluster().join("a");
        assertThat(await(node.presence().online(null, 10))).isEqualTo(Page.empty());
        assertThat(node.count()).isZero();
    }

    @Test
    void aCursorOutlivesItsUser() {
        Node node = cluster().join("a");
        for (int i = 0; i < 10; i++) {
            node.open("user" + i, "s");
        }
        List<String> order = node.online();
        Page<UserPresence> first = await(node.presence().online(null, 5));
        for (int i = 0; i < 5; i++) {
            node.close(order.get(i), "s");
        }

        assertThat(await(node.presence().online(first.nextCursor(), 10)).items())
                .extracting(UserPresence::userId)
                .containsExactlyElementsOf(order.subList(5, 10));
    }

    @Test
    void malformedCursorsAndLimitsAreRefused() {
        Node node = cluster().join("a");
        node.open("anna", "s1");
        String cursorOfSessions = "s.YW5uYQ.czE";
        for (String cursor : new String[] {
            "",
            " ",
            "x",
            "o",
            "o.",
            "o..",
            "o.YQ.YQ",
            "o.*",
            "o._w",
            "-1",
            "\ud800",
            cursorOfSessions,
            "9".repeat(100_000)
        }) {
            assertThat(failure(node.presence().online(cursor, 10)))
                    .as(cursor.substring(0, Math.min(20, cursor.length())))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cursor")
                    .hasMessageNotContaining("9999");
        }
        for (int limit : new int[] {Integer.MIN_VALUE, 0, PresenceSettings.MAX_PAGE + 1}) {
            assertThat(failure(node.presence().online(null, limit)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("limit: " + limit + " (expected: 1.." + PresenceSettings.MAX_PAGE + ")");
        }
    }

    // ---- the feed

    @Test
    void theFeedHasEveryChangeOnceInOrder() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        List<Transition> expected = new ArrayList<>();
        expected.add(a.open("anna", "s1"));
        b.open("anna", "s2");
        expected.add(b.open("bert", "s3"));
        a.close("anna", "s1");
        expected.add(b.close("anna", "s2"));
        expected.add(a.open("anna", "s4"));

        List<StatusChange> changes = follow(b, TransitionFeed.OLDEST, 2);

        assertThat(byUser(changes))
                .isEqualTo(byUser(expected.stream()
                        .map(transition -> new StatusChange(
                                transition.userId(),
                                transition.kind() == Transition.Kind.CAME_ONLINE ? Status.ONLINE : Status.OFFLINE,
                                transition.version(),
                                transition.lastSeen(),
                                transition.email()))
                        .toList()));
    }

    @Test
    void aReaderContinuesWhereItStopped() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        node.open("before", "s");
        String position = await(node.presence().transitions().newest());
        assertThat(follow(node, position, 10)).isEmpty();

        node.open("anna", "s1");
        Batch batch = await(node.presence().transitions().read(position, 10));
        assertThat(batch.changes()).extracting(StatusChange::userId).containsExactly("anna");
        assertThat(batch.gap()).isFalse();
        node.open("bert", "s2");

        assertThat(follow(node, batch.next(), 10))
                .extracting(StatusChange::userId)
                .containsExactly("bert");
        assertThat(follow(node, position, 10))
                .as("a reader that had not stored the position")
                .extracting(StatusChange::userId)
                .containsExactlyInAnyOrder("anna", "bert");
    }

    @Test
    void reapingIsInTheFeed() {
        TestCluster cluster = cluster();
        Node a = cluster.joinAndSettle("a");
        Node b = cluster.join("b");
        b.open("bert", "s1");
        b.crash();
        cluster.elapseLease();
        String position = await(a.presence().transitions().newest());
        Transition went = a.reapAll().get(0);

        assertThat(follow(a, position, 10)).singleElement().satisfies(change -> {
            assertThat(change.userId()).isEqualTo("bert");
            assertThat(change.status()).isEqualTo(Status.OFFLINE);
            assertThat(change.version()).isEqualTo(went.version());
        });
    }

    @Test
    void aReaderThatWasAwayForTooLongSeesAGap() {
        Node node = cluster(SETTINGS.withFeedLength(20)).join("a");
        node.open("anna", "s");
        String position = await(node.presence().transitions().newest());
        for (int i = 0; i < 2_000; i++) { // far more than any rounding of the length
            node.close("anna", "s");
            node.open("anna", "s");
        }

        Batch batch = await(node.presence().transitions().read(position, 10));

        assertThat(batch.gap()).isTrue();
        List<StatusChange> rest = follow(node, batch.next(), 100);
        assertThat(rest).isNotEmpty();
        assertThat(rest.get(rest.size() - 1).version())
                .as("the newest is kept")
                .isEqualTo(node.status("anna").version());
        assertThat(await(node.presence().transitions().read(TransitionFeed.OLDEST, 10))
                        .gap())
                .isFalse();
    }

    @Test
    void malformedPositionsAreRefused() {
        TransitionFeed feed = cluster().join("a").presence().transitions();
        for (String position : new String[] {"", "x", "-", "0-", "-1", "a-b", "\ud800"}) {
            assertThat(failure(feed.read(position, 10)))
                    .as(position)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("position");
        }
        assertThat(failure(feed.read(TransitionFeed.OLDEST, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit: 0");
    }

    // ---- groups of readers

    @Test
    void aGroupSharesTheFeed() {
        TestCluster cluster = cluster();
        Node a = cluster.join("a");
        Node b = cluster.join("b");
        Group one = a.presence().transitions().group("billing", "one");
        Group two = b.presence().transitions().group("billing", "two");
        await(one.read(10));
        await(two.read(10));
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            expected.add("user" + i + "@" + a.open("user" + i, "s").version());
        }
        List<String> byOne = handle(one);
        List<String> byTwo = handle(two);
        assertThat(byOne.size() + byTwo.size()).isEqualTo(30);
        List<String> all = new ArrayList<>(byOne);
        all.addAll(byTwo);
        assertThat(all).doesNotHaveDuplicates().isSubsetOf(expected);
        assertThat(await(one.read(10)).changes()).isEmpty();
        assertThat(await(two.read(10)).changes()).isEmpty();
        assertThat(handle(a.presence().transitions().group("other", "one")))
                .as("another group, from the beginning")
                .hasSize(30);
    }

    @Test
    void unacknowledgedChangesAreReadAgain() {
        Node node = cluster().join("a");
        Group group = node.presence().transitions().group("billing", "one");
        node.open("anna", "s1");
        Batch batch = await(group.read(10));
        assertThat(batch.changes()).extracting(StatusChange::userId).containsExactly("anna");
        assertThat(await(group.read(10)).changes()).isEqualTo(batch.changes());
        assertThat(await(group.acknowledge(batch))).isTrue();
        assertThat(await(group.read(10)).changes()).isEmpty();
        node.close("anna", "s1");
        assertThat(await(node.presence().transitions().group("billing", "one").read(10))
                        .changes())
                .as("the same reader after a restart")
                .extracting(StatusChange::status)
                .containsExactly(Status.OFFLINE);
    }

    @Test
    void theShareOfAReaderThatStoppedGoesToTheOthers() {
        TestCluster cluster = cluster();
        Node node = cluster.join("a");
        TransitionFeed feed = node.presence().transitions();
        Group stopped = feed.group("billing", "a-stopped");
        Group other = feed.group("billing", "b-other");
        node.open("anna", "s1");
        Batch batch = await(stopped.read(10));
        assertThat(batch.changes()).hasSize(1);
        cluster.elapse(Group.LEASE.plusSeconds(1));
        assertThat(await(other.read(10)).changes()).isEqualTo(batch.changes());
        assertThat(await(stopped.acknowledge(batch))).as("too late").isFalse();
        Batch again = await(other.read(10));
        assertThat(await(other.acknowledge(again))).isTrue();

        node.close("anna", "s1");
        await(stopped.read(10));
        await(stopped.leave());
        await(stopped.leave());
        assertThat(await(other.read(10)).changes())
                .extracting(StatusChange::status)
                .containsExactly(Status.OFFLINE);
    }

    @Test
    void malformedNamesOfReadersAreRefused() {
        TransitionFeed feed = cluster().join("a").presence().transitions();
        for (String name : new String[] {"", "a b", "{a}", "\u00e4", "x".repeat(129)}) {
            assertThatThrownBy(() -> feed.group(name, "one")).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> feed.group("billing", name)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(failure(feed.group("billing", "one").read(0))).hasMessageContaining("limit: 0");
    }

    /** Reads and acknowledges until nothing is left. */
    private static List<String> handle(Group group) {
        List<String> handled = new ArrayList<>();
        Batch batch;
        do {
            batch = await(group.read(4));
            assertThat(batch.gap()).isFalse();
            assertThat(batch.changes()).hasSizeLessThanOrEqualTo(4);
            batch.changes().forEach(change -> handled.add(change.userId() + "@" + change.version()));
            assertThat(await(group.acknowledge(batch))).isTrue();
        } while (!batch.changes().isEmpty());
        return handled;
    }

    private static List<StatusChange> follow(Node node, String from, int limit) {
        List<StatusChange> changes = new ArrayList<>();
        String position = from;
        Batch batch;
        do {
            batch = await(node.presence().transitions().read(position, limit));
            assertThat(batch.changes()).hasSizeLessThanOrEqualTo(limit);
            assertThat(batch.gap()).isFalse();
            changes.addAll(batch.changes());
            position = batch.next();
        } while (!batch.changes().isEmpty());
        return changes;
    }

    private static Map<String, List<StatusChange>> byUser(List<StatusChange> changes) {
        Map<String, List<StatusChange>> byUser = new HashMap<>();
        for (StatusChange change : changes) {
            byUser.computeIfAbsent(change.userId(), user -> new ArrayList<>()).add(change);
        }
        return byUser;
    }
}
