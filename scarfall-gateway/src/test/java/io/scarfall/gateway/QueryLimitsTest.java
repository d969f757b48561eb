package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.scarfall.gateway.RateLimits.UnderWay;
import io.scarfall.presence.Friend;
import io.scarfall.presence.memory.MemoryCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The number of concurrent queries of a user, and their cost. */
class QueryLimitsTest extends OneNode {

    private static final String LISTING = "get_all_online_users";
    private static final String QUERIES = "scarfall.limits{limit=queries}";

    private final RecordingMetrics metrics = new RecordingMetrics();
    private final FaultyCluster cluster = new FaultyCluster(MemoryCluster.create());
    private final Queue<CompletableFuture<Object>> held = new ConcurrentLinkedQueue<>();

    private int start(RateLimits limits) {
        scarfall = onFreePorts()
                .metrics(metrics)
                .cluster(cluster)
                .limits(LimitConfig.DEFAULT.withRates(limits))
                .start();
        return scarfall.userPort();
    }

    private void hold() {
        cluster.listings = answer -> {
            CompletableFuture<Object> later = new CompletableFuture<>();
            held.add(later);
            return later.thenCompose(go -> answer);
        };
    }

    private static boolean isLimited(JsonNode answer) {
        return answer.at("/code").asText().equals("rate_limited");
    }

    @Test
    void theConcurrentQueriesOfAUserAreBounded() {
        int port = start(RateLimits.DEFAULT.withQueries(new UnderWay(2, 3)));
        try (Client one = Client.user(port, "alice");
                Client other = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            hold();
            List<CompletableFuture<JsonNode>> asked = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                asked.add((i % 2 == 0 ? one : other).asking(LISTING));
            }
            one.ask("ping");
            other.ask("ping"); // so all five have arrived
            assertThat(held).hasSize(2);
            JsonNode refused = other.ask(LISTING);
            assertThat(isLimited(refused)).isTrue();
            assertThat(refused.at("/retryAfterMs").asLong()).isPositive();
            assertThat(metrics.count(QUERIES)).isEqualTo(1);
            CompletableFuture<JsonNode> others = bob.asking(LISTING);
            await().until(() -> held.size() == 3); // a query of another user
            cluster.listings = answer -> answer;
            held.forEach(query -> query.complete(""));
            for (CompletableFuture<JsonNode> answer : asked) {
                assertThat(answer).succeedsWithin(Client.PATIENCE);
                assertThat(answer.join().at("/total").asLong()).isEqualTo(2);
            }
            assertThat(others).succeedsWithin(Client.PATIENCE);
            assertThat(isLimited(other.ask(LISTING))).isFalse();
        }
    }

    @Test
    void aUserWhoLeavesWhileQueriesWaitLeavesNoQueries() {
        int port = start(RateLimits.DEFAULT.withQueries(new UnderWay(1, 10)));
        try (Client stays = Client.user(port, "alice")) {
            hold();
            try (Client leaves = Client.user(port, "alice")) {
                for (int i = 0; i < 5; i++) {
                    leaves.asking(LISTING);
                }
                leaves.ask("ping");
                assertThat(held).hasSize(1);
            }
            await().until(() -> scarfall.sessionCount() == 1);
            CompletableFuture<JsonNode> asked = stays.asking(LISTING);
            stays.ask("ping");
            cluster.listings = answer -> answer;
            held.forEach(query -> query.complete(""));
            assertThat(asked).succeedsWithin(Client.PATIENCE);
        }
    }

    /** From a budget of 100 without refill, a listing takes 10 and the cost of the listed users. The unused part is returned. */
    @Test
    void aListingIsChargedForListedUsers() {
        int port = start(RateLimits.DEFAULT.withSession(1, 100).withListedPerCost(1));
        try (Client alice = Client.user(port, "alice")) {
            int passed = 0;
            while (!isLimited(alice.ask(LISTING, "{\"limit\":40}"))) {
                passed++;
            }
            // each lists one user: 95 are left after CONNECT, and a listing needs 50
            assertThat(passed).isBetween(4, 7);
        }
    }

    @Test
    void examinedFriendsAreChargedAfterwards() {
        int port = start(RateLimits.DEFAULT.withSession(1, 200).withListedPerCost(1));
        List<Friend> friends =
                IntStream.range(0, 90).mapToObj(i -> Friend.of("friend" + i)).toList();
        scarfall.roster().setFriends("alice", friends).toCompletableFuture().join();
        try (Client alice = Client.user(port, "alice");
                Client bob = Client.user(port, "bob")) {
            int passed = 0;
            while (!isLimited(alice.ask("get_online_users"))) {
                passed++;
            }
            assertThat(passed).isBetween(2, 3);
            for (int i = 0; i < 20; i++) { // the user has no friends
                assertThat(isLimited(bob.ask("get_online_users"))).isFalse();
            }
        }
    }

    @Test
    void aHandlerOfAnApplicationChargesACost() {
        scarfall = onFreePorts()
                .limits(LimitConfig.DEFAULT.withRates(RateLimits.DEFAULT.withSession(1, 100)))
                .on("report", (user, argument) -> {
                    user.charge(60);
                    return "made";
                })
                .start();
        try (Client alice = Client.user(scarfall.userPort(), "alice")) {
            assertThat(isLimited(alice.ask("report"))).isFalse();
            assertThat(isLimited(alice.ask("report"))).isFalse(); // the user now owes 27
            assertThat(isLimited(alice.ask("report"))).isTrue();
        }
    }
}
