package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.allPages;
import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The contract of a {@link Roster} that can be written. */
public abstract class RosterContract extends ClusterContract {

    @Test
    void listingIsDirected() {
        Roster roster = roster();
        set(roster, "anna", Friend.of("bert"), Friend.of("carl"));
        set(roster, "bert", Friend.of("carl"));

        assertThat(friends(roster, "anna")).containsExactlyInAnyOrder(Friend.of("bert"), Friend.of("carl"));
        assertThat(friends(roster, "carl")).isEmpty();
        assertThat(watchers(roster, "anna")).isEmpty();
        assertThat(watchers(roster, "bert")).containsExactly("anna");
        assertThat(watchers(roster, "carl")).containsExactlyInAnyOrder("anna", "bert");
    }

    @Test
    void settingReplacesTheListAndItsIndex() {
        Roster roster = roster();
        set(roster, "anna", Friend.of("bert"), Friend.of("carl"));
        set(roster, "anna", Friend.of("carl"), Friend.of("dora"));
        assertThat(friends(roster, "anna")).containsExactlyInAnyOrder(Friend.of("carl"), Friend.of("dora"));
        assertThat(watchers(roster, "bert")).isEmpty();
        assertThat(watchers(roster, "carl")).containsExactly("anna");
        assertThat(watchers(roster, "dora")).containsExactly("anna");

        set(roster, "anna", Friend.of("carl"), Friend.of("dora"));
        assertThat(watchers(roster, "carl")).containsExactly("anna");

        set(roster, "anna");
        assertThat(friends(roster, "anna")).isEmpty();
        assertThat(watchers(roster, "carl")).isEmpty();
    }

    @Test
    void ofRepeatedFriendsTheLastCounts() {
        Roster roster = roster();
        set(roster, "anna", new Friend("bert", "old@example.org"), new Friend("bert", "new@example.org"));
        assertThat(friends(roster, "anna")).containsExactly(new Friend("bert", "new@example.org"));
    }

    @Test
    void friendsAreAddedAndRemovedOneByOne() {
        Roster roster = roster();
        assertThat(await(roster.addFriend("anna", Friend.of("bert")))).isTrue();
        assertThat(await(roster.addFriend("anna", new Friend("bert", "b@example.org"))))
                .isFalse();
        assertThat(await(roster.addFriend("anna", Friend.of("carl")))).isTrue();
        assertThat(friends(roster, "anna"))
                .containsExactlyInAnyOrder(new Friend("bert", "b@example.org"), Friend.of("carl"));
        assertThat(watchers(roster, "bert")).containsExactly("anna");

        assertThat(await(roster.removeFriend("anna", "bert"))).isTrue();
        assertThat(await(roster.removeFriend("anna", "bert"))).isFalse();
        assertThat(await(roster.removeFriend("nobody", "bert"))).isFalse();
        assertThat(friends(roster, "anna")).containsExactly(Friend.of("carl"));
        assertThat(watchers(roster, "bert")).isEmpty();
        assertThat(watchers(roster, "carl")).containsExactly("anna");
    }

    @Test
    void aListenerReceivesNewFriends() {
        Roster roster = roster();
        List<String> told = new CopyOnWriteArrayList<>();
        List<String> toldLater = new CopyOnWriteArrayList<>();
        Roster.AddedListener first = (userId, added) -> told.add(userId + " " + new TreeSet<>(added));
        roster.addListener(first);
        roster.addListener((userId, added) -> toldLater.add(userId + " " + new TreeSet<>(added)));

        set(roster, "anna", Friend.of("bert"), Friend.of("carl"));
        set(roster, "anna", Friend.of("carl"), Friend.of("dora"));
        await(roster.addFriend("anna", new Friend("carl", "c@example.org")));
        await(roster.addFriend("anna", Friend.of("emil")));
        await(roster.removeFriend("anna", "emil"));
        assertThat(told).containsExactly("anna [bert, carl]", "anna [dora]", "anna [emil]");
        assertThat(toldLater).as("the first one is enough").isEmpty();

        roster.removeListener(first);
        await(roster.addFriend("anna", Friend.of("emil")));
        set(roster, "anna");
        assertThat(told).hasSize(3);
        assertThat(toldLater).containsExactly("anna [emil]");
    }

    @Test
    void aListenerThatFailsCostsNoChange() {
        Roster roster = roster();
        roster.addListener((userId, added) -> {
            throw new IllegalStateException("as a test wants it");
        });
        assertThat(await(roster.addFriend("anna", Friend.of("bert")))).isTrue();
        assertThat(watchers(roster, "bert")).containsExactly("anna");
    }

    @Test
    void anUnchangedListKeepsItsOrder() {
        Roster roster = roster();
        List<Friend> list = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            list.add(Friend.of("friend" + i));
        }
        await(roster.setFriends("anna", list));
        assertThat(friends(roster, "anna")).isEqualTo(friends(roster, "anna"));
    }

    @Test
    void aListTooLongIsRefusedAndLeftAsItWas() {
        Roster roster = roster();
        int max = SETTINGS.maxFriends();
        List<Friend> list = new ArrayList<>();
        for (int i = 0; i <= max; i++) {
            list.add(Friend.of("friend" + i));
        }
        await(roster.setFriends("anna", list.subList(0, max)));

        assertThat(failure(roster.setFriends("anna", list)))
                .isInstanceOf(TooManyFriendsException.class)
                .hasMessage("friends: " + (max + 1) + " (expected: <= " + max + ")");
        assertThat(failure(roster.addFriend("anna", list.get(max)))).isInstanceOf(TooManyFriendsException.class);

        assertThat(friends(roster, "anna")).hasSize(max);
        assertThat(watchers(roster, "friend" + max)).isEmpty();
        assertThat(await(roster.addFriend("anna", list.get(0)))).as("is listed").isFalse();
        assertThat(await(roster.removeFriend("anna", "friend0"))).isTrue();
        assertThat(await(roster.addFriend("anna", list.get(max)))).isTrue();
    }

    @Test
    void watchersArePaged() {
        Roster roster = roster();
        Set<String> expected = new TreeSet<>();
        for (int i = 0; i < 25; i++) {
            set(roster, "fan" + i, Friend.of("star"));
            expected.add("fan" + i);
        }
        for (int limit : new int[] {1, 7, 24, 25, 26}) {
            assertThat(allPages(cursor -> roster.watchers("star", cursor, limit), limit))
                    .containsOnly(expected.toArray(new String[0]))
                    .containsAll(expected);
        }
        assertThat(await(roster.watchers("star", null, 3)).total()).isEqualTo(25);
        assertThat(await(roster.watchers("nobody", null, 3))).isEqualTo(Page.empty());
    }

    @Test
    void wrongArgumentsAreRefused() {
        Roster roster = roster();
        assertThat(failure(roster.setFriends("", List.of()))).isInstanceOf(IllegalArgumentException.class);
        assertThat(failure(roster.watchers("anna", "x", 10)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cursor");
        assertThat(failure(roster.watchers("anna", null, 0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("limit");
    }

    @Test
    void concurrentListsOfOneUserEndAsOneOfThem() throws Exception {
        TestCluster cluster = cluster();
        int rounds = concurrentWrites();
        List<Callable<List<String>>> writers = new ArrayList<>();
        for (int w = 0; w < 3; w++) {
            String writer = "friend" + w + "-";
            Roster roster = cluster.join("n" + w).cluster().roster();
            writers.add(() -> {
                List<String> listed = new ArrayList<>();
                for (int i = 0; i < rounds; i++) {
                    set(roster, "anna", Friend.of(writer + i), Friend.of("carl")); // no test cleans up after another
                    listed.add(writer + i);
                }
                return listed;
            });
        }
        List<String> everListed = TestCluster.inParallel(writers);

        Roster roster = cluster.join("reader").cluster().roster();
        List<Friend> friends = friends(roster, "anna");
        assertThat(friends).hasSize(2).contains(Friend.of("carl"));
        assertThat(watchers(roster, "carl")).containsExactly("anna");
        for (String friend : everListed) {
            assertThat(watchers(roster, friend))
                    .as(friend)
                    .isEqualTo(friends.contains(Friend.of(friend)) ? List.of("anna") : List.of());
        }
    }

    private Roster roster() {
        return cluster().join("a").cluster().roster();
    }

    private static void set(Roster roster, String userId, Friend... friends) {
        await(roster.setFriends(userId, List.of(friends)));
    }

    private static List<Friend> friends(Roster roster, String userId) {
        return await(roster.friends(userId));
    }

    private static List<String> watchers(Roster roster, String userId) {
        return allPages(cursor -> roster.watchers(userId, cursor, 10), 10);
    }
}
