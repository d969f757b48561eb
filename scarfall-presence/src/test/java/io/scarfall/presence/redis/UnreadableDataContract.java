package io.scarfall.presence.redis;

import static io.scarfall.presence.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.sync.RedisClusterCommands;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.StoreListener;
import io.scarfall.presence.TestCluster;
import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.slf4j.LoggerFactory;

/**
 * Another program writes into our keys, of each kind and in each way, while nodes run. It affects only what it wrote;
 * that is counted and logged once, and repaired where the truth is known.
 */
abstract class UnreadableDataContract {

    private static final String VICTIM = "anna";
    private static final Duration KEEP = Duration.ofDays(1);

    private final Set<StoreListener.Data> counted = ConcurrentHashMap.newKeySet();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private final Logger log = (Logger) LoggerFactory.getLogger(Unreadable.class);

    private RedisFixture fixture;
    private TestCluster cluster;
    private RedisKeys keys;
    private StatefulConnection<String, String> connection;

    /** The address of the servers. */
    abstract RedisPresenceCluster.Builder address();

    abstract StatefulConnection<String, String> connect();

    abstract RedisClusterCommands<String, String> commands(StatefulConnection<String, String> connection);

    @BeforeEach
    void begin() {
        connection = connect();
        logged.start();
        log.addAppender(logged);
        setUp();
    }

    @AfterEach
    void end() {
        log.detachAppender(logged);
        fixture.close();
        connection.close();
    }

    private void setUp() {
        fixture = new RedisFixture(PresenceSettings.DEFAULTS, this::address) {
            @Override
            RedisState make(RedisPresenceCluster.Builder builder) {
                return builder.listener(new StoreListener() {
                            @Override
                            public void ended(Operation operation, Outcome outcome, long nanos) {}

                            @Override
                            public void unreadable(Data data) {
                                counted.add(data);
                            }
                        })
                        .buildState();
            }
        };
        keys = new RedisKeys(fixture.prefix(), RedisFixture.PARTITIONS);
        cluster = new TestCluster(fixture);
        counted.clear();
        logged.list.clear();
    }

    /** How a key is damaged. */
    private interface Spoiler {

        void spoil(UnreadableDataContract of, String key, NodeId node);
    }

    /** One case: which key holds what. */
    private record Case(String name, StoreListener.Data data, Spoiler spoiler) {}

    private static Case of(String what, StoreListener.Data data, String key, Spoiler spoiler) {
        return new Case(key + ": " + what, data, spoiler);
    }

    private Object redis(String... command) {
        String[] arguments = command.clone();
        return commands(connection)
                .eval("return redis.call(unpack(ARGV))", ScriptOutputType.MULTI, new String[] {command[1]}, arguments);
    }

    private String key(String kind, NodeId node) {
        int partition = keys.partitionOf(VICTIM);
        return switch (kind) {
            case "user" -> keys.user(VICTIM);
            case "details" -> keys.details(VICTIM);
            case "online" -> keys.online(partition);
            case "leaving" -> keys.leaving(partition);
            case "node" -> keys.node(partition, node);
            case "fence" -> keys.fence(partition);
            case "feed" -> keys.events(partition);
            case "nodes" -> keys.nodes();
            case "revoked" -> keys.revoked();
            case "places" -> keys.places(VICTIM);
            case "reaped" -> keys.reaped(VICTIM);
            case "friends" -> keys.friends(VICTIM);
            case "listed" -> keys.listed(VICTIM);
            case "changed" -> keys.changed(VICTIM);
            case "unindexed" -> keys.unindexed(VICTIM);
            case "watchers" -> keys.watchers(VICTIM);
            case "marks" -> keys.marks(VICTIM);
            case "group" -> keys.group("g");
            case "meta" -> keys.meta();
            default -> throw new AssertionError(kind);
        };
    }

    private Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String kind : List.of(
                "user",
                "details",
                "online",
                "leaving",
                "node",
                "fence",
                "feed",
                "nodes",
                "revoked",
                "places",
                "reaped",
                "friends",
                "listed",
                "changed",
                "unindexed",
                "watchers",
                "marks",
                "group",
                "meta")) {
            StoreListener.Data data = switch (kind) {
                case "listed", "changed", "unindexed" -> StoreListener.Data.FRIENDS;
                case "reaped" -> StoreListener.Data.USER;
                case "marks" -> StoreListener.Data.WATCHERS;
                default -> StoreListener.Data.valueOf(kind.toUpperCase(Locale.ROOT));
            };
            cases.add(of("another type", data, kind, (of, key, node) -> {
                of.redis("DEL", key);
                of.redis("RPUSH", key, "what", "others", "wrote");
            }));
        }
        values(
                cases,
                "user",
                Values::text,
                "",
                "x",
                "1",
                "\n",
                "\t\t\t\t",
                "1\t2\t3",
                "{\"userId\":\"anna\"}",
                "\u0000\u0001\uffff");
        values(cases, "user", Values::text, "1\tx\t-1\t0\t\\N\ns1\tgw@1\t1\t1\t\\N\t\\N\t\\N", "x".repeat(5_000_000));
        values(
                cases,
                "user",
                Values::text,
                "1\t99999999999999999999\t1\t0\t\\N",
                "1\t9007199254740000\t1767225600000\t0\t\\N");
        values(
                cases,
                "user",
                Values::append,
                "\nfoo",
                "\ns9\tnot a node\t1\t1\t\\N\t\\N\t\\N",
                "\n\n\n",
                "\ns9\tx@0\t1");
        values(cases, "user", Values::append, "\ns9\tphantom@9007199254740991\t1\t1\t\\N\t\\N\t\\N", "\n\t\t\t\t\t\t");
        values(cases, "user", Values::cut, "1", "20", "60", "75");
        for (String member :
                List.of("-1 nobody", "0 nobody", "5 nobody", "1.5 nobody", "inf nobody", "-inf nobody", "9e18 x")) {
            values(cases, "online", Values::scored, member);
        }
        values(cases, "online", Values::scored, "inf anna", "-5 anna", "1.5 anna");
        values(cases, "leaving", Values::scored, "-inf nobody", "1 \u0000\t\n", "1 anna");
        values(cases, "node", Values::member, "nonsense", "\t", "", "\u0000", "s\t", "\tanna", "a\\x\tanna");
        values(cases, "fence", Values::own, "x", "", "-1 0 0", "9007199254740991 0 1", "1 2");
        values(cases, "fence", Values::generation, "99999", "99999999999999999999");
        values(
                cases,
                "fence",
                Values::field,
                "# x",
                "## x",
                "# 99999999999999999999",
                "## -5",
                "# 9000000000000000",
                "other x");
        values(
                cases,
                "feed",
                Values::entry,
                "* x y",
                "18446744073709551615-18446744073709551615 x y",
                "9000000000000000-1 u anna");
        values(
                cases,
                "nodes",
                Values::field,
                "x y",
                "epoch x",
                "epoch 9007199254740991",
                "epoch -1",
                "p@1 1",
                "p@9 0 x x x");
        values(cases, "nodes", Values::field, "phantom@5 1_9999999999999999_0_0", "p@1 _", "@ 1_1_1_1", "p@x 1_1_1_1");
        values(
                cases,
                "revoked",
                Values::scored,
                "-1 u:x",
                "inf u:x",
                "9007199254740991 u:x",
                "0.5 u:x",
                "1767225600000000 nonsense");
        values(
                cases,
                "revoked",
                Values::scored,
                "1767225600000001 s:99:x",
                "1767225600000002 u:",
                "1767225600000003 \u0000");
        values(cases, "details", Values::field, " x", " -1", " 99999999999999", "s1 nonsense");
        values(
                cases,
                "reaped",
                Values::text,
                "x",
                "\n",
                "\n\t\t\t\t",
                "\ns1\tx\tx\tx\tx",
                "\ns1\ta@1\t9007199254740991\t-1\t");
        values(cases, "places", Values::scored, "1 nonsense", "inf a@1_s", "-inf a@1_s", "1 x@0_s");
        values(
                cases,
                "group",
                Values::field,
                "g x",
                "@c x",
                "0 x",
                "0 99999999999999999999-1",
                "g -1",
                "x y",
                "@d 9999999999999999");
        values(cases, "friends", Values::field, " x", "bert ", "\u0000 +");
        values(cases, "changed", Values::text, "x", "9007199254740991");
        values(cases, "watchers", Values::scored, "5 x", "0 \u0000");
        values(cases, "meta", Values::field, "format x", "partitions x", "format ", "other x");
        // this client cannot name what is not UTF-8
        values(cases, "user", Values::bytes, "SET BYTES", "APPEND BYTES");
        values(cases, "details", Values::bytes, "HSET BYTES x");
        values(cases, "reaped", Values::bytes, "SET BYTES", "APPEND BYTES");
        values(cases, "online", Values::bytes, "ZADD 7 BYTES", "ZADD 0.5 BYTES");
        values(cases, "leaving", Values::bytes, "ZADD 1 BYTES");
        values(cases, "node", Values::bytes, "SADD BYTES");
        values(cases, "fence", Values::bytes, "HSET BYTES BYTES");
        values(cases, "feed", Values::bytes, "XADD * u BYTES");
        values(cases, "nodes", Values::bytes, "HSET BYTES BYTES");
        values(cases, "revoked", Values::bytes, "ZADD 1767225600000004 BYTES");
        values(cases, "places", Values::bytes, "ZADD 1 BYTES");
        values(cases, "friends", Values::bytes, "HSET BYTES BYTES");
        values(cases, "watchers", Values::bytes, "ZADD 0 BYTES");
        values(cases, "group", Values::bytes, "HSET BYTES BYTES");
        values(cases, "meta", Values::bytes, "HSET BYTES BYTES");
        return cases.stream();
    }

    /** What is written. */
    private interface Values {

        static void text(UnreadableDataContract of, String key, String value, NodeId node) {
            of.redis("SET", key, value);
        }

        static void append(UnreadableDataContract of, String key, String value, NodeId node) {
            of.redis("APPEND", key, value);
        }

        static void cut(UnreadableDataContract of, String key, String value, NodeId node) {
            String before = String.valueOf(((List<?>) of.redis("GETRANGE", key, "0", value)).get(0));
            of.redis("SET", key, before);
        }

        static void scored(UnreadableDataContract of, String key, String value, NodeId node) {
            writePair(of, "ZADD", key, value);
        }

        private static void writePair(UnreadableDataContract of, String command, String key, String pair) {
            int space = pair.indexOf(' ');
            of.redis(
                    command,
                    key,
                    pair.substring(0, space),
                    pair.substring(space + 1).replace('_', ' '));
        }

        static void member(UnreadableDataContract of, String key, String value, NodeId node) {
            of.redis("SADD", key, value);
        }

        static void field(UnreadableDataContract of, String key, String value, NodeId node) {
            writePair(of, "HSET", key, value);
        }

        static void bytes(UnreadableDataContract of, String key, String value, NodeId node) {
            of.commands(of.connection).eval("""
                            local words = {}
                            for word in string.gmatch(ARGV[1], '%S+') do
                                words[#words + 1] = word == 'BYTES' and '\\255\\254' or word
                            end
                            return redis.call(words[1], KEYS[1], unpack(words, 2))
                            """, ScriptOutputType.MULTI, new String[] {key}, value);
        }

        static void own(UnreadableDataContract of, String key, String value, NodeId node) {
            of.redis("HSET", key, node.name(), value);
        }

        static void generation(UnreadableDataContract of, String key, String value, NodeId node) {
            of.redis("HSET", key, node.name(), node.epoch() + " " + value + " 1767225600000");
        }

        static void entry(UnreadableDataContract of, String key, String value, NodeId node) {
            String[] words = value.split(" ");
            of.redis("DEL", key);
            of.redis("XADD", key, words[0], words[1], words[2]);
        }

        void spoil(UnreadableDataContract of, String key, String value, NodeId node);
    }

    private static void values(List<Case> cases, String kind, Values how, String... values) {
        for (String value : values) {
            String name = value.length() > 60 ? value.length() + " characters" : value.replaceAll("[^ -~]", "?");
            cases.add(new Case(kind + ": " + name, null, (of, key, node) -> how.spoil(of, key, value, node)));
        }
    }

    @TestFactory
    Stream<DynamicTest> itHarmsOnlyWhatItBelongsTo() {
        return cases().map(one -> DynamicTest.dynamicTest(one.name, () -> {
            fixture.close();
            setUp();
            check(one);
        }));
    }

    private void check(Case one) {
        String kind = one.name.substring(0, one.name.indexOf(':'));
        Node a = cluster.join("a");
        Node b = cluster.joinAndSettle("b");
        String neighbour = RedisFixture.neighbour(VICTIM, 1);
        String other = RedisFixture.neighbour(VICTIM, 5);
        a.setFriends("watcher", VICTIM, neighbour);
        a.setFriends(VICTIM, "bert");
        await(a.store().open(fat(a)));
        a.open(neighbour, "s2");
        b.open("bert", "s3");
        b.open(other, "s4");
        TransitionFeed feed = b.presence().transitions();
        String from = await(feed.newest());
        await(feed.group("g", "c").read(10));
        await(a.cluster().places().claim(a.session(VICTIM, "s1"), 5, false));
        await(a.cluster().revocations().revoke(Target.user("gone"), KEEP, 100));

        String spoilt = key(kind, a.id());
        one.spoiler.spoil(this, spoilt, a.id());
        fixture.advance(Duration.ofSeconds(1));

        if (!a.beat().renewed()) { // if its own life was damaged, it joins again, as a gateway does
            assertThat(kind).isEqualTo("nodes");
            a = a.rejoin();
            a.open(neighbour, "s2");
            await(a.store().open(fat(a)));
        }
        if (!b.beat().renewed()) {
            assertThat(one.name).isEqualTo("nodes: another type");
            b = b.rejoin();
            b.open("bert", "s3");
            b.open(other, "s4");
        }
        Node self = a;
        // queries about others are answered
        assertThat(b.nodesOf(neighbour)).containsExactly(a.id());
        Map<String, UserPresence> status = a.status(List.of("bert", VICTIM, neighbour, other));
        assertThat(List.of(status.get("bert"), status.get(neighbour), status.get(other)))
                .allMatch(UserPresence::online);
        b.online(); // the first answer may lack some
        assertThat(b.online()).contains("bert", neighbour, other);
        assertThat(b.count()).isGreaterThanOrEqualTo(3);
        assertThat(a.sessionsOf(b.id())).extracting(UserSession::userId).contains("bert", other);

        // writes of others succeed
        eventually(() -> assertThat(self.touch(neighbour, "s2")).isTrue());
        assertThat(b.touch(other, "s4")).isTrue();
        String late = RedisFixture.neighbour(VICTIM, 9);
        Transition came = b.open(late, "s5");
        assertThat(came.kind()).isEqualTo(Transition.Kind.CAME_ONLINE);
        assertThat(a.nodesOf(late)).containsExactly(b.id());
        assertThat(b.close(late, "s5").kind()).isEqualTo(Transition.Kind.WENT_OFFLINE);

        // the node of the damaged session repairs it
        eventually(() -> {
            if (!self.touch(VICTIM, "s1")) {
                await(self.store().open(fat(self)));
            }
        });
        assertThat(b.nodesOf(VICTIM)).containsExactly(a.id());
        assertThat(b.status(VICTIM).online()).isTrue();
        await(b.cluster().reaper().adopt()); // checks the indexes
        assertThat(b.online()).contains(VICTIM);
        assertThat(b.sessions(VICTIM)).extracting(UserSession::sessionId).containsExactly("s1");
        assertThat(await(a.cluster().places().claim(a.session(VICTIM, "s1"), 5, false))
                        .granted())
                .isTrue();

        // changes are still read
        TransitionFeed.Batch batch = await(feed.read(from, 100));
        assertThat(batch.changes())
                .extracting(TransitionFeed.StatusChange::userId)
                .contains(late);
        TransitionFeed.Group group = feed.group("g", "c");
        TransitionFeed.Batch share = await(group.read(100));
        assertThat(share.changes())
                .extracting(TransitionFeed.StatusChange::userId)
                .contains(late);
        assertThat(await(group.acknowledge(share))).isTrue();

        // revocations are still read
        Target revoked = Target.user("another");
        await(b.cluster().revocations().revoke(revoked, KEEP, 100));
        eventually(() -> assertThat(await(self.cluster().revocations().since(0, 100)))
                .extracting(Revocation::target)
                .contains(revoked));
        assertThat(await(a.cluster().revocations().of(List.of(revoked)))).hasSize(1);

        // lists are still read
        a.setFriends(VICTIM, "bert", neighbour);
        assertThat(await(b.cluster().roster().friends(VICTIM)))
                .extracting(Friend::userId)
                .contains("bert", neighbour);
        await(b.cluster().roster().watchers(VICTIM, null, 10));
        assertThat(await(b.cluster().roster().watchers(neighbour, null, 10)).items())
                .contains("watcher");

        // a dead node leaves nothing, and each notice is made
        a.setFriends("another", VICTIM);
        assertThat(await(b.cluster().roster().watchers(VICTIM, null, 10)).items())
                .contains("another");
        a.crash();
        cluster.elapseLease();
        List<Transition> reaped = b.reapAll();
        assertThat(reaped).extracting(Transition::userId).contains(neighbour, VICTIM);
        assertThat(reaped)
                .filteredOn(transition -> transition.userId().equals(neighbour))
                .allMatch(transition -> transition.watchers().items().contains("watcher"));
        assertThat(b.online()).contains("bert", other).doesNotContain(VICTIM, neighbour);
        assertThat(await(b.store().nodesOf(List.of(VICTIM, neighbour)))).matches(found -> found.hasReaped(neighbour));

        cluster.join("c");
        assertThat(redis("TYPE", spoilt).toString()).doesNotContain("list");
        if (one.data != null) {
            assertThat(counted).contains(one.data);
        }
        Map<String, Long> named = logged.list.stream()
                .collect(Collectors.groupingBy(ILoggingEvent::getFormattedMessage, Collectors.counting()));
        assertThat(named.values()).as("each of three processes names it once").allMatch(times -> times <= 3);
    }

    private static UserSession fat(Node node) {
        UserSession plain = node.session(VICTIM, "s1");
        return new UserSession(
                VICTIM,
                "s1",
                node.id(),
                plain.connectedAt(),
                plain.lastActivity(),
                plain.email(),
                "{\"about\":\"" + "x".repeat(2_000) + "\"}",
                plain.address());
    }

    /** What may fail during the repair. */
    private static void eventually(Runnable step) {
        Throwable last = null;
        for (int i = 0; i < 5; i++) {
            try {
                step.run();
                return;
            } catch (AssertionError | IllegalStateException e) {
                last = e;
            }
        }
        throw new AssertionError(last);
    }
}
