package io.scarfall.server.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.RedisServer;
import io.scarfall.server.faults.Nodes.Node;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One user opens as many connections as the limits allow, and sends queries as fast as the limits allow. Other users of the
 * node are not affected, and the node keeps its lease.
 */
@Tag("attacks")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class QueriesOfOneUserTest {

    private static final int USERS = 10_000;
    private static final int FRIENDS = 5_000;
    private static final int SOCKETS = 100;
    private static final int POLITE = 8;

    /** How many calls each connection of the user keeps in flight. */
    private static final int UNANSWERED = 4;

    private static final long SLOWEST_MILLIS = 250;
    private static final Duration QUIET = Duration.ofSeconds(5);
    private static final Duration EACH_QUERY = Duration.ofSeconds(6);
    private static final List<String> QUERIES = List.of(
            "get_all_online_users",
            "get_detailed_online_users",
            "get_online_users",
            "get_online_friends_only",
            "get_all_online_users {\"limit\":1}");

    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(2);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue<Long> took = new ConcurrentLinkedQueue<>();
    private final LongAdder unavailable = new LongAdder();

    @Test
    void otherUsersAreNotAffected() {
        try (RedisServer redis = RedisServer.start();
                NodeAccess crowd = NodeAccess.of(RedisPresenceCluster.builder()
                        .address(redis.uri())
                        .commandTimeout(Duration.ofSeconds(30))
                        .build());
                Nodes nodes = Nodes.with(2, Map.of("REDIS_URL", redis.uri()))) {
            fill(redis, crowd);
            Node node = nodes.get(0);
            String life = node.life();
            List<Device> polite = devices("polite-", POLITE, node);
            Device watcher = device("watcher", nodes.get(1));
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(watcher::isConnected);
            polite.forEach(this::work);
            rest(QUIET);
            long quiet = p99();
            List<Device> hostile = IntStream.range(0, SOCKETS)
                    .mapToObj(i -> device("hostile", node))
                    .toList();
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> hostile.stream().allMatch(Device::isConnected));
            took.clear();
            LongAdder answered = new LongAdder();
            LongAdder refused = new LongAdder();
            for (String query : QUERIES) {
                AtomicBoolean on = new AtomicBoolean(true);
                hostile.forEach(device -> attack(device, query, on, answered, refused));
                rest(EACH_QUERY);
                on.set(false);
            }
            long loaded = p99();
            System.out.printf(
                    Locale.ROOT,
                    "one user's queries: answered=%d refused=%d; others' p99: quiet=%d ms, meanwhile=%d ms of %d calls%n",
                    answered.sum(),
                    refused.sum(),
                    quiet,
                    loaded,
                    took.size());
            assertThat(answered.sum()).isGreaterThan(QUERIES.size());
            assertThat(unavailable.sum())
                    .as("calls of other users without an answer or with unavailable")
                    .isZero();
            assertThat(node.life()).as("name and epoch of the node").isEqualTo(life);
            assertThat(node.process().lines()).noneMatch(line -> line.contains("the lease was lost"));
            for (Device device : polite) {
                assertThat(device.isConnected()).isTrue();
                assertThat(watcher.statusOf(device.userId())).isNotEqualTo("offline");
            }
            // on a busy machine the other users are slow even without this user
            assertThat(loaded).as("others' p99, ms").isLessThan(Math.max(SLOWEST_MILLIS, 3 * quiet));
        } finally {
            timers.shutdownNow();
        }
    }

    private void fill(RedisServer redis, NodeAccess crowd) {
        await(crowd.connected());
        NodeId node = await(crowd.lease().join("crowd"));
        timers.scheduleAtFixedRate(() -> crowd.lease().beat(node), 1, 1, TimeUnit.SECONDS);
        List<CompletionStage<?>> opens = new ArrayList<>();
        Instant now = Instant.now();
        for (int i = 0; i < USERS; i++) {
            opens.add(crowd.store()
                    .open(new UserSession("user" + i, "s" + i, node, now, now, "u" + i + "@example.org", "ios", null)));
        }
        opens.forEach(QueriesOfOneUserTest::await);
        redis.command(
                "SET",
                "friends:hostile",
                IntStream.range(0, FRIENDS)
                        .mapToObj(i -> "{\"_id\":\"user" + i + "\",\"email\":\"u" + i + "@example.org\"}")
                        .collect(Collectors.joining(",", "[", "]")));
        await(crowd.roster()
                .setFriends(
                        "watcher",
                        IntStream.range(0, POLITE)
                                .mapToObj(i -> Friend.of("polite-" + i))
                                .toList()));
        for (int i = 0; i < POLITE; i++) {
            await(crowd.roster().setFriends("polite-" + i, List.of(Friend.of("user1"), Friend.of("user2"))));
        }
    }

    private List<Device> devices(String name, int count, Node node) {
        List<Device> devices =
                IntStream.range(0, count).mapToObj(i -> device(name + i, node)).toList();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> devices.stream().allMatch(Device::isConnected));
        return devices;
    }

    private Device device(String userId, Node node) {
        String token = JWT.create()
                .withSubject(userId)
                .withExpiresAt(Instant.now().plusSeconds(3_600))
                .sign(Algorithm.HMAC256(Nodes.SECRET));
        return new Device(userId, token, node::userPort, Long.MAX_VALUE / 4, http, timers);
    }

    /** Sends what an ordinary user sends: ten events a second, of four kinds in turn. */
    private void work(Device device) {
        AtomicInteger number = new AtomicInteger();
        timers.scheduleAtFixedRate(
                () -> {
                    long began = System.nanoTime();
                    int turn = number.getAndIncrement() % 4;
                    String event = List.of("ping", "send_message", "get_online_users", "get_all_online_users")
                            .get(turn);
                    String argument = turn == 1
                            ? "{\"recipientIds\":[\"" + device.userId() + "\"],\"message\":\"hello\"}"
                            : "{\"limit\":10}";
                    device.emit(event, argument, (answer, nanos) -> {
                        took.add(nanos - began);
                        if (answer == null || answer.path("code").asText().equals("unavailable")) {
                            unavailable.increment();
                        }
                    });
                },
                100,
                100,
                TimeUnit.MILLISECONDS);
    }

    /** Calls without pause; when refused, waits exactly as long as the answer asks for. */
    private void attack(Device device, String query, AtomicBoolean on, LongAdder answered, LongAdder refused) {
        String[] parts = query.split(" ", 2);
        for (int i = 0; i < UNANSWERED; i++) {
            call(device, parts[0], parts.length == 1 ? "{}" : parts[1], on, answered, refused);
        }
    }

    private void call(
            Device device, String event, String argument, AtomicBoolean on, LongAdder answered, LongAdder refused) {
        if (!on.get()) {
            return;
        }
        device.emit(event, argument, (answer, nanos) -> {
            if (answer == null) {
                return; // closed
            }
            boolean mayNot = answer.path("code").asText().equals("rate_limited");
            (mayNot ? refused : answered).increment();
            timers.schedule(
                    () -> call(device, event, argument, on, answered, refused),
                    answer.path("retryAfterMs").asLong(0),
                    TimeUnit.MILLISECONDS);
        });
    }

    private static void rest(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        Awaitility.await().atMost(time.multipliedBy(4)).until(() -> System.nanoTime() - end >= 0);
    }

    private long p99() {
        List<Long> sorted = new ArrayList<>(took);
        sorted.sort(null);
        return TimeUnit.NANOSECONDS.toMillis(sorted.get(sorted.size() * 99 / 100));
    }

    private static <T> T await(CompletionStage<T> answer) {
        return answer.toCompletableFuture().join();
    }
}
