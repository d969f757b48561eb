package io.scarfall.bench;

import com.sun.management.OperatingSystemMXBean;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Measures the cost of presence in Redis for several numbers of users: {@code PresenceBenchmark redis://127.0.0.1:6379 1000 100000}. The
 * Redis must be empty; it is filled, and emptied again. Prints a table per number of users.
 *
 * <p>{@code PresenceBenchmark redis://127.0.0.1:6379 devices} compares looking up a user with 100 sessions of 2.9 KB each with one
 * whose sessions are small: the cost for Redis, and for this process.
 *
 * <p>Everything goes through the library, pipelined as many callers would do it. The rate is what this process and the server
 * reached together. The CPU is that of the server alone, and what one of its cores can do.
 */
public final class PresenceBenchmark {

    private static final int WRITES_UNDER_WAY = 2_000;
    private static final int READS_UNDER_WAY = 50;
    private static final int EACH = 100;
    private static final int FRIENDS = 200;
    private static final int ONLINE_FRIENDS = 50;
    private static final int ASKERS = 100;
    private static final int DEVICE_BYTES = 2_900;
    private static final int LOOK_UPS = 5_000;
    private static final int ROUNDS = 5;

    private final RedisCommands<String, String> redis;
    private final NodeAccess cluster;
    private final NodeId node;
    private final int users;
    private final Random random = new Random(1);

    private PresenceBenchmark(RedisCommands<String, String> redis, NodeAccess cluster, int users) {
        this.redis = redis;
        this.cluster = cluster;
        this.users = users;
        this.node = await(cluster.lease().join("gw-1"));
    }

    /** Measures with each number of users. */
    public static void main(String[] args) throws InterruptedException {
        if (args.length < 2) {
            throw new IllegalArgumentException("arguments: the address of an empty Redis, and numbers of users");
        }
        RedisClient client = RedisClient.create(args[0]);
        try (StatefulRedisConnection<String, String> connection = client.connect()) {
            for (int i = 1; i < args.length; i++) {
                boolean devices = args[i].equals("devices");
                measure(connection.sync(), args[0], devices ? 0 : Integer.parseInt(args[i]));
            }
        } finally {
            client.shutdown();
        }
    }

    private static void measure(RedisCommands<String, String> redis, String address, int users)
            throws InterruptedException {
        if (redis.dbsize() > 0) {
            throw new IllegalStateException("Redis: has keys (expected: none, since all are removed afterwards)");
        }
        try (NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.builder()
                .address(address)
                .commandTimeout(Duration.ofSeconds(30))
                .build())) {
            await(cluster.connected());
            PresenceBenchmark benchmark = new PresenceBenchmark(redis, cluster, users);
            if (users == 0) {
                benchmark.compareDevices();
            } else {
                benchmark.run();
            }
        } finally {
            redis.flushall();
        }
    }

    private void run() throws InterruptedException {
        System.out.printf("%n%,d users%n%n", users);
        System.out.println("| operation | calls/s | CPU of Redis, us/call | calls/s of one core | in commands, us/call "
                + "| commands/call |");
        System.out.println("| --- | --: | --: | --: | --: | --: |");
        long empty = usedMemory();
        write("open, came online", users, i -> cluster.store().open(session(i)));
        long bytes = (usedMemory() - empty) / users;
        befriend();
        int some = Math.max(20_000, users / 4);
        write("touch", some, i -> cluster.store().touch(session(random.nextInt(users))));
        write("open, second device", some / 4, i -> cluster.store().open(second(i % users)));
        write("close, one of two devices", some / 4, i -> cluster.store().close(second(i % users)));
        read("nodes of 100 users", 4_000, i -> cluster.store().nodesOf(someUsers()));
        read("status of 100 users", 4_000, i -> cluster.presence().status(someUsers()));
        read("online friends, 50 of 200", 2_000, i -> cluster.presence().onlineFriends("asker-" + i % ASKERS));
        AtomicReference<@Nullable String> cursor = new AtomicReference<>();
        one(
                "page of 100",
                200,
                i -> cluster.presence().online(cursor.get(), EACH).thenAccept(page -> cursor.set(page.nextCursor())));
        one("count", 200, i -> cluster.presence().count());
        one("beat", 500, i -> cluster.lease().beat(node));
        one("reaper, nothing to do", 100, i -> cluster.reaper().reap(node, EACH));
        write("close, went offline", users, i -> cluster.store().close(session(i)));
        System.out.printf("%nbytes of Redis per online user: %d%n", bytes);
    }

    /** Alternates between the two, so that the same conditions apply to both. */
    private void compareDevices() throws InterruptedException {
        for (String user : List.of("thin", "fat")) {
            for (int i = 0; i < EACH; i++) {
                await(cluster.store().open(device(user, i)));
            }
        }
        System.out.printf(
                "| user with %d sessions | CPU of Redis, us/look-up | CPU of this process, us/look-up |%n", EACH);
        System.out.println("| --- | --: | --: |");
        for (int round = 0; round <= ROUNDS; round++) {
            for (String user : List.of("thin", "fat")) {
                double redisCpu = cpuSeconds();
                long ownCpu = ownCpuNanos();
                for (int i = 0; i < LOOK_UPS; i++) {
                    await(cluster.store().nodesOf(List.of(user)));
                }
                double us = 1e6 / LOOK_UPS;
                if (round > 0) { // the first round warms up the JVM
                    System.out.printf(
                            "| %s | %.1f | %.1f |%n",
                            user, (cpuSeconds() - redisCpu) * us, (ownCpuNanos() - ownCpu) / 1e9 * us);
                }
            }
        }
    }

    private UserSession device(String user, int i) {
        Instant now = Instant.now();
        String says = user.equals("fat") ? "x".repeat(DEVICE_BYTES) : "ios";
        return new UserSession(user, "session-" + i, node, now, now, user + "@example.org", says, "192.0.2.1");
    }

    private static long ownCpuNanos() {
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    }

    // ---- users and their actions

    private UserSession session(int i) {
        return session(i, "kR3bNf0aT9qW" + (1_000_000 + i));
    }

    private UserSession second(int i) {
        return session(i, "second-" + i);
    }

    private UserSession session(int i, String id) {
        Instant now = Instant.now();
        return new UserSession("user-" + i, id, node, now, now, "user" + i + "@example.org", "ios", "192.0.2.1");
    }

    private List<String> someUsers() {
        List<String> some = new ArrayList<>(EACH);
        for (int i = 0; i < EACH; i++) {
            some.add("user-" + random.nextInt(users));
        }
        return some;
    }

    /** Some online users list friends; some of the friends are online. */
    private void befriend() {
        for (int asker = 0; asker < ASKERS; asker++) {
            List<Friend> friends = new ArrayList<>(FRIENDS);
            for (int i = 0; i < FRIENDS; i++) {
                String prefix = i < ONLINE_FRIENDS ? "user-" : "nobody-";
                friends.add(Friend.of(prefix + (asker * 7 + i) % users));
            }
            await(cluster.roster().setFriends("asker-" + asker, friends));
        }
    }

    // ---- measuring

    private void write(String what, int calls, IntFunction<CompletionStage<?>> call) throws InterruptedException {
        report(what, calls, WRITES_UNDER_WAY, true, call);
    }

    private void read(String what, int calls, IntFunction<CompletionStage<?>> call) throws InterruptedException {
        report(what, calls, READS_UNDER_WAY, false, call);
    }

    private void one(String what, int calls, IntFunction<CompletionStage<?>> call) throws InterruptedException {
        report(what, calls, 1, false, call);
    }

    /** @param scripts whether everything runs in scripts; their inner commands then count for them */
    private void report(String what, int calls, int underWay, boolean scripts, IntFunction<CompletionStage<?>> call)
            throws InterruptedException {
        Semaphore free = new Semaphore(underWay);
        AtomicInteger failed = new AtomicInteger();
        redis.configResetstat();
        double cpu = cpuSeconds();
        long began = System.nanoTime();
        for (int i = 0; i < calls; i++) {
            free.acquire();
            call.apply(i).whenComplete((answer, failure) -> {
                if (failure != null) {
                    failed.incrementAndGet();
                }
                free.release();
            });
        }
        free.acquire(underWay);
        double seconds = (System.nanoTime() - began) / 1e9;
        double busy = cpuSeconds() - cpu;
        long commands = 0;
        double inside = 0;
        for (Map.Entry<String, String> stat : info("commandstats").entrySet()) {
            String command = stat.getKey();
            boolean own = command.startsWith("cmdstat_info") || command.startsWith("cmdstat_config");
            if (!own && (!scripts || command.equals("cmdstat_evalsha"))) {
                Map<String, String> values = pairs(stat.getValue(), ",", "=");
                commands += Long.parseLong(values.getOrDefault("calls", "0"));
                inside += Double.parseDouble(values.getOrDefault("usec", "0"));
            }
        }
        System.out.printf(
                "| %s | %,.0f | %.1f | %,.0f | %.1f | %.1f |%s%n",
                what,
                calls / seconds,
                busy / calls * 1e6,
                calls / busy,
                inside / calls,
                (double) commands / calls,
                failed.get() == 0 ? "" : " " + failed.get() + " FAILED");
    }

    private double cpuSeconds() {
        Map<String, String> cpu = info("cpu");
        return Double.parseDouble(cpu.getOrDefault("used_cpu_user", "0"))
                + Double.parseDouble(cpu.getOrDefault("used_cpu_sys", "0"));
    }

    private long usedMemory() {
        return Long.parseLong(info("memory").getOrDefault("used_memory", "0"));
    }

    private Map<String, String> info(String section) {
        return pairs(redis.info(section), "\r\n", ":");
    }

    private static Map<String, String> pairs(String text, String between, String within) {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : text.split(between, -1)) {
            int at = pair.indexOf(within);
            if (at > 0) {
                pairs.put(pair.substring(0, at), pair.substring(at + 1));
            }
        }
        return pairs;
    }

    private static <T> T await(CompletionStage<T> answer) {
        return answer.toCompletableFuture().join();
    }
}
