package io.scarfall.bench;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures the cost of each event: CPU of the node, CPU and commands of Redis. Prints a Markdown table.
 *
 * <pre>
 *   JWT_SECRET=... java -cp 'scarfall-bench.jar:lib/*' io.scarfall.bench.EventCost \
 *       &lt;port&gt; &lt;pid of the server&gt; &lt;Redis URI&gt; [users] [friends] [calls]
 * </pre>
 *
 * <p>The server runs with {@code RATE_LIMIT=off} and the same Redis, which must be empty. This process joins as a second node and
 * opens the sessions of the users there. One client sends each event, and each call follows the answer to the previous
 * one. The use of node and Redis without events is measured first and subtracted. Linux only.
 */
public final class EventCost {

    private static final int WARM_UP = 150;
    private static final long IDLE_MILLIS = 6_000;
    private static final double TICKS_PER_MILLI = 0.1; // the kernel's USER_HZ is 100
    private static final String ACK = "437[";

    private final long pid;
    private final RedisCommands<String, String> redis;
    private final int calls;
    private double idleCpu;
    private double idleRedisCpu;
    private double idleCommands;

    private EventCost(long pid, RedisCommands<String, String> redis, int calls) {
        this.pid = pid;
        this.redis = redis;
        this.calls = calls;
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        long pid = Long.parseLong(arguments[1]);
        String uri = arguments[2];
        int users = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 10_000;
        int friends = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 5_000;
        int calls = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 300;
        RedisClient client = RedisClient.create(uri);
        ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor();
        try (StatefulRedisConnection<String, String> connection = client.connect();
                NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.builder()
                        .address(uri)
                        .commandTimeout(Duration.ofSeconds(30))
                        .build())) {
            await(cluster.connected());
            NodeId node = await(cluster.lease().join("event-cost"));
            beats.scheduleAtFixedRate(() -> cluster.lease().beat(node), 1, 1, TimeUnit.SECONDS);
            fill(cluster, node, connection.sync(), users, friends);
            new EventCost(pid, connection.sync(), calls).run(port, users);
        } finally {
            beats.shutdownNow();
            client.shutdown();
        }
    }

    private static void fill(
            NodeAccess cluster, NodeId node, RedisCommands<String, String> redis, int users, int friends) {
        List<CompletionStage<?>> opens = new ArrayList<>();
        for (int i = 0; i < users; i++) {
            Instant now = Instant.now();
            opens.add(cluster.store()
                    .open(new UserSession(id(i), "kR3bNf0aT9qW" + i, node, now, now, mail(i), "ios", "192.0.2.1")));
        }
        opens.forEach(EventCost::await);
        await(cluster.roster()
                .setFriends(
                        "roster",
                        IntStream.range(0, friends)
                                .mapToObj(i -> new Friend(id(i), mail(i)))
                                .toList()));
        redis.set(
                "friends:json",
                IntStream.range(0, friends)
                        .mapToObj(i -> "{\"_id\":\"" + id(i) + "\",\"email\":\"" + mail(i) + "\"}")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    private static String id(int i) {
        return "user-" + (100_000 + i);
    }

    private static String mail(int i) {
        return "user" + i + "@example.org";
    }

    private void run(int port, int users) throws IOException, InterruptedException {
        String secret = System.getenv("JWT_SECRET");
        join(port, secret, "plain").close();
        Thread.sleep(IDLE_MILLIS / 2);
        Usage before = usage();
        Thread.sleep(IDLE_MILLIS);
        Usage idle = usage().since(before);
        idleCpu = idle.cpuMillis / idle.millis;
        idleRedisCpu = idle.redisMillis / idle.millis;
        idleCommands = idle.commands / idle.millis;
        System.out.printf(
                Locale.ROOT,
                "%n%,d users online; idle: %.1f ms of CPU, %.0f commands a second%n%n",
                users,
                idleCpu * 1_000,
                idleCommands * 1_000);
        System.out.println("| event | node CPU, ms | Redis CPU, ms | commands | answered in, ms |");
        System.out.println("| --- | --: | --: | --: | --: |");
        String many =
                IntStream.range(0, 100).mapToObj(i -> "\"nobody-" + i + '"').collect(Collectors.joining(","));
        measure("`ping`", port, "plain", "\"ping\"");
        measure("`send_message`, one recipient here", port, "plain", message("\"plain\""));
        measure("`send_message`, 100 recipients, all offline", port, "plain", message(many));
        measure("`get_online_users`, no friends", port, "plain", "\"get_online_users\"");
        measure("`get_online_users`, own list", port, "roster", "\"get_online_users\"");
        measure("`get_online_users`, JSON list", port, "json", "\"get_online_users\"");
        measure("`get_all_online_users`, limit 1", port, "plain", "\"get_all_online_users\",{\"limit\":1}");
        measure("`get_all_online_users`, limit 100", port, "plain", "\"get_all_online_users\",{\"limit\":100}");
        measure("`get_all_online_users`", port, "plain", "\"get_all_online_users\"");
        measure("`get_detailed_online_users`, limit 1", port, "plain", "\"get_detailed_online_users\",{\"limit\":1}");
        measure("`get_detailed_online_users`", port, "plain", "\"get_detailed_online_users\"");
    }

    private static String message(String recipients) {
        return "\"send_message\",{\"recipientIds\":[" + recipients + "],\"message\":\"hello\"}";
    }

    private static RawClient join(int port, String secret, String user) throws IOException {
        RawClient client = RawClient.open(port).join(Tokens.of(secret, user));
        client.await("\"connected\"");
        return client;
    }

    private void measure(String name, int port, String user, String event) throws IOException {
        try (RawClient client = join(port, System.getenv("JWT_SECRET"), user)) {
            measure(name, client, event);
        }
    }

    private void measure(String name, RawClient client, String event) throws IOException {
        for (int i = 0; i < WARM_UP; i++) {
            client.send("427[" + event + "]");
            client.await(ACK);
        }
        List<Double> took = new ArrayList<>();
        Usage before = usage();
        for (int i = 0; i < calls; i++) {
            long began = System.nanoTime();
            client.send("427[" + event + "]");
            client.await(ACK);
            took.add((System.nanoTime() - began) / 1e6);
        }
        Usage used = usage().since(before);
        took.sort(null);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.3f | %.1f | %.1f |%n",
                name,
                Math.max(0, used.cpuMillis - idleCpu * used.millis) / calls,
                Math.max(0, used.redisMillis - idleRedisCpu * used.millis) / calls,
                Math.max(0, used.commands - idleCommands * used.millis) / calls,
                took.get(calls / 2));
    }

    /** The resources used since a point in time. */
    private record Usage(double millis, double cpuMillis, double redisMillis, double commands) {

        Usage since(Usage before) {
            return new Usage(
                    millis - before.millis,
                    cpuMillis - before.cpuMillis,
                    redisMillis - before.redisMillis,
                    commands - before.commands);
        }
    }

    private Usage usage() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        double cpu = (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_MILLI;
        double redisSeconds = 0;
        double commands = 0;
        for (String line : (redis.info("cpu") + redis.info("commandstats")).split("\r\n", -1)) {
            if (line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:")) {
                redisSeconds += Double.parseDouble(line.substring(line.indexOf(':') + 1));
            } else if (line.startsWith("cmdstat_") && !line.startsWith("cmdstat_info")) {
                commands += Long.parseLong(line.replaceAll(".*:calls=(\\d+),.*", "$1"));
            }
        }
        return new Usage(System.nanoTime() / 1e6, cpu, redisSeconds * 1_000, commands);
    }

    private static <T> T await(CompletionStage<T> answer) {
        return answer.toCompletableFuture().join();
    }
}
