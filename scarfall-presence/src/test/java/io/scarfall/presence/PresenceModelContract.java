package io.scarfall.presence;

import static io.scarfall.presence.TestCluster.await;
import static io.scarfall.presence.internal.Transition.Kind.CAME_ONLINE;
import static io.scarfall.presence.internal.Transition.Kind.UNCHANGED;
import static io.scarfall.presence.internal.Transition.Kind.WENT_OFFLINE;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.presence.TestCluster.Node;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.FencedException;
import io.scarfall.presence.internal.NodeReaper;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.Reaped;
import io.scarfall.presence.internal.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random schedules of several nodes, compared with a model after every step. Nodes open, touch and close sessions, stop
 * beating, write as zombies, beat again, join again, leave and reap.
 *
 * <p>A failure names its seed and the last steps. {@code -Dscarfall.seed=...} runs that schedule alone, and {@code
 * -Dscarfall.seeds=300} runs 300 new random schedules. The odd seeds run with a grace. In some points the contract leaves the
 * choice to the implementation, such as which sessions a paced reaper takes first, or how early a dead node is refused. There
 * the model accepts what the implementation did if the contract allows it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // so that seeds() can be overridden
public abstract class PresenceModelContract extends ClusterContract {

    private static final Duration GRACE = Duration.ofMillis(3_700);

    /** Which schedules run: some that are always the same, and a few new ones. */
    protected LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 200), random(100));
    }

    /** The length of a schedule. */
    protected int steps() {
        return 250;
    }

    /** Another user, whose changes an implementation may send together with those of this one. */
    protected String neighbour(String userId, int number) {
        return userId + "-" + number;
    }

    LongStream seedsToRun() {
        String replay = System.getProperty("scarfall.seed");
        if (replay != null) {
            return LongStream.of(Long.parseLong(replay));
        }
        Long count = Long.getLong("scarfall.seeds");
        return count != null ? random(count) : seeds();
    }

    /** Seeds of new schedules. */
    protected static LongStream random(long count) {
        return new Random().longs(count).map(seed -> seed & 0xffffffffL);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seedsToRun")
    void behavesAsTheModel(long seed) {
        Duration grace = seed % 2 == 0 ? Duration.ZERO : GRACE;
        Run run = new Run(cluster(SETTINGS.withOfflineGrace(grace)), new Random(seed), grace, this::neighbour);
        try {
            for (int step = 0; step < steps(); step++) {
                run.step();
                run.check();
            }
            run.checkFeed();
        } catch (AssertionError e) {
            throw new AssertionError(
                    "replay with -Dscarfall.seed=" + seed + "; last steps:\n  " + String.join("\n  ", run.lastSteps())
                            + "\n" + e.getMessage(),
                    e);
        }
    }

    /** One life of a node, in the model. */
    private static final class Life {
        final Node node;
        Instant liveUntil;
        Instant heldSince;
        boolean beating = true;
        /** Left, superseded, or known to be fenced by a reaper. */
        boolean over;
        /** None of its sockets is connected. */
        boolean left;
        /** If ended: from when other nodes may reap it. */
        Instant reapableFrom = Instant.MAX;
        /** A reaper may have fenced it without a visible effect so far. */
        boolean perhapsOver;
        /** A reaper has finished it. */
        boolean reaped;

        Life(Node node, Instant now, Duration lease) {
            this.node = node;
            this.heldSince = now;
            this.liveUntil = now.plus(lease);
        }

        NodeId id() {
            return node.id();
        }

        boolean live(Instant now) {
            return !over && now.isBefore(liveUntil);
        }

        void end(Instant now, Instant reapable) {
            over = true;
            beating = false;
            reapableFrom = reapable;
            if (now.isBefore(liveUntil)) {
                liveUntil = now;
            }
        }
    }

    /** A session that was reaped: all of the model are of one device. */
    private record Gone(String sessionId, String node, Instant lastBeat, Instant until) {}

    private static final class User {
        final Map<String, Life> sessions = new TreeMap<>();
        final Map<String, Instant> connected = new TreeMap<>();
        final List<Gone> reaped = new ArrayList<>();
        Status told = Status.OFFLINE;
        long version;

        @Nullable
        Instant seen;

        Instant leavingUntil = Instant.MAX;
        final List<String> changes = new ArrayList<>();

        boolean leaving() {
            return told == Status.ONLINE && sessions.isEmpty();
        }
    }

    private static final class Run {

        private final TestCluster cluster;
        private final Random random;
        private final Duration grace;
        private final Duration lease;
        private final BiFunction<String, Integer, String> neighbours;
        private final List<Life> lives = new ArrayList<>();
        private final Map<String, Life> newest = new TreeMap<>();
        private final Map<String, User> users = new LinkedHashMap<>();
        private final List<String> steps = new ArrayList<>();
        /** The answer to the last write was lost, so no caller learned of its change. */
        private boolean lost;

        Run(TestCluster cluster, Random random, Duration grace, BiFunction<String, Integer, String> neighbours) {
            this.cluster = cluster;
            this.random = random;
            this.grace = grace;
            this.neighbours = neighbours;
            for (int i = 0; i < 5; i++) {
                users.put("user" + i, new User());
            }
            add(cluster.join("n0"));
            add(cluster.join("n1"));
            this.lease = cluster.lease();
        }

        List<String> lastSteps() {
            return steps.subList(Math.max(0, steps.size() - 40), steps.size());
        }

        void step() {
            int dice = random.nextInt(100);
            if (dice < 60) {
                write();
            } else if (dice < 76) {
                elapse(Duration.ofMillis(101 + random.nextInt(4_000)));
            } else if (dice < 87) {
                reap();
            } else if (dice < 90) {
                crash();
            } else if (dice < 93) {
                zombieBeats();
            } else if (dice < 95) {
                rejoin();
            } else if (dice < 96) {
                leave();
            } else if (dice < 97) {
                pause();
            } else if (newest.size() < 4) {
                add(cluster.join("n" + newest.size()));
            }
        }

        // ---- steps

        private void write() {
            Life life = random.nextInt(5) > 0 ? pick(beating()) : pick(lives);
            String userId = pick(new ArrayList<>(users.keySet()));
            String sessionId = life.id().name() + "-" + random.nextInt(2);
            UserSession session = life.node.session(userId, sessionId);
            User user = user(userId);
            Life holder = user.sessions.get(sessionId);
            int kind = random.nextInt(10);
            if (kind < 4) {
                Transition transition =
                        written("open", life, session, () -> life.node.store().open(session));
                if (transition != null) {
                    user.sessions.put(sessionId, life);
                    user.connected.put(sessionId, session.connectedAt());
                    user.seen = now();
                    expect(transition, userId, user.told == Status.ONLINE ? UNCHANGED : CAME_ONLINE);
                }
            } else if (kind < 6) {
                Boolean touched =
                        written("touch", life, session, () -> life.node.store().touch(session));
                if (touched != null) {
                    assertThat(touched).as("touch").isEqualTo(holder == life);
                    if (touched) {
                        user.seen = now();
                    }
                }
            } else {
                Duration own = kind < 8 ? grace : Duration.ofMillis(random.nextInt(2) * 2_300L);
                Transition transition =
                        written("close", life, session, () -> life.node.store().close(session, own));
                if (transition == null) {
                    return;
                }
                if (holder == null) {
                    expect(transition, userId, UNCHANGED);
                    return;
                }
                user.sessions.remove(sessionId);
                user.connected.remove(sessionId);
                user.seen = now();
                if (user.sessions.isEmpty() && own.isZero()) {
                    expect(transition, userId, WENT_OFFLINE);
                } else {
                    user.leavingUntil = now().plus(own);
                    expect(transition, userId, UNCHANGED);
                }
            }
        }

        /** The answer, or {@code null} if the node was refused and may be. */
        private <T> @Nullable T written(
                String what, Life life, UserSession session, Supplier<CompletionStage<T>> write) {
            User user = user(session.userId());
            Life holder = user.sessions.get(session.sessionId());
            boolean byLaterEpoch =
                    holder != null && holder.id().epoch() > life.id().epoch();
            String step = what + " " + session.userId() + " " + session.sessionId() + " by " + life.id();
            lost = false;
            try {
                List<CompletionStage<Boolean>> crowd = random.nextInt(3) == 0 ? crowd(life, session) : List.of();
                T answer = answer(write);
                for (CompletionStage<Boolean> touched : crowd) {
                    assertThat(await(touched.exceptionally(failed -> false)))
                            .as("touch of a session that does not exist")
                            .isFalse();
                }
                steps.add(step + " -> " + answer);
                assertThat(life.reaped || byLaterEpoch)
                        .as("accepted from a fenced node")
                        .isFalse();
                return answer;
            } catch (ExecutionException e) {
                steps.add(step + " -> " + e.getCause());
                assertThat(e).hasCauseInstanceOf(FencedException.class);
                assertThat(life.live(now())).as("refused from a live node").isFalse();
                return null;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        /** Changes nothing, but shares a script with the next write. */
        private List<CompletionStage<Boolean>> crowd(Life life, UserSession session) {
            List<CompletionStage<Boolean>> touches = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                UserSession nobody = life.node.session(neighbours.apply(session.userId(), i), session.sessionId());
                touches.add(life.node.store().touch(nobody));
            }
            return touches;
        }

        /**
         * The answer; of a repeated call, if the first answer was lost, or the call was not sent because the one
         * before it was lost.
         */
        private <T> T answer(Supplier<CompletionStage<T>> write) throws Exception {
            while (true) {
                try {
                    return write.get().toCompletableFuture().get(10, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof LostAnswerException) {
                        lost = true;
                    } else if (!(e.getCause().getCause() instanceof LostAnswerException)) { // sent after a lost one
                        throw e;
                    }
                }
            }
        }

        private void elapse(Duration time) {
            steps.add("elapse " + time.toMillis() + " ms");
            cluster.elapse(time);
            renewBeating();
        }

        private void pause() {
            Duration time = lease.plusMillis(random.nextInt(5_000));
            steps.add("no node beats for " + time.toMillis() + " ms");
            cluster.pause(time);
            cluster.beatAll();
            renewBeating();
        }

        private void crash() {
            List<Life> beating = beating();
            if (beating.size() > 1) {
                Life life = pick(beating);
                steps.add("crash " + life.id());
                life.node.crash();
                life.beating = false;
            }
        }

        private void zombieBeats() {
            List<Life> silent = lives.stream().filter(life -> !life.beating).toList();
            if (silent.isEmpty()) {
                return;
            }
            Life life = pick(silent);
            boolean renewed = life.node.beat().renewed();
            steps.add("zombie beats " + life.id() + " -> " + renewed);
            if (renewed) {
                assertThat(life.over).as("renewed what was over").isFalse();
                life.perhapsOver = false;
                life.beating = true;
                life.node.recover();
                renew(life);
            } else {
                assertThat(life.over || life.perhapsOver)
                        .as("a lease that was not reaped was lost")
                        .isTrue();
                if (!life.over) {
                    life.end(now(), now());
                }
            }
        }

        private void rejoin() {
            Life life = newest.get(pick(new ArrayList<>(newest.keySet())));
            if (life == null) {
                return;
            }
            Node next = life.node.rejoin();
            if (!life.over) {
                life.end(now(), life.liveUntil);
            }
            add(next);
        }

        private void leave() {
            List<Life> beating = beating();
            if (beating.size() > 1) {
                Life life = pick(beating);
                steps.add("leave " + life.id());
                life.node.leave();
                life.left |= !life.over;
                life.end(now(), now());
            }
        }

        private void reap() {
            lost = false;
            Life by = pick(beating());
            int limit = random.nextBoolean() ? 1 + random.nextInt(4) : 100;
            Instant now = now();
            boolean settled = !by.heldSince.plus(lease).isAfter(now);
            List<Life> reapable = lives.stream()
                    .filter(life -> !life.reaped
                            && (life.over
                                    ? !life.reapableFrom.isAfter(now)
                                    : life.perhapsOver || settled && !life.live(now)))
                    .toList();
            List<String> due = users.keySet().stream()
                    .filter(id -> user(id).leaving() && !user(id).leavingUntil.isAfter(now))
                    .toList();

            Reaped reaped = by.node.reap(limit);

            steps.add("reap by " + by.id() + " limit " + limit + " -> " + reaped);
            Set<String> bereft = new TreeSet<>();
            int removed = 0;
            for (Life life : reapable) {
                int before = removed;
                Set<String> left = keys(by.node.sessionsOf(life.id()));
                for (Map.Entry<String, User> entry : users.entrySet()) {
                    User user = entry.getValue();
                    for (String sessionId : List.copyOf(user.sessions.keySet())) {
                        if (user.sessions.get(sessionId) == life && !left.contains(entry.getKey() + "/" + sessionId)) {
                            user.sessions.remove(sessionId);
                            user.connected.remove(sessionId);
                            if (!life.left) {
                                user.reaped.add(new Gone(
                                        sessionId,
                                        life.id().name(),
                                        life.liveUntil.minus(lease),
                                        now.plus(NodeReaper.REMEMBERED)));
                            }
                            user.seen = later(user.seen, life.liveUntil);
                            bereft.add(entry.getKey());
                            removed++;
                        }
                    }
                }
                if (!life.over) {
                    boolean fences = settled && !life.live(now);
                    life.perhapsOver = true;
                    if (removed > before || fences && !reaped.more()) {
                        life.end(now, now);
                    }
                }
                life.reaped |= life.over && !reaped.more();
            }
            assertThat(reaped.sessions()).as("sessions removed").isEqualTo(removed);

            Map<String, Transition> transitions = new HashMap<>();
            for (Transition transition : reaped.transitions()) {
                assertThat(transitions.put(transition.userId(), transition))
                        .as("one transition of " + transition.userId())
                        .isNull();
            }
            int graces = 0;
            for (String userId : due) {
                Transition transition = transitions.remove(userId);
                if (transition != null) {
                    expect(transition, userId, WENT_OFFLINE);
                    graces++;
                } else {
                    assertThat(reaped.more())
                            .as("grace of " + userId + " left over")
                            .isTrue();
                }
            }
            assertThat(removed + graces).as("limit").isLessThanOrEqualTo(limit);
            for (String userId : bereft) {
                User user = user(userId);
                Instant graceEnd = later(user.seen, Instant.MIN).plus(grace);
                if (user.sessions.isEmpty() && !graceEnd.isAfter(now)) {
                    Transition transition = transitions.remove(userId);
                    assertThat(transition).as("transition of " + userId).isNotNull();
                    if (transition != null) {
                        expect(transition, userId, WENT_OFFLINE);
                    }
                } else if (user.sessions.isEmpty()) {
                    user.leavingUntil = graceEnd;
                }
            }
            assertThat(transitions).as("transitions for no reason").isEmpty();
        }

        /** Compares a transition with the model, and stores its version. */
        private void expect(Transition transition, String userId, Transition.Kind kind) {
            User user = user(userId);
            assertThat(transition.kind()).as("kind").isEqualTo(lost ? UNCHANGED : kind);
            lost = false;
            assertThat(transition.userId()).isEqualTo(userId);
            assertThat(transition.lastSeen()).as("lastSeen").isEqualTo(user.seen == null ? now() : user.seen);
            if (kind == UNCHANGED) {
                assertThat(transition.version()).as("version").isEqualTo(user.version);
                return;
            }
            assertThat(transition.version()).as("version").isGreaterThan(user.version);
            user.version = transition.version();
            user.told = kind == CAME_ONLINE ? Status.ONLINE : Status.OFFLINE;
            user.changes.add(user.told + "@" + user.version);
        }

        // ---- checks

        void check() {
            Instant now = now();
            Life reader = pick(beating());
            Beat beat = reader.node.beat();
            Set<NodeId> live = new HashSet<>();
            lives.stream().filter(life -> life.live(now)).forEach(life -> live.add(life.id()));
            assertThat(beat.live()).as("live nodes").isEqualTo(live);

            Map<String, UserPresence> status = reader.node.status(users.keySet());
            Placement placement = await(reader.node.store().nodesOf(users.keySet()));
            Set<String> online = new TreeSet<>();
            int told = 0;
            for (Map.Entry<String, User> entry : users.entrySet()) {
                String userId = entry.getKey();
                User user = entry.getValue();
                Set<String> liveSessions = new TreeSet<>();
                Set<NodeId> nodes = new HashSet<>();
                Instant deadSince = Instant.MIN;
                for (Map.Entry<String, Life> session : user.sessions.entrySet()) {
                    if (session.getValue().live(now)) {
                        liveSessions.add(session.getKey());
                        nodes.add(session.getValue().id());
                    } else {
                        deadSince = later(deadSince, session.getValue().liveUntil);
                    }
                }
                boolean graced = user.leaving()
                        ? now.isBefore(user.leavingUntil)
                        : !user.sessions.isEmpty()
                                && now.isBefore(later(user.seen, deadSince).plus(grace));
                boolean expectedOnline = !liveSessions.isEmpty() || graced;
                if (expectedOnline) {
                    online.add(userId);
                }
                told += user.told == Status.ONLINE ? 1 : 0;
                UserPresence presence = status.get(userId);
                assertThat(presence)
                        .as("status of " + userId)
                        .isEqualTo(new UserPresence(
                                userId,
                                expectedOnline ? Status.ONLINE : Status.OFFLINE,
                                user.seen,
                                user.version,
                                user.version == 0 ? null : userId + "@example.org",
                                liveSessions.size()));
                assertThat(placement.nodesOf(userId))
                        .as("nodes of " + userId)
                        .doesNotHaveDuplicates()
                        .containsExactlyInAnyOrderElementsOf(nodes);
                assertThat(placement.isIncomplete(userId))
                        .as("more of " + userId + " may be connected")
                        .isEqualTo(liveSessions.size() < user.sessions.size());
                assertThat(placement.hasReaped(userId))
                        .as("reaped sessions of " + userId + " may be connected: " + user.reaped)
                        .isEqualTo(hasReaped(user, now));
                assertThat(placement.isDoubtful()).as("lost data").isFalse();
                assertThat(reader.node.sessions(userId))
                        .as("sessions of " + userId)
                        .extracting(UserSession::sessionId)
                        .containsExactlyInAnyOrderElementsOf(liveSessions);
            }
            assertThat(new TreeSet<>(reader.node.online())).as("online").isEqualTo(online);
            assertThat(reader.node.count()).as("count").isEqualTo(told);
            for (Life life : lives) {
                Set<String> expected = new TreeSet<>();
                users.forEach((userId, user) -> user.sessions.forEach((sessionId, holder) -> {
                    if (holder == life) {
                        expected.add(userId + "/" + sessionId);
                    }
                }));
                assertThat(keys(reader.node.sessionsOf(life.id())))
                        .as("sessions of " + life.id())
                        .isEqualTo(expected);
            }
        }

        private boolean hasReaped(User user, Instant now) {
            return user.reaped.stream()
                    .anyMatch(gone -> now.isBefore(gone.until)
                            && !isBack(gone.node, now)
                            && !user.sessions.containsKey(gone.sessionId)
                            && user.connected.values().stream().noneMatch(since -> since.isAfter(gone.lastBeat)));
        }

        /** Whether a node is live: each beat says that the store knows its sessions. */
        private boolean isBack(String name, Instant now) {
            Life life = newest.get(name);
            return life != null && life.live(now);
        }

        void checkFeed() {
            Map<String, List<String>> changes = new HashMap<>();
            TransitionFeed feed = pick(beating()).node.presence().transitions();
            String position = TransitionFeed.OLDEST;
            TransitionFeed.Batch batch;
            do {
                batch = await(feed.read(position, 7));
                batch.changes()
                        .forEach(change -> changes.computeIfAbsent(change.userId(), id -> new ArrayList<>())
                                .add(change.status() + "@" + change.version()));
                position = batch.next();
            } while (!batch.changes().isEmpty());
            users.forEach((userId, user) -> assertThat(changes.getOrDefault(userId, List.of()))
                    .as("feed of " + userId)
                    .isEqualTo(user.changes));
        }

        // ---- the model's parts

        private void add(Node node) {
            Life life = new Life(node, now(), cluster.lease());
            lives.add(life);
            newest.put(node.id().name(), life);
            steps.add("join " + node.id());
        }

        private void renewBeating() {
            beating().forEach(this::renew);
        }

        private void renew(Life life) {
            if (!life.live(now())) {
                life.heldSince = now();
            }
            life.liveUntil = now().plus(lease);
        }

        private List<Life> beating() {
            return lives.stream().filter(life -> life.beating).toList();
        }

        private User user(String userId) {
            User user = users.get(userId);
            if (user == null) {
                throw new AssertionError("no user " + userId);
            }
            return user;
        }

        private Instant now() {
            return cluster.now();
        }

        private <T> T pick(List<T> from) {
            return from.get(random.nextInt(from.size()));
        }

        private static Set<String> keys(List<UserSession> sessions) {
            Set<String> keys = new TreeSet<>();
            sessions.forEach(session -> keys.add(session.userId() + "/" + session.sessionId()));
            return keys;
        }

        private static Instant later(@Nullable Instant one, Instant other) {
            return one != null && one.isAfter(other) ? one : other;
        }
    }
}
