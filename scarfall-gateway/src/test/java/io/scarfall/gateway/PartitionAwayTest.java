package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisClusterServers;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.presence.testing.TestCertificate;
import io.scarfall.testing.Answers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One of three masters of a Redis Cluster dies, while two nodes serve users of all slots. Only the users of its slots are
 * affected.
 */
@Tag("slow")
class PartitionAwayTest {

    private static final String PASSWORD = "a password of this test";
    private static final int USERS_OF_EACH = 24;

    /** The time that an answer of another node may take. */
    private static final long SLOWEST_ACK_MILLIS = 12_000;

    @TempDir
    private Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final Map<String, Client> atA = new LinkedHashMap<>();
    private final Map<String, Client> atB = new LinkedHashMap<>();
    private final RecordingMetrics metrics = new RecordingMetrics();
    private TestCertificate certificate;
    private RedisClusterServers redis;
    private NodeAccess reader;
    private Scarfall a;
    private Scarfall b;

    @AfterEach
    void stop() throws Exception {
        atA.values().forEach(Client::close);
        atB.values().forEach(Client::close);
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private void start(RedisClusterServers.Builder builder, boolean tls) {
        if (tls) {
            certificate = TestCertificate.in(folder);
            builder.tls(certificate);
        }
        redis = opened(builder.password(PASSWORD).start());
        reader = cluster(null);
        a = opened(node("a", cluster(metrics)));
        // the channel of b is not on the master of the leases, so it can fail without them
        for (int i = 0; b == null; i++) {
            Scarfall node = node("b" + i, cluster(null));
            if (masterOf("scarfall:bus:" + idOf(node)) == masterOf("scarfall:nodes")) {
                node.close();
            } else {
                b = opened(node);
            }
        }
        for (int i = 0; i < USERS_OF_EACH; i++) {
            atA.put("a" + i, Client.user(a.userPort(), "a" + i));
            atB.put("b" + i, Client.user(b.userPort(), "b" + i));
        }
        List<Friend> friends = users().map(Friend::of).toList();
        users().forEach(user -> Answers.await(reader.roster().setFriends(user, friends)));
        await().atMost(Client.PATIENCE)
                .untilAsserted(() -> assertThat(listed(atA.get("a0"))).isEqualTo(users().collect(set())));
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    private NodeAccess cluster(RecordingMetrics recorded) {
        RedisPresenceCluster.Builder builder = RedisPresenceCluster.builder()
                .cluster(List.of(redis.seeds().split(",")))
                .password(PASSWORD)
                .settings(PresenceSettings.DEFAULTS);
        if (certificate != null) {
            builder.tls(true).tlsCa(certificate.certificate());
        }
        if (recorded != null) {
            builder.listener(new StoreMetrics(recorded));
        }
        NodeAccess made = NodeAccess.of(opened(builder.build()));
        Answers.await(made.connected());
        return made;
    }

    private Scarfall node(String name, NodeAccess cluster) {
        ScarfallBuilder builder =
                OneNode.onFreePorts().host("127.0.0.1").nodeName(name).cluster(cluster);
        if (name.equals("a")) {
            builder.metrics(metrics);
        }
        return builder.start();
    }

    /** The id of a node, from a session that is opened there for a moment. */
    private NodeId idOf(Scarfall node) {
        try (Client visitor = Client.user(node.userPort(), "visitor")) {
            assertThat(visitor.isConnected()).isTrue();
            return Answers.await(reader.presence().sessions("visitor")).get(0).node();
        }
    }

    private RedisServer masterOf(String key) {
        return redis.masterOf(redis.slotOf(key));
    }

    private static String tagOf(String userId) {
        CRC32 crc = new CRC32();
        crc.update(userId.getBytes(StandardCharsets.UTF_8));
        return "{" + crc.getValue() % 256 + "}";
    }

    private Stream<String> users() {
        return Stream.concat(atA.keySet().stream(), atB.keySet().stream());
    }

    private static Collector<String, ?, Set<String>> set() {
        return Collectors.toCollection(TreeSet::new);
    }

    private static Set<String> listed(Client asker) {
        return ids(asker.ask("get_all_online_users", "{}"), "/users");
    }

    private static Set<String> ids(JsonNode answer, String place) {
        Set<String> ids = new TreeSet<>();
        answer.at(place)
                .forEach(one -> ids.add(
                        one.isTextual() ? one.asText() : one.path("userId").asText()));
        return ids;
    }

    private HttpResponse<String> readiness(Scarfall node) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.internalPort() + "/readyz"))
                .build();
        return HttpClient.newHttpClient()
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    /** The outcomes of the messages of one round, and the time of the slowest ack. */
    private final class Round {

        private final Map<String, Integer> outcomes = new TreeMap<>();
        private final List<String> untrue = new ArrayList<>();
        private long slowestMillis;

        /** Each user sends to a user of the other node, all at once. */
        Round(Set<String> served) {
            Map<String, CompletableFuture<JsonNode>> answers = new LinkedHashMap<>();
            Map<String, Long> took = new ConcurrentHashMap<>();
            for (int i = 0; i < USERS_OF_EACH; i++) {
                send(atA.get("a" + i), "b" + i, answers, took);
                send(atB.get("b" + i), "a" + i, answers, took);
            }
            answers.forEach((to, answer) -> {
                JsonNode ack = answer.orTimeout(20, TimeUnit.SECONDS).join();
                boolean sent = ack.at("/status").asText().equals("sent");
                String outcome = sent ? "sent" : ack.at("/code").asText();
                outcomes.merge((served.contains(to) ? "served " : "away ") + outcome, 1, Integer::sum);
                if (outcome.equals("not_delivered")) {
                    untrue.add(to);
                }
                slowestMillis = Math.max(slowestMillis, took.get(to));
            });
        }

        private void send(
                Client from, String to, Map<String, CompletableFuture<JsonNode>> answers, Map<String, Long> took) {
            long began = System.nanoTime();
            answers.put(
                    to,
                    from.asking("send_message", Client.message("x", to))
                            .whenComplete((answer, error) ->
                                    took.put(to, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began))));
        }

        @Override
        public String toString() {
            return outcomes + " slowestMillis=" + slowestMillis;
        }
    }

    @ParameterizedTest(name = "tls={0}")
    @ValueSource(booleans = {false, true})
    void aMasterThatIsAwayAffectsOnlyItsOwnUsers(boolean tls) {
        start(RedisClusterServers.builder().servesInPart(), tls);
        RedisServer dead = masterOf("scarfall:bus:" + idOf(b));
        Set<String> away = users().filter(user -> masterOf(tagOf(user)) == dead).collect(set());
        Set<String> served = users().filter(user -> !away.contains(user)).collect(set());
        Client asker = Stream.concat(atA.entrySet().stream(), atB.entrySet().stream())
                .filter(entry -> served.contains(entry.getKey()))
                .findFirst()
                .orElseThrow()
                .getValue();
        assertThat(away).isNotEmpty();

        dead.kill();

        for (int i = 0; i < 5; i++) { // before and after the other nodes notice
            Round round = new Round(served);
            assertThat(round.untrue).as("reported as offline").isEmpty();
            assertThat(round.slowestMillis).as("slowest ack").isLessThan(SLOWEST_ACK_MILLIS);
            assertThat(round.outcomes.keySet()).isSubsetOf("served sent", "away sent", "away unavailable");

            JsonNode all = asker.ask("get_all_online_users", "{}");
            assertThat(ids(all, "/users")).as("%s", all).containsAll(served);
            assertThat(all.at("/code").asText()).isEqualTo("incomplete");

            JsonNode friends = asker.ask("get_online_users");
            assertThat(ids(friends, "/users")).as("%s", friends).isEqualTo(served);
            assertThat(ids(friends, "/uncertain")).isEqualTo(away);
            assertThat(friends.at("/code").asText()).isEqualTo("incomplete");
        }
        assertThat(Answers.await(reader.presence().status(List.copyOf(served))).values())
                .allMatch(UserPresence::online);
        assertThat(a.isHealthy() && b.isHealthy()).isTrue();
        await().atMost(Client.PATIENCE).untilAsserted(() -> {
            assertThat(readiness(a).statusCode()).isEqualTo(200);
            assertThat(readiness(a).body()).contains("\"status\":\"degraded\"", "part of the store is away");
            assertThat(metrics.gauge("scarfall.store.away.partitions")).isBetween(50.0, 120.0);
        });

        dead.restart();

        await().atMost(Client.PATIENCE.multipliedBy(2)).untilAsserted(() -> {
            assertThat(new Round(served).outcomes.keySet()).containsExactlyInAnyOrder("served sent", "away sent");
            JsonNode all = asker.ask("get_all_online_users", "{}");
            assertThat(ids(all, "/users")).isEqualTo(users().collect(set()));
            assertThat(all.has("code")).isFalse();
            assertThat(readiness(a).body()).isEqualTo("{\"status\":\"ok\"}");
            assertThat(metrics.gauge("scarfall.store.away.partitions")).isZero();
        });
    }

    /**
     * The master's replica takes over after some seconds. Until then no node knows which nodes are live, and messages
     * still arrive.
     */
    @Test
    void withoutTheMasterOfTheLeasesMessagesAreSentAndNoUserIsReportedAsOffline() {
        start(RedisClusterServers.builder().replicas(1), false);
        RedisServer dead = masterOf("scarfall:nodes");
        int index = redis.masters().indexOf(dead);
        Set<String> served =
                users().filter(user -> masterOf(tagOf(user)) != dead).collect(set());

        dead.kill();

        RedisServer next = redis.replicas().get(index);
        boolean over;
        do {
            over = next.info("role").equals("master");
            Round round = new Round(served);
            assertThat(round.untrue).as("reported as offline").isEmpty();
            assertThat(round.slowestMillis).as("slowest ack").isLessThan(SLOWEST_ACK_MILLIS);
            for (Client asker : List.of(atA.get("a0"), atB.get("b0"))) {
                JsonNode all = asker.ask("get_all_online_users", "{}");
                if (all.has("users")) {
                    assertThat(ids(all, "/users")).as("%s", all).containsAll(served);
                } else {
                    assertThat(all.at("/code").asText()).isEqualTo("unavailable");
                }
            }
        } while (!over);
        await().atMost(Client.PATIENCE.multipliedBy(2)).untilAsserted(() -> {
            assertThat(new Round(served).outcomes.keySet()).containsExactlyInAnyOrder("served sent", "away sent");
            assertThat(listed(atA.get("a0"))).isEqualTo(users().collect(set()));
            assertThat(readiness(a).body()).isEqualTo("{\"status\":\"ok\"}");
        });
        dead.restart();
        redis.awaitReplica(dead);
    }
}
