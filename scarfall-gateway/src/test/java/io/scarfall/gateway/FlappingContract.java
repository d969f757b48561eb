package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.Friend;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Notices about users who reconnect: none if they are back at once, and few if they keep reconnecting. */
abstract class FlappingContract extends SharedNodes {

    private static final String UPDATE = "user_status_update";

    FlappingContract(SharedState state) {
        super(state, Duration.ofSeconds(4));
    }

    private static void befriend(Scarfall node, String watcher, String watched) {
        Answers.await(node.roster().setFriends(watcher, List.of(Friend.of(watched))));
    }

    private static List<String> join(String userId) {
        return List.of("40{\"token\":\"" + Tokens.of(userId) + "\"}");
    }

    /** A loaded page. Closing it breaks its transport, as a reload does. */
    private static Burst page(String transport, Scarfall node, String userId) {
        Burst page = Burst.open(transport, node.userPort());
        page.send(join(userId));
        page.until("42[\"connected\"");
        return page;
    }

    private static String status(JsonNode update) {
        return update.at("/userId").asText() + " " + update.at("/status").asText();
    }

    @Test
    void aReloadOfAPageCausesNoNotice() {
        Scarfall a = node(gateway -> gateway);
        Scarfall b = node(gateway -> gateway);
        befriend(a, "bob", "alice");
        try (Client bob = Client.user(a.userPort(), "bob")) {
            Burst page = page("websocket", b, "alice");
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice online");
            for (int i = 0; i < 10; i++) {
                page.close();
                await().atMost(Client.PATIENCE)
                        .until(() ->
                                Answers.await(a.presence().sessions("alice")).isEmpty());
                assertThat(Answers.await(a.presence().status(List.of("alice")))
                                .get("alice")
                                .online())
                        .isTrue();
                page = page("websocket", i % 2 == 0 ? a : b, "alice");
            }
            page.send(List.of("41"));
            JsonNode next = bob.next(UPDATE);
            assertThat(status(next)).isEqualTo("alice offline");
            assertThat(bob.received(UPDATE)).isEmpty();
        }
    }

    @Test
    void aClientThatDisconnectsGoesOfflineAtOnce() {
        Scarfall a = node(gateway -> gateway.sessions(SessionConfig.DEFAULT.withOfflineGrace(Duration.ofHours(1))));
        befriend(a, "bob", "alice");
        try (Client bob = Client.user(a.userPort(), "bob")) {
            Client alice = Client.user(a.userPort(), "alice");
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice online");
            alice.leave();
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice offline");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aUserWhoDoesNotReconnectInTimeGoesOfflineOnce(boolean nodeDies) {
        Scarfall a = node(gateway -> gateway);
        Scarfall b =
                node(gateway -> gateway.sessions(SessionConfig.DEFAULT.withOfflineGrace(Duration.ofMillis(1_500))));
        befriend(a, "bob", "alice");
        try (Client bob = Client.user(a.userPort(), "bob")) {
            Burst page = page("websocket", b, "alice");
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice online");
            page.close();
            await().atMost(Client.PATIENCE)
                    .until(() -> Answers.await(a.presence().sessions("alice")).isEmpty());
            assertThat(bob.send("hi", "alice").at("/recipients/failed/0").asText())
                    .isEqualTo("alice");
            if (nodeDies) {
                views.get(1).down = true;
            }
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice offline");
            Client alice = Client.user(a.userPort(), "alice");
            assertThat(status(bob.next(UPDATE))).as("no earlier notice").isEqualTo("alice online");
            alice.leave();
            views.get(1).down = false;
        }
    }

    /** Joins, and leaves again unless the server refuses. Returns the server's first answer. */
    private static String joinAndLeave(Burst user) {
        user.send(join("alice"));
        String answer = user.next();
        if (answer.startsWith("40")) {
            user.until("42[\"connected\"");
            user.send(List.of("41"));
        }
        return answer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"namespace", "transport"})
    void aUserWhoReconnectsInALoopCausesFewNotices(String what) {
        RecordingMetrics metrics = new RecordingMetrics();
        Scarfall a = node(
                gateway -> gateway.metrics(metrics).sessions(SessionConfig.DEFAULT.withOfflineGrace(Duration.ZERO)));
        int watchers = 1_000;
        for (int i = 0; i < watchers; i++) {
            befriend(a, "watcher" + i, "alice");
        }
        List<Client> online = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            online.add(Client.user(a.userPort(), "watcher" + i));
        }
        long begun = System.nanoTime();
        List<String> answers = new ArrayList<>();
        if (what.equals("namespace")) {
            try (Burst alice = Burst.open("websocket", a.userPort())) {
                for (int i = 0; i < 200; i++) {
                    answers.add(joinAndLeave(alice));
                }
            }
        } else {
            for (int i = 0; i < 200; i++) {
                try (Burst alice = Burst.open("websocket", a.userPort())) {
                    answers.add(joinAndLeave(alice));
                }
            }
        }
        long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 1;
        long joined = answers.stream().filter(answer -> answer.startsWith("40")).count();
        long refused = answers.stream()
                .filter(answer -> answer.contains("rate_limited"))
                .count();
        assertThat(joined + refused).isEqualTo(200);
        assertThat(joined).as("it costs as much as two messages to all friends").isBetween(3L, 10 + seconds);
        for (Client watcher : online) {
            await().atMost(Client.PATIENCE).untilAsserted(() -> {
                List<JsonNode> heard = watcher.received(UPDATE);
                assertThat(heard).isNotEmpty();
                assertThat(status(heard.get(heard.size() - 1))).isEqualTo("alice offline");
            });
            assertThat(watcher.received(UPDATE)).hasSizeLessThanOrEqualTo((int) (4 * (seconds + 1)) + 2);
            watcher.close();
        }
    }

    @Test
    void aSlowDeviceGetsOnlyTheNewestNotice() {
        Scarfall a = node(gateway -> gateway.sessions(SessionConfig.DEFAULT.withNoticeWindow(Duration.ofMillis(1)))
                .limits(LimitConfig.DEFAULT.withRates(RateLimits.OFF))
                .userEngine(engine -> engine.maxUnsentBytes(100_000_000)));
        befriend(a, "bob", "alice");
        Burst bob = page("websocket", a, "bob");
        try (bob;
                Client dora = Client.user(a.userPort(), "dora");
                Burst alice = Burst.open("websocket", a.userPort())) {
            String text = "x".repeat(100_000);
            for (int i = 0; i < 120; i++) { // more than the network buffers
                assertThat(dora.send(text, "bob").at("/status").asText()).isEqualTo("sent");
            }
            for (int i = 0; i < 30; i++) {
                alice.send(join("alice"));
                alice.until("42[\"connected\"");
                alice.send(List.of("41"));
            }
            alice.send(join("alice"));
            alice.until("42[\"connected\"");
            int messages = 0;
            List<String> updates = new ArrayList<>();
            while (messages < 120 || updates.isEmpty()) {
                String packet = bob.next();
                messages += packet.startsWith("42[\"message\"") ? 1 : 0;
                if (packet.startsWith("42[\"" + UPDATE)) {
                    updates.add(packet);
                }
            }
            assertThat(updates).hasSizeLessThan(10);
        }
    }

    @Test
    void aWatcherGetsTheNewestOfManyChangesInAWindow() {
        Scarfall a = node(gateway -> gateway.sessions(SessionConfig.DEFAULT.withNoticeWindow(Duration.ofSeconds(2))));
        befriend(a, "bob", "alice");
        try (Client bob = Client.user(a.userPort(), "bob");
                Burst alice = Burst.open("websocket", a.userPort())) {
            for (int i = 0; i < 20; i++) {
                alice.send(join("alice"));
                alice.until("42[\"connected\"");
                alice.send(List.of("41"));
            }
            alice.send(join("alice"));
            alice.until("42[\"connected\"");
            assertThat(status(bob.next(UPDATE))).isEqualTo("alice online");
            await().atMost(Client.PATIENCE).untilAsserted(() -> {
                List<JsonNode> heard = bob.received(UPDATE);
                assertThat(heard).isNotEmpty();
                assertThat(status(heard.get(heard.size() - 1))).isEqualTo("alice online");
                assertThat(heard.get(heard.size() - 1).at("/version").asLong())
                        .isEqualTo(Answers.await(a.presence().status(List.of("alice")))
                                .get("alice")
                                .version());
            });
            assertThat(bob.received(UPDATE)).hasSizeLessThan(10);
        }
    }
}
