package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.presence.PresenceSettings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Friends of a user with a list of Scarfall and a list of another system, as clients and services see them. */
class FriendListsRedisTest {

    private final SharedState.InRedis state = new SharedState.InRedis();
    private final Scarfall scarfall =
            OneNode.onFreePorts().cluster(state.view(PresenceSettings.DEFAULTS)).start();
    private final Client service = Client.connect(scarfall.internalPort()).joined();

    @AfterEach
    void stop() {
        service.close();
        scarfall.close();
        state.close();
    }

    private void anotherSystemWrites(String userId, String json) {
        state.redis.command("SET", "friends:" + userId, json);
    }

    private void lists(String userId, String friendId) {
        JsonNode answer =
                service.ask("add_friend", "{'userId':'" + userId + "','friend':{'userId':'" + friendId + "'}}");
        assertThat(answer.at("/status").asText()).isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{}",
                "\uFEFF[{\"_id\":\"carol\"}]",
                "[{\"_id\":\"carol\"},]",
                "\"[{\\\"_id\\\":\\\"carol\\\"}]\"",
                "LPUSH"
            })
    void theAnswerReportsAnUnreadableListAndContainsTheOtherFriends(String json) {
        if (json.equals("LPUSH")) {
            state.redis.command("LPUSH", "friends:alice", "carol");
        } else {
            anotherSystemWrites("alice", json);
        }
        lists("alice", "bob");
        try (CapturedLog log = new CapturedLog("io.scarfall.presence.redis");
                Client bob = Client.user(scarfall.userPort(), "bob");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            for (String event : new String[] {"get_online_users", "get_online_friends_only", "get_online_users"}) {
                JsonNode answer = alice.ask(event);
                assertThat(answer.at("/code").asText()).as(event).isEqualTo("friends_unreadable");
                assertThat(answer.at("/users")).hasSize(1);
                assertThat(answer.at("/users/0/userId").asText()).isEqualTo("bob");
            }
            assertThat(log.text())
                    .containsOnlyOnce("WARN")
                    .contains("unreadable data in Redis kind=friends key=friends:alice")
                    .doesNotContain("carol");
            assertThat(bob.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]"})
    void anEmptyListMeansNoFriends(String json) {
        anotherSystemWrites("alice", json);
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("get_online_users")).isEqualTo(Client.parse("{'users':[]}"));
        }
    }

    @Test
    void aRepairedListIsReadAgain() {
        anotherSystemWrites("alice", "[{\"_id\":\"carol\"},]");
        try (Client carol = Client.user(scarfall.userPort(), "carol");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("get_online_users"))
                    .isEqualTo(Client.parse("{'users':[],'code':'friends_unreadable'}"));
            anotherSystemWrites("alice", "[{\"_id\":\"carol\"}]");
            JsonNode answer = alice.ask("get_online_users");
            assertThat(answer.has("code")).isFalse();
            assertThat(answer.at("/users/0/userId").asText()).isEqualTo("carol");
            assertThat(carol.isConnected()).isTrue();
        }
    }

    private JsonNode removes(String userId, String friendId) {
        return service.ask("remove_friend", "{'userId':'" + userId + "','friendId':'" + friendId + "'}");
    }

    private JsonNode sets(String userId, String friends) {
        return service.ask("set_friends", "{'userId':'" + userId + "','friends':" + friends + "}");
    }

    @Test
    void theAckNamesARemovedFriendThatAnotherSystemLists() {
        anotherSystemWrites("alice", "[{\"_id\":\"carol\"},{\"userId\":7},{\"_id\":\"dave\"}]");
        lists("alice", "carol");
        lists("alice", "bob");
        JsonNode carolStays = Client.parse("{'status':'ok','code':'listed_elsewhere','friendIds':['carol']}");
        assertThat(removes("alice", "carol")).isEqualTo(carolStays);
        assertThat(removes("alice", "carol")).isEqualTo(carolStays);
        assertThat(removes("alice", "7").at("/friendIds/0").asText()).isEqualTo("7");
        assertThat(removes("alice", "bob")).isEqualTo(Client.parse("{'status':'ok'}"));
        assertThat(removes("alice", "stranger")).isEqualTo(Client.parse("{'status':'ok'}"));
        try (Client carol = Client.user(scarfall.userPort(), "carol");
                Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(alice.ask("get_online_users").at("/users/0/userId").asText())
                    .as("the ack was right")
                    .isEqualTo("carol");
            anotherSystemWrites("alice", "[]");
            assertThat(removes("alice", "carol")).isEqualTo(Client.parse("{'status':'ok'}"));
            assertThat(alice.ask("get_online_users").at("/users")).isEmpty();
            assertThat(carol.isConnected()).isTrue();
        }
    }

    @Test
    void theAckNamesAFriendMissingInANewListThatAnotherSystemLists() {
        anotherSystemWrites("alice", "[{\"_id\":\"dave\"},{\"_id\":\"carol\"}]");
        assertThat(sets("alice", "[]"))
                .isEqualTo(Client.parse("{'status':'ok','code':'listed_elsewhere','friendIds':['carol','dave']}"));
        assertThat(sets("alice", "[{'userId':'carol'},{'userId':'bob'}]"))
                .isEqualTo(Client.parse("{'status':'ok','code':'listed_elsewhere','friendIds':['dave']}"));
        assertThat(sets("alice", "['carol','dave','erin']")).isEqualTo(Client.parse("{'status':'ok'}"));
        assertThat(sets("bob", "[]")).isEqualTo(Client.parse("{'status':'ok'}"));
    }

    @Test
    void theAckReportsAnUnreadableList() {
        anotherSystemWrites("alice", "[{\"_id\":\"carol\"},]");
        JsonNode unknown = Client.parse("{'status':'ok','code':'friends_unreadable'}");
        lists("alice", "carol");
        assertThat(removes("alice", "carol")).isEqualTo(unknown);
        assertThat(sets("alice", "[]")).isEqualTo(unknown);
    }
}
