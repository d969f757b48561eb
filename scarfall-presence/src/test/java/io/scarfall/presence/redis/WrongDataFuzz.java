package io.scarfall.presence.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.testing.Cost;
import io.scarfall.testing.FuzzInput;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Redis into which another program has written: other data is read all the same. Lines of an input are members,
 * fields or values, in the order in which they are read, over and over.
 */
public final class WrongDataFuzz {

    private static final long NOW = 1_732_316_400_000L;
    private static final int PARTITIONS = 2;
    private static final PresenceSettings SETTINGS = PresenceSettings.DEFAULTS;
    private static final LargeWork LARGE = new LargeWork(new StoreTime(() -> "", () -> 0), Duration.ofSeconds(2));

    /** The cost of this many queries, in bytes of input. */
    private static final int QUESTIONS = 1_000;

    /** How often one answer may query Redis. */
    private static final int MOST_COMMANDS = 100;

    private static final String GOOD = "good";
    private static final String NODE = "gw-1@" + NOW + "000";
    private static final String RECORD =
            "1\t7\t" + NOW + "\t0\tgood@b.example\nsession\t" + NODE + "\t" + NOW + "\t" + NOW + "\t\\N\t\\N\t\\N";

    private WrongDataFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        int kind = input.choice(8);
        String text = new String(input.rest(), StandardCharsets.UTF_8);
        Cost.bounded(QUESTIONS + bytes.length, 20_000, () -> check(kind, new WrongRedis(text)));
    }

    private static void check(int kind, WrongRedis redis) {
        RedisKeys keys = new RedisKeys("scarfall", PARTITIONS);
        StoreTime time = new StoreTime(() -> "", () -> 0);
        Unreadable unreadable = new Unreadable(null, () -> 0);
        Transitions transitions = new Transitions(SETTINGS, Duration.ofHours(1), PARTITIONS, null);
        Records records = new Records(redis, keys, time, transitions, unreadable);
        LiveNodes live = new LiveNodes(redis, keys, time, SETTINGS, Duration.ofSeconds(1));
        JsonFriends external = new JsonFriends(redis, LARGE, unreadable, 100, 100_000, () -> {});
        RedisRoster roster = new RedisRoster(
                redis, keys, time, records, unreadable, 100, kind % 2 == 0 ? external : null, Duration.ZERO);
        OnlineSizes sizes = new OnlineSizes(redis, keys, time, records, OnlineSizes.MAX_AGE);
        RedisReads reads = new RedisReads(
                redis, keys, time, records, unreadable, live, roster, sizes, LARGE, p -> false, true, SETTINGS);
        switch (kind) {
            case 0, 1 -> {
                var status = value(reads.status(List.of("bad", GOOD, "worse")));
                assert status.get(GOOD).status() == Status.ONLINE : status;
                assert status.get(GOOD).version() == 7 : status;
            }
            case 2 -> {
                assert value(reads.sessions(GOOD)).size() == 1;
                ended(reads.sessions("bad"));
            }
            case 3 -> ended(reads.online(null, 10));
            case 4 -> {
                ended(roster.friends("bad"));
                ended(roster.refresh("bad"));
            }
            case 5 -> {
                ended(roster.watchers("bad", null, 10));
                ended(reads.onlineFriends("bad"));
            }
            case 6 -> ended(new RedisRevocations(redis, keys, time, records, unreadable).since(0, 2));
            default -> {
                TransitionFeed feed = reads.transitions();
                ended(feed.read(TransitionFeed.OLDEST, 10));
                ended(feed.newest());
            }
        }
    }

    private static <T> T value(CompletionStage<T> stage) {
        T value = ended(stage);
        assert value != null;
        return value;
    }

    /** Nothing hangs, and nothing fails because of foreign data. */
    private static <T> @Nullable T ended(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        assert future.isDone();
        try {
            return future.getNow(null);
        } catch (CompletionException e) {
            boolean isList = e.getCause() instanceof IllegalStateException list
                    && String.valueOf(list.getMessage()).contains("malformed (expected: a JSON array");
            if (!isList) {
                throw new AssertionError(e.getCause());
            }
            return null; // as documented
        }
    }

    /** Answers each query in the form that Redis has for it, with arbitrary texts. */
    private static final class WrongRedis implements Commands {

        private final String[] lines;
        private int next;
        private int asked;

        WrongRedis(String text) {
            lines = text.split("\n", -1);
        }

        private String line() {
            String line = lines[next++ % lines.length];
            return line.replace("\\n", "\n").replace("\\t", "\t");
        }

        private int count() {
            return Math.floorMod(line().hashCode(), 4);
        }

        @Override
        public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
            count("reaped");
            return CompletableFuture.completedFuture(
                    userIds.stream().map(user -> new ReapedSessions(line())).toList());
        }

        @Override
        public CompletionStage<List<UserRecord>> users(List<String> userIds) {
            count("users");
            return CompletableFuture.completedFuture(userIds.stream()
                    .map(user -> UserRecord.of(user.equals(GOOD) ? RECORD : line()))
                    .toList());
        }

        @Override
        public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
            count(script.name());
            return CompletableFuture.completedFuture(
                    switch (script) {
                        case VIEW -> new Reply(List.of(NOW + "000", lives()));
                        case FRIENDS -> new Reply(List.of("OK", "1", 0L, List.of()));
                        case LIST -> new Reply(List.of("1", line()));
                        case MEND ->
                            new Reply(Stream.generate(this::line)
                                    .limit(args.length)
                                    .toList());
                        case WATCH, INDEXED, HEAL -> new Reply(List.of("OK"));
                        default -> throw new AssertionError("unexpected script " + script);
                    });
        }

        private List<Object> lives() {
            List<Object> lives = new ArrayList<>();
            lives.add(List.of(NODE, "1", String.valueOf(NOW + 10_000)));
            return lives;
        }

        private void count(String command) {
            assert ++asked <= MOST_COMMANDS : "asks again and again: " + command;
        }

        @Override
        public CompletionStage<Reply> write(int partition, String... args) {
            throw new AssertionError("reads only");
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T> CompletionStage<T> call(
                Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
            return command.apply((RedisClusterAsyncCommands<String, String>) Proxy.newProxyInstance(
                    WrongDataFuzz.class.getClassLoader(),
                    new Class<?>[] {RedisClusterAsyncCommands.class},
                    (proxy, method, args) ->
                            new PipelinedRedisFuture<>(CompletableFuture.completedFuture(answer(method.getName())))));
        }

        private Object answer(String command) {
            count(command);
            return switch (command) {
                case "get" -> line();
                case "hgetall" -> map();
                case "hscan" -> scanned();
                case "hlen", "zcard", "zcount", "exists" -> (long) count();
                case "zrem", "xdel" -> 0L; // as for what is not UTF-8
                case "hmget" -> List.of(KeyValue.just(line(), line()));
                case "zrangebyscoreWithScores" -> scored();
                case "zrangebylex" -> texts();
                case "xrange", "xrevrange" -> messages();
                default -> throw new AssertionError("unexpected command " + command);
            };
        }

        private List<String> texts() {
            List<String> texts = new ArrayList<>();
            for (int i = count(); i > 0; i--) {
                texts.add(line());
            }
            return texts;
        }

        private Map<String, String> map() {
            Map<String, String> map = new LinkedHashMap<>();
            for (int i = count(); i > 0; i--) {
                map.put(line(), line());
            }
            return map;
        }

        private MapScanCursor<String, String> scanned() {
            MapScanCursor<String, String> cursor = new MapScanCursor<>();
            cursor.getMap().putAll(map());
            cursor.setCursor("0");
            cursor.setFinished(true);
            return cursor;
        }

        private List<ScoredValue<String>> scored() {
            List<ScoredValue<String>> scored = new ArrayList<>();
            if (asked > MOST_COMMANDS / 2) {
                return scored; // every list ends
            }
            for (String text : texts()) {
                scored.add(ScoredValue.just(score(line()), text));
            }
            return scored;
        }

        private static double score(String text) {
            try {
                double score = Double.parseDouble(text);
                return Double.isNaN(score) ? 0 : score;
            } catch (NumberFormatException e) {
                return text.hashCode();
            }
        }

        /** Redis assigns the ids. */
        private List<StreamMessage<String, String>> messages() {
            List<StreamMessage<String, String>> messages = new ArrayList<>();
            int number = 1;
            for (int i = count(); i > 0; i--) {
                number += 1 + count();
                messages.add(new StreamMessage<>("key", NOW + "-" + number, map()));
            }
            return messages;
        }

        @Override
        public long generation() {
            return 0;
        }
    }
}
