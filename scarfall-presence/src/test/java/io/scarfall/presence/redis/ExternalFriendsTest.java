package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.TestCluster.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.Friend;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.StoreListener;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.testing.Await;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lists of friends that other systems write. */
class ExternalFriendsTest {

    private final RedisServer redis = RedisServer.start();
    private final RedisFixture fixture = new RedisFixture(
            PresenceSettings.DEFAULTS.withMaxFriends(100),
            () -> RedisPresenceCluster.builder().address(redis.uri()));
    private final Roster roster = fixture.process(0).roster();

    @AfterEach
    void close() {
        fixture.close();
        redis.close();
    }

    @Test
    void friendsAreReadFromBothLists() {
        write("anna", "[{\"_id\":\"bert\",\"email\":\"b@example.org\",\"name\":{\"x\":[1]}},{\"userId\":\"carl\"}]");
        await(roster.setFriends("anna", List.of(Friend.of("bert"), Friend.of("dora"))));
        assertThat(await(roster.friends("anna")))
                .containsExactly(new Friend("bert", "b@example.org"), Friend.of("carl"), Friend.of("dora"));
    }

    @Test
    void aRefreshIndexesListedFriends() {
        write("anna", "[{\"_id\":\"bert\"},{\"userId\":\"carl\"}]");
        assertThat(watchers("bert")).isEmpty();
        await(roster.refresh("anna"));
        assertThat(watchers("bert")).containsExactly("anna");
        assertThat(watchers("carl")).containsExactly("anna");

        write("anna", "[{\"_id\":\"carl\"}]");
        await(roster.refresh("anna"));
        assertThat(watchers("bert")).as("not so soon again").containsExactly("anna");
        fixture.advance(Duration.ofSeconds(6));
        await(roster.refresh("anna"));
        assertThat(watchers("bert")).isEmpty();
        assertThat(watchers("carl")).containsExactly("anna");

        redis.command("DEL", "friends:anna");
        fixture.advance(Duration.ofSeconds(6));
        await(roster.refresh("anna"));
        assertThat(watchers("carl")).isEmpty();
    }

    @Test
    void aListThatChangesMeanwhileIsSeenAtOnceAndFollowedAfterTheNextRefresh() {
        TestCluster nodes = new TestCluster(fixture);
        TestCluster.Node node = nodes.join("a");
        node.open("anna", "s1");
        await(roster.refresh("anna"));
        assertThat(node.open("bert", "s2").watchers().items()).isEmpty();
        write("anna", "[{\"_id\":\"bert\"}]");
        assertThat(await(node.presence().onlineFriends("anna")))
                .extracting(UserPresence::userId)
                .containsExactly("bert");
        nodes.elapse(Duration.ofSeconds(60));
        await(roster.refresh("anna"));
        assertThat(node.close("bert", "s2").watchers().items()).containsExactly("anna");

        write("anna", "[]");
        nodes.elapse(Duration.ofSeconds(60));
        await(roster.refresh("anna"));
        assertThat(node.open("bert", "s3").watchers().items()).isEmpty();
    }

    /** A back end that is not a node has no listener; the user's node finds the note at its next refresh. */
    @Test
    void aRefreshFindsAdditionsByABackEndIfTheUserIsOnline() {
        TestCluster nodes = new TestCluster(fixture);
        TestCluster.Node node = nodes.join("a");
        node.open("anna", "s1");
        Roster backEnd = fixture.process(1).roster();
        List<String> told = new CopyOnWriteArrayList<>();
        roster.addListener((userId, added) -> told.add(userId + " " + added));

        await(backEnd.addFriend("anna", Friend.of("bert")));
        await(backEnd.addFriend("offline", Friend.of("bert")));
        assertThat(watchers("bert")).as("at once").containsExactly("anna", "offline");
        assertThat(told).isEmpty();
        // No caller waits until the note about a user without a session is removed.
        Await.until(
                "no note to be left",
                () -> redis.command("KEYS", "*:unindexed:offline") instanceof List<?> left && left.isEmpty());
        await(roster.refresh("anna"));
        await(roster.refresh("offline"));
        assertThat(told).containsExactly("anna [bert]");

        fixture.advance(Duration.ofSeconds(6));
        await(roster.refresh("anna"));
        write("anna", "[{\"_id\":\"bert\"},{\"_id\":\"carl\"}]");
        fixture.advance(Duration.ofSeconds(6));
        await(roster.refresh("anna"));
        assertThat(told).as("once, and what others wrote").containsExactly("anna [bert]", "anna [carl]");
    }

    @Test
    void aFriendOnBothListsIsWatchedUntilOnNeither() {
        write("anna", "[{\"_id\":\"bert\"}]");
        await(roster.addFriend("anna", Friend.of("bert")));
        await(roster.refresh("anna"));
        await(roster.removeFriend("anna", "bert"));
        assertThat(watchers("bert")).containsExactly("anna");
        write("anna", "[]");
        fixture.advance(Duration.ofSeconds(6));
        await(roster.refresh("anna"));
        assertThat(watchers("bert")).isEmpty();
    }

    @Test
    void itemsWithoutAUserIdAreSkipped() {
        write(
                "anna",
                "[1,null,[{\"_id\":\"x\"}],{},{\"_id\":\"\"},{\"_id\":{\"$oid\":\"y\"}},{\"_id\":7},{\"userId\":\"bert\",\"_id\":\"z\"}]");
        assertThat(await(roster.friends("anna"))).containsExactly(Friend.of("7"), Friend.of("z"));
    }

    /** In the predecessor's data userId is a display name, and an email is only displayed. */
    @Test
    void theIdOfTheOtherSystemWinsAndABadEmailLosesNoFriend() {
        write(
                "anna",
                "[{\"userId\":\"Bert B.\",\"_id\":\"bert\"},{\"_id\":\"\",\"userId\":\"carl\"},{\"_id\":\"dora\",\"email\":\""
                        + "e".repeat(5_000) + "\"}]");
        assertThat(await(roster.friends("anna")))
                .containsExactly(Friend.of("bert"), Friend.of("carl"), Friend.of("dora"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  \n", "null", " null ", "[]"})
    void nullAndNothingAreNoFriends(String json) {
        write("anna", json);
        await(roster.addFriend("anna", Friend.of("carl")));
        assertThat(await(roster.listing("anna")))
                .isEqualTo(new Roster.Listing(List.of(Friend.of("carl")), Roster.Missing.NOTHING));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{}",
                "[{\"_id\":\"bert\"",
                "[{\"_id\":\"bert\"},]",
                "\uFEFF[{\"_id\":\"bert\"}]",
                "\"[{\\\"_id\\\":\\\"bert\\\"}]\"",
                "null null",
                "[{\"_id\":\"secret@example.org\"}"
            })
    void ofAnUnreadableListTheOwnFriendsAreLeft(String json) {
        write("anna", json);
        await(roster.addFriend("anna", Friend.of("carl")));
        assertThat(await(roster.listing("anna")))
                .isEqualTo(new Roster.Listing(List.of(Friend.of("carl")), Roster.Missing.UNREADABLE));
        assertThat(await(roster.friends("anna"))).containsExactly(Friend.of("carl"));
        assertThat(failure(roster.refresh("anna")))
                .hasMessageContaining("malformed")
                .hasMessageNotContaining("secret");
    }

    /** A long list is read as bytes, a short one as text. */
    @Test
    void aByteOrderMarkMakesALongListUnreadableToo() {
        String json = "[{\"_id\":\"bert\"}" + " ".repeat(JsonFriends.SHORT_BYTES) + "]";
        write("anna", json);
        assertThat(await(roster.listing("anna")))
                .isEqualTo(new Roster.Listing(List.of(Friend.of("bert")), Roster.Missing.NOTHING));
        write("anna", '\uFEFF' + json);
        assertThat(await(roster.listing("anna"))).isEqualTo(new Roster.Listing(List.of(), Roster.Missing.UNREADABLE));
    }

    @Test
    void aListOfAnotherTypeIsUnreadable() {
        redis.command("RPUSH", RedisKeys.json("anna"), "bert");
        await(roster.addFriend("anna", Friend.of("carl")));
        assertThat(await(roster.listing("anna")))
                .isEqualTo(new Roster.Listing(List.of(Friend.of("carl")), Roster.Missing.UNREADABLE));
    }

    /** Watchers keep getting notices: the index keeps the list that was readable last. */
    @Test
    void aListThatBecomesUnreadableLosesNoWatcher() {
        write("anna", "[{\"_id\":\"bert\"}]");
        await(roster.refresh("anna"));
        write("anna", "[{\"_id\":\"bert\"},]");
        fixture.advance(Duration.ofSeconds(6));
        assertThat(failure(roster.refresh("anna"))).isNotNull();
        assertThat(watchers("bert")).containsExactly("anna");
    }

    @Test
    void ofATooLongListTheFirstCount() {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < 150; i++) {
            json.append(i == 0 ? "" : ",").append("{\"_id\":\"friend").append(i).append("\"}");
        }
        write("anna", json.append(']').toString());
        assertThat(await(roster.friends("anna"))).hasSize(100);
        await(roster.refresh("anna"));
        assertThat(watchers("friend99")).containsExactly("anna");
        assertThat(watchers("friend100")).isEmpty();
    }

    @Test
    void aListOfManyBytesIsReadUpToABoundThatIsCheckedBeforeItIsFetched() {
        StringBuilder json = new StringBuilder("[");
        for (int i = 0; i < 60; i++) {
            json.append(i == 0 ? "" : ",").append("{\"_id\":\"friend").append(i).append("\",\"about\":\"");
            json.append("ä".repeat(1_000)).append("\"}"); // two bytes each
        }
        AtomicInteger cut = new AtomicInteger();
        RedisState bounded = RedisPresenceCluster.builder()
                .address(redis.uri())
                .maxFriendsBytes(100_001)
                .listener(new StoreListener() {
                    @Override
                    public void ended(Operation operation, Outcome outcome, long nanos) {}

                    @Override
                    public void friendsCutOff() {
                        cut.incrementAndGet();
                    }
                })
                .buildState();
        try {
            await(bounded.connected());
            write("anna", json.append(']').toString());
            redis.command("CONFIG", "RESETSTAT");
            List<Friend> friends = await(bounded.roster().friends("anna"));
            assertThat(friends).hasSizeBetween(48, 50).contains(Friend.of("friend0"), Friend.of("friend47"));
            assertThat(cut).hasValue(1);
            String stats = String.valueOf(redis.command("INFO", "commandstats"));
            assertThat(stats).contains("cmdstat_strlen:calls=1").contains("cmdstat_getrange:calls=1");
            assertThat(stats).doesNotContain("cmdstat_get:");
        } finally {
            bounded.close();
        }
    }

    private void write(String userId, String json) {
        redis.command("SET", "friends:" + userId, json);
    }

    private List<String> watchers(String userId) {
        return await(roster.watchers(userId, null, 100)).items();
    }
}
