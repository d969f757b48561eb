package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.memory.MemoryCluster;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices about friends, and queries for online users, on one node. */
class FriendsTest extends OneNode {
    private final NodeAccess cluster = NodeAccess.of(MemoryCluster.create());
    private int port;

    @BeforeEach
    void start() {
        scarfall = onFreePorts()
                .cluster(cluster)
                .sessions(SessionConfig.DEFAULT.withMaxPageSize(20))
                .start();
        port = scarfall.userPort();
    }

    private void lists(String userId, String... friends) {
        List<Friend> list = new ArrayList<>();
        for (String friend : friends) {
            list.add(Friend.of(friend));
        }
        scarfall.roster().setFriends(userId, list).toCompletableFuture().join();
    }

    @Test
    void onlyUsersThatListAUserGetNoticesAboutThem() {
        lists("watcher", "alice");
        lists("alice", "listed");

        try (Client phone = Client.user(port, "watcher");
                Client laptop = Client.user(port, "watcher");
                Client stranger = Client.user(port, "stranger");
                Client listed = Client.user(port, "listed");
                Client anonymous = Client.connect(port).joined()) {
            Client alice = Client.user(port, "alice");
            for (Client device : List.of(phone, laptop)) {
                JsonNode online = device.next("user_status_update");
                assertThat(online.at("/userId").asText()).isEqualTo("alice");
                assertThat(online.at("/status").asText()).isEqualTo("online");
                assertThat(online.at("/email").asText()).isEqualTo("alice@example.com");
                assertThat(Instant.parse(online.at("/lastSeen").asText())).isBeforeOrEqualTo(Instant.now());
                assertThat(online.at("/version").asLong()).isPositive();
                assertThat(online).hasSize(5);
            }
            alice.leave();
            for (Client device : List.of(phone, laptop)) {
                JsonNode offline = device.next("user_status_update");
                assertThat(offline.at("/status").asText()).isEqualTo("offline");
                assertThat(offline.at("/email").asText()).isEqualTo("alice@example.com");
            }
            for (Client other : List.of(stranger, listed, anonymous)) {
                other.ask("ping");
                assertThat(other.received("user_status_update")).isEmpty();
            }
        }
    }

    /** Defect 3 of the predecessor: see the name of the test. */
    @Test
    void aUserIsOnlineWhileAnyDeviceIsConnected() {
        lists("watcher", "alice");

        try (Client watcher = Client.user(port, "watcher");
                Client phone = Client.user(port, "alice")) {
            JsonNode online = watcher.next("user_status_update");
            Client laptop = Client.user(port, "alice");
            laptop.leave();
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    watcher.ask("get_detailed_online_users").toString())
                            .contains("\"sessionCount\":1")
                            .doesNotContain("\"sessionCount\":2"));
            assertThat(watcher.ask("get_online_users").at("/users/0/userId").asText())
                    .isEqualTo("alice");
            assertThat(watcher.send("x", "alice").at("/status").asText()).isEqualTo("sent");
            assertThat(watcher.received("user_status_update")).isEmpty();

            phone.leave();
            JsonNode offline = watcher.next("user_status_update");
            assertThat(offline.at("/status").asText()).isEqualTo("offline");
            assertThat(offline.at("/version").asLong())
                    .isGreaterThan(online.at("/version").asLong());
            assertThat(watcher.ask("get_online_users")).isEqualTo(Client.parse("{'users':[]}"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"get_online_users", "get_online_friends_only"})
    void onlineFriendsAreTheListedOnes(String event) {
        lists("alice", "offline", "carol", "bob");

        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob");
                Client carol = Client.user(port, "carol");
                Client stranger = Client.user(port, "stranger")) {
            JsonNode users = alice.ask(event).at("/users");
            assertThat(users).extracting(user -> user.at("/userId").asText()).containsExactlyInAnyOrder("bob", "carol");
            assertThat(users).allSatisfy(user -> {
                assertThat(user).hasSize(5);
                assertThat(user.at("/version").asLong()).isPositive();
                assertThat(user.at("/email").asText())
                        .isEqualTo(user.at("/userId").asText() + "@example.com");
                assertThat(user.at("/status").asText()).isEqualTo("online");
                assertThat(Instant.parse(user.at("/lastSeen").asText())).isBeforeOrEqualTo(Instant.now());
            });
            assertThat(bob.ask(event)).isEqualTo(Client.parse("{'users':[]}"));
            assertThat(carol.isConnected() && stranger.isConnected()).isTrue();
        }
    }

    @Test
    void allOnlineUsersAreListedInPages() {
        Set<String> everybody = new HashSet<>(Set.of("alice"));
        NodeId other = cluster.lease().join("other").toCompletableFuture().join();
        for (int i = 0; i < 49; i++) {
            everybody.add("user" + i);
            open(other, "user" + i, "1");
        }
        try (Client alice = Client.user(port, "alice")) {
            JsonNode first = alice.ask("get_all_online_users");
            assertThat(first.at("/users")).hasSize(20);
            assertThat(first.at("/total").asInt()).isEqualTo(50);
            assertThat(first.at("/nextCursor").isTextual()).isTrue();
            assertThat(first.at("/users/0")).hasSize(3);
            assertThat(first.at("/users/0/status").asText()).isEqualTo("online");
            assertThat(first.at("/users/0/lastSeen").asText()).isNotEmpty();

            assertThat(walk(alice, "get_all_online_users", 7)).isEqualTo(everybody);
            assertThat(walk(alice, "get_detailed_online_users", 20)).isEqualTo(everybody);
            assertThat(alice.ask("get_all_online_users", "{'limit':1000}").at("/users"))
                    .hasSize(20);
        }
    }

    private static Set<String> walk(Client client, String event, int limit) {
        Set<String> users = new HashSet<>();
        String cursor = "";
        do {
            JsonNode page = client.ask(event, "{'limit':" + limit + cursor + "}");
            assertThat(page.at("/total").asInt()).isEqualTo(50);
            assertThat(page.at("/users").size()).isLessThanOrEqualTo(limit);
            page.at("/users")
                    .forEach(user ->
                            assertThat(users.add(user.at("/userId").asText())).isTrue());
            cursor = page.at("/nextCursor").isNull()
                    ? ""
                    : ",'cursor':'" + page.at("/nextCursor").asText() + "'";
        } while (!cursor.isEmpty());
        return users;
    }

    private void open(NodeId node, String userId, String sessionId) {
        UserSession session = new UserSession(userId, sessionId, node, Instant.now(), Instant.now(), null, null, null);
        cluster.store().open(session).toCompletableFuture().join();
    }

    @Test
    void detailedUsersIncludeTheNumberOfSessions() {
        try (Client alice = Client.user(port, "alice");
                Client phone = Client.user(port, "bob");
                Client laptop = Client.user(port, "bob")) {
            JsonNode answer = alice.ask("get_detailed_online_users", "{}");

            assertThat(answer.at("/total").asInt()).isEqualTo(2);
            assertThat(Instant.parse(answer.at("/timestamp").asText())).isBeforeOrEqualTo(Instant.now());
            assertThat(answer.at("/nextCursor").isNull()).isTrue();
            assertThat(answer.at("/users")).allSatisfy(user -> {
                boolean isBob = user.at("/userId").asText().equals("bob");
                assertThat(user).hasSize(5);
                assertThat(user.at("/sessionCount").asInt()).isEqualTo(isBob ? 2 : 1);
                assertThat(user.at("/email").asText())
                        .isEqualTo(user.at("/userId").asText() + "@example.com");
                assertThat(user.at("/status").asText()).isEqualTo("online");
            });
            assertThat(phone.isConnected() && laptop.isConnected()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'cursor':'nonsense'} | cursor",
                "{'limit':-1}          | limit",
                "{'limit':'many'}      | invalid arguments: [0].limit",
                "{'cursor':[1]}        | invalid arguments: [0].cursor",
            })
    void anInvalidPageIsRefused(String request, String error) {
        try (Client alice = Client.user(port, "alice")) {
            JsonNode answer = alice.ask("get_all_online_users", request);

            assertThat(answer.at("/status").asText()).isEqualTo("error");
            assertThat(answer.at("/code").asText()).isEqualTo("invalid");
            assertThat(answer.at("/error").asText()).contains(error);
            assertThat(answer.has("users")).isFalse();
        }
    }

    /** In the predecessor these events had no arguments, so its clients send arbitrary ones. */
    @ParameterizedTest
    @ValueSource(
            strings = {"''", "[]", "[1]", "true", "0", "7", "null", "{}", "{'limit':0}", "{'limit':null,'cursor':null}"
            })
    void aRequestWithoutAPageGetsTheFirstOne(String argument) {
        try (Client alice = Client.user(port, "alice")) {
            for (String event : List.of("get_all_online_users", "get_detailed_online_users")) {
                assertThat(alice.ask(event, argument).at("/users/0/userId").asText())
                        .as(event)
                        .isEqualTo("alice");
            }
        }
    }

    /** The connected watchers are spread over all watchers, so some are beyond the first page in any order. */
    @Test
    void watchersBeyondTheFirstPageGetNotices() {
        int watchers = 2_000;
        for (int i = 0; i < watchers; i++) {
            lists("watcher-" + i, "alice");
        }
        List<Client> connected = new ArrayList<>();
        try {
            for (int i = 0; i < watchers; i += 100) {
                connected.add(Client.user(port, "watcher-" + i));
            }
            try (Client alice = Client.user(port, "alice")) {
                alice.ask("ping");
                await().atMost(Client.PATIENCE)
                        .untilAsserted(() -> assertThat(connected)
                                .allSatisfy(watcher -> assertThat(watcher.received("user_status_update"))
                                        .hasSize(1)));
            }
        } finally {
            connected.forEach(Client::close);
        }
    }

    @Test
    void aFastConnectAndDisconnectLeavesNoSession() {
        lists("watcher", "alice");
        try (Client watcher = Client.user(port, "watcher")) {
            for (int i = 0; i < 20; i++) {
                Client.connect(port, java.util.Map.of("token", Tokens.of("alice")))
                        .joined()
                        .close();
            }
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(scarfall.sessionCount()).isEqualTo(1));
            await().atMost(Client.PATIENCE)
                    .untilAsserted(() -> assertThat(scarfall.presence()
                                    .count()
                                    .toCompletableFuture()
                                    .join())
                            .isEqualTo(1));
            List<JsonNode> updates = new ArrayList<>();
            await().atMost(Client.PATIENCE)
                    .until(
                            () -> { // the last notice waits for the end of its window
                                updates.clear();
                                updates.addAll(watcher.received("user_status_update"));
                                return !updates.isEmpty()
                                        && updates.get(updates.size() - 1)
                                                .at("/status")
                                                .asText()
                                                .equals("offline");
                            });
            assertThat(updates)
                    .extracting(update -> update.at("/version").asLong())
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }
}
