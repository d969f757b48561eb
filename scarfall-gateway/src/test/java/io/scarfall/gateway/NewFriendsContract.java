package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.UserPresence;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** When a friend is added, the user of the list gets the friend's status at once. */
abstract class NewFriendsContract extends SharedNodes {

    static final String UPDATE = "user_status_update";

    NewFriendsContract(SharedState state) {
        super(state, Duration.ofSeconds(4));
    }

    static void ok(Client service, String event, String json) {
        assertThat(service.ask(event, json).at("/status").asText()).isEqualTo("ok");
    }

    private static String status(JsonNode update) {
        return update.at("/userId").asText() + " " + update.at("/status").asText();
    }

    @Test
    void everyDeviceOnEveryNodeGetsTheStatusOfANewFriend() {
        Scarfall a = node(UnaryOperator.identity());
        Scarfall b = node(UnaryOperator.identity());
        awaitBeats();
        try (Client alice = Client.user(a.userPort(), "alice");
                Client phone = Client.user(a.userPort(), "bob");
                Client laptop = Client.user(b.userPort(), "bob");
                Client stranger = Client.user(b.userPort(), "carol");
                Client service = Client.connect(b.internalPort()).joined()) {
            ok(service, "add_friend", "{\"userId\":\"bob\",\"friend\":{\"userId\":\"alice\"}}");
            UserPresence now = Answers.await(a.presence().status("alice"));
            for (Client device : List.of(phone, laptop)) {
                JsonNode update = device.next(UPDATE);
                assertThat(status(update)).isEqualTo("alice online");
                assertThat(update.at("/version").asLong()).isEqualTo(now.version());
                assertThat(update.at("/email").asText()).isEqualTo("alice@example.com");
                assertThat(update.at("/lastSeen").asText()).isNotEmpty();
            }
            ok(service, "add_friend", "{\"userId\":\"bob\",\"friend\":{\"userId\":\"alice\",\"email\":\"a@b.c\"}}");
            alice.leave();
            for (Client device : List.of(phone, laptop)) {
                assertThat(status(device.next(UPDATE)))
                        .as("a friend who was on the list before is not new")
                        .isEqualTo("alice offline");
            }
            assertThat(stranger.received(UPDATE)).isEmpty();
        }
    }

    @Test
    void aNewListCausesUpdatesAboutTheAddedFriends() {
        Scarfall a = node(UnaryOperator.identity());
        try (Client alice = Client.user(a.userPort(), "alice");
                Client bob = Client.user(a.userPort(), "bob");
                Client service = Client.connect(a.internalPort()).joined()) {
            Client carol = Client.user(a.userPort(), "carol");
            carol.leave();
            ok(service, "set_friends", "{\"userId\":\"bob\",\"friends\":[\"alice\"]}");
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice online");
            ok(service, "set_friends", "{\"userId\":\"bob\",\"friends\":[\"alice\",\"carol\",\"dora\"]}");
            assertThat(List.of(status(bob.next(UPDATE)), status(bob.next(UPDATE))))
                    .containsExactlyInAnyOrder("carol offline", "dora offline");
            ok(service, "remove_friend", "{\"userId\":\"bob\",\"friendId\":\"alice\"}");
            ok(service, "set_friends", "{\"userId\":\"bob\",\"friends\":[]}");
            alice.leave();
            bob.ask("ping");
            assertThat(bob.received(UPDATE)).isEmpty();
        }
    }

    @Test
    void updatesAboutALongListAreSentInParts() {
        Scarfall a = node(UnaryOperator.identity());
        StringBuilder friends = new StringBuilder();
        for (int i = 0; i < 250; i++) {
            friends.append(i == 0 ? "" : ",").append("\"friend").append(i).append('"');
        }
        try (Client bob = Client.user(a.userPort(), "bob");
                Client service = Client.connect(a.internalPort()).joined()) {
            ok(service, "set_friends", "{\"userId\":\"bob\",\"friends\":[" + friends + "]}");
            Set<String> updated = new HashSet<>();
            for (int i = 0; i < 250; i++) {
                JsonNode update = bob.next(UPDATE);
                assertThat(update.at("/status").asText()).isEqualTo("offline");
                assertThat(update.at("/version").asLong()).as("never seen").isZero();
                updated.add(update.at("/userId").asText());
            }
            assertThat(updated).hasSize(250);
        }
    }

    @Test
    void afterANodeIsGoneAnotherNodeSendsTheUpdate() {
        Scarfall a = node(UnaryOperator.identity());
        Scarfall b = node(UnaryOperator.identity());
        a.close();
        try (Client alice = Client.user(b.userPort(), "alice");
                Client bob = Client.user(b.userPort(), "bob");
                Client service = Client.connect(b.internalPort()).joined()) {
            ok(service, "add_friend", "{\"userId\":\"bob\",\"friend\":\"alice\"}");
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice online");
            alice.leave();
        }
    }
}
