package io.scarfall.presence.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Redis master and its replica, and three Sentinels that watch them, all of which are {@link RedisServer}s: kill, freeze
 * and restart them singly. A master that is away for two seconds is replaced, but not within six seconds of the
 * failover before. For one test thread at a time.
 */
public final class RedisSentinels implements AutoCloseable {

    /** The Sentinels' name for the master. */
    public static final String MASTER_NAME = "scarfall";

    private final List<RedisServer> data;
    private final List<RedisServer> sentinels;
    private final @Nullable String password;

    private RedisSentinels(List<RedisServer> data, List<RedisServer> sentinels, @Nullable String password) {
        this.data = data;
        this.sentinels = sentinels;
        this.password = password;
    }

    /** Without a password. */
    public static RedisSentinels start() {
        return start(null);
    }

    /**
     * The servers that all suites of this JVM share, as {@link RedisServer#shared}: none of them stops or changes
     * any.
     */
    public static RedisSentinels shared() {
        return Shared.SERVERS;
    }

    /**
     * Returns when all Sentinels know each other and the replica, which is in sync.
     *
     * @param password what the master and its replica require; the Sentinels require none
     */
    public static RedisSentinels start(@Nullable String password) {
        return start(password, null);
    }

    /**
     * The same with Sentinels that require a password too.
     *
     * @param sentinelPassword what the Sentinels require, also of each other; {@link #uri} does not have it
     */
    public static RedisSentinels start(@Nullable String password, @Nullable String sentinelPassword) {
        List<RedisServer> data = new ArrayList<>();
        List<RedisServer> sentinels = new ArrayList<>();
        RedisSentinels all = new RedisSentinels(data, sentinels, password);
        try {
            RedisServer master = server(password).start();
            data.add(master);
            data.add(server(password)
                    .directive("replicaof", master.host(), "" + master.port())
                    .start());
            for (int i = 0; i < 3; i++) {
                sentinels.add(sentinel(master, password, sentinelPassword));
            }
            Await.until(
                    "the Sentinels to know each other", () -> sentinels.stream().allMatch(RedisSentinels::isComplete));
            all.awaitReplica(data.get(1));
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** The server that all running Sentinels call the master. */
    public RedisServer master() {
        List<RedisServer> named = data.stream().filter(this::isNamed).toList();
        if (named.size() != 1) {
            throw new IllegalStateException("the Sentinels do not agree on a master");
        }
        return named.get(0);
    }

    /** The other one of the two servers. */
    public RedisServer replica() {
        RedisServer master = master();
        return data.get(data.get(0) == master ? 1 : 0);
    }

    public List<RedisServer> sentinels() {
        return sentinels;
    }

    /** {@code redis-sentinel://} with the password of the master, the addresses of the Sentinels and its name. */
    public String uri() {
        String credentials = password == null ? "" : ":" + RedisServer.encode(password) + "@";
        return "redis-sentinel://" + credentials
                + sentinels.stream().map(RedisServer::toString).collect(Collectors.joining(",")) + "#" + MASTER_NAME;
    }

    /**
     * Has the Sentinels replace the running master. Returns when all call the replica the master; the old one may
     * believe for a moment that it still is, see {@link #awaitReplica}.
     */
    public void failOver() {
        RedisServer next = replica();
        Await.until(
                "a failover to " + next + " to begin",
                () -> "OK".equals(sentinels.get(0).command("SENTINEL", "FAILOVER", MASTER_NAME)));
        awaitMaster(next);
    }

    /**
     * Returns when a server is the master, and all running Sentinels say so: after the other one was killed, for
     * example.
     */
    public void awaitMaster(RedisServer server) {
        Await.until(server + " to be the master", () -> server.info("role").equals("master") && isNamed(server));
    }

    /**
     * Returns when a server is a replica of the other one, and all running Sentinels know, so that it could replace
     * it: after a failover, or after it was killed, replaced and restarted.
     */
    public void awaitReplica(RedisServer server) {
        Await.until(
                server + " to be the replica",
                () -> server.follows() && running().allMatch(sentinel -> hasReplica(sentinel, server)));
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        data.forEach(RedisServer::close);
    }

    private boolean isNamed(RedisServer server) {
        return running()
                .map(sentinel -> sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME))
                .allMatch(List.of(server.host(), "" + server.port())::equals);
    }

    private Stream<RedisServer> running() {
        return sentinels.stream().filter(RedisServer::isRunning);
    }

    private static boolean hasReplica(RedisServer sentinel, RedisServer replica) {
        List<?> replicas = (List<?>) Objects.requireNonNull(sentinel.command("SENTINEL", "REPLICAS", MASTER_NAME));
        return replicas.stream()
                .map(RedisSentinels::fields)
                .anyMatch(view -> replica.toString().equals(view.get("name"))
                        && "slave".equals(view.get("flags")) // and not, beside that, s_down or disconnected
                        && "ok".equals(view.get("master-link-status")));
    }

    private static boolean isComplete(RedisServer sentinel) {
        Map<String, String> view = fields(sentinel.command("SENTINEL", "MASTER", MASTER_NAME));
        return "2".equals(view.get("num-other-sentinels")) && "master".equals(view.get("flags"));
    }

    /** Names and values in turn. */
    private static Map<String, String> fields(@Nullable Object reply) {
        List<?> items = (List<?>) Objects.requireNonNull(reply);
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < items.size(); i += 2) {
            fields.put((String) items.get(i), (String) items.get(i + 1));
        }
        return fields;
    }

    private static RedisServer.Builder server(@Nullable String password) {
        RedisServer.Builder server = RedisServer.builder();
        return password == null ? server : server.password(password);
    }

    private static RedisServer sentinel(
            RedisServer master, @Nullable String password, @Nullable String sentinelPassword) {
        RedisServer.Builder builder = server(sentinelPassword)
                .sentinel()
                .directive("sentinel", "monitor", MASTER_NAME, master.host(), "" + master.port(), "2")
                .directive("sentinel", "down-after-milliseconds", MASTER_NAME, "1500")
                .directive("sentinel", "failover-timeout", MASTER_NAME, "3000");
        if (password != null) {
            builder.directive("sentinel", "auth-pass", MASTER_NAME, password);
        }
        RedisServer sentinel = builder.start();
        // They check a replica every second instead of every ten, and tell each other of a failover every second
        // instead of every two. Not faster: after four times as long they demote a second master, which may be the
        // new one, of which only one of them knows yet.
        sentinel.command("SENTINEL", "DEBUG", "INFO-PERIOD", "1000", "PUBLISH-PERIOD", "1000");
        return sentinel;
    }

    private static final class Shared {

        static final RedisSentinels SERVERS = start();
    }
}
