package io.scarfall.presence.redis;

import io.scarfall.presence.PresenceCluster;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.node.NodeId;
import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Not a test: says how many writes and look-ups a server of this machine does, and how much memory a user takes. Arguments:
 * numbers of users, and directives of Redis, such as {@code hash-max-listpack-value=256 1000 100000}.
 */
public final class RedisMeasurements {

    private static final int UNDER_WAY = 2_000;

    private RedisMeasurements() {}

    /** Measures with each number of users. */
    public static void main(String[] args) throws InterruptedException {
        RedisServer.Builder server = RedisServer.builder();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals > 0) {
                server.directive(arg.substring(0, equals), arg.substring(equals + 1));
            } else {
                measure(server, Integer.parseInt(arg));
            }
        }
    }

    private static void measure(RedisServer.Builder server, int users) throws InterruptedException {
        try (RedisServer redis = server.start();
                RedisPresenceCluster cluster = RedisPresenceCluster.builder()
                        .address(redis.uri())
                        .commandTimeout(Duration.ofSeconds(20))
                        .build()) {
            cluster.connected().toCompletableFuture().join();
            NodeId node = cluster.lease().join("gw-1").toCompletableFuture().join();
            long empty = Long.parseLong(redis.info("used_memory"));
            report(redis, "open", users, users, i -> cluster.store().open(session(node, i)));
            long bytes = (Long.parseLong(redis.info("used_memory")) - empty) / users;
            System.out.println(users + " users: " + bytes + " bytes each in Redis, feed included");
            Random random = new Random(1);
            int calls = Math.max(200_000, users);
            report(redis, "touch", users, calls, i -> cluster.store().touch(session(node, random.nextInt(users))));
            lookUp(redis, cluster, users, random);
            report(redis, "close", users, users, i -> cluster.store().close(session(node, i)));
        }
    }

    private static void lookUp(RedisServer redis, PresenceCluster cluster, int users, Random random)
            throws InterruptedException {
        int each = 100;
        cluster.lease().join("reader").toCompletableFuture().join();
        report(redis, "look-up of 100", users, 10_000, i -> {
            List<String> recipients = new ArrayList<>(each);
            for (int r = 0; r < each; r++) {
                recipients.add("user-" + random.nextInt(users));
            }
            return cluster.store().nodesOf(recipients);
        });
    }

    private static void report(
            RedisServer redis, String what, int users, int calls, IntFunction<CompletionStage<?>> call)
            throws InterruptedException {
        Semaphore underWay = new Semaphore(what.startsWith("look") ? 50 : UNDER_WAY);
        int permits = underWay.availablePermits();
        AtomicInteger failed = new AtomicInteger();
        double cpu = cpuSeconds(redis);
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            underWay.acquire();
            call.apply(i).whenComplete((answer, failure) -> {
                if (failure != null) {
                    failed.incrementAndGet();
                }
                underWay.release();
            });
        }
        underWay.acquire(permits);
        double seconds = (System.nanoTime() - began) / 1e9;
        double busy = cpuSeconds(redis) - cpu;
        System.out.printf(
                "%d users: %s %.0f/s, %.0f/s of one core of Redis, %d failed%n",
                users, what, calls / seconds, calls / busy, failed.get());
    }

    private static double cpuSeconds(RedisServer redis) {
        return Double.parseDouble(redis.info("used_cpu_user")) + Double.parseDouble(redis.info("used_cpu_sys"));
    }

    private static UserSession session(NodeId node, int i) {
        Instant now = Instant.now();
        return new UserSession(
                "user-" + i, "kR3bNf0aT9q" + i, node, now, now, "user" + i + "@example.org", null, "192.0.2.1");
    }
}
