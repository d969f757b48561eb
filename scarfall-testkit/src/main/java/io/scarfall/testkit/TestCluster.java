package io.scarfall.testkit;

import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.memory.MemoryCluster;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * A JUnit extension that runs several nodes in this process, for one test at a time:
 *
 * <pre>{@code
 * @RegisterExtension
 * final TestCluster cluster = TestCluster.of(2).configure(builder -> builder.on("move", Move.class, game::move));
 *
 * @Test
 * void aMoveReachesTheOpponentOnAnotherNode() {
 *     TestClient alice = cluster.node(0).connect("alice");
 *     TestClient bob = cluster.node(1).connect("bob");
 *     cluster.bus().lose(1);
 *     CompletableFuture<Arguments> answer = alice.asking("move", new Move("e2", "e4"));
 *     cluster.bus().heal();
 *     cluster.advance(Duration.ofSeconds(1));
 *     bob.next("moved");
 * }
 * }</pre>
 *
 * <p>The nodes share presence, friends and a {@link TestBus} in memory. Time stands still until {@link #advance} moves it. Leases,
 * beats, retries, the clean-up and rates use this time. Connections have real heartbeats and timeouts, so a healthy client is not taken
 * for dead.
 *
 * <p>The seed of random faults differs in each run. The report of a failed test contains it; {@code -Dscarfall.seed=} sets it.
 *
 * <p>Call its methods on the thread of the test.
 */
public final class TestCluster
        implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler, AutoCloseable {

    /**
     * The session times of the kit: {@code offlineGrace} and {@code noticeWindow} are zero, because time stands still until a
     * test moves it. A test that needs other times calls {@code builder.sessions(TestCluster.SESSIONS.with...)}.
     */
    public static final SessionConfig SESSIONS =
            SessionConfig.DEFAULT.withOfflineGrace(Duration.ZERO).withNoticeWindow(Duration.ZERO);

    private static final String SEED = "scarfall.seed";
    private static final int SECRET_BYTES = 48;

    /** Lifetime of the kit's tokens, by the cluster's clock: longer than the time that any test lets pass. */
    private static final Duration TOKEN_LIFE = Duration.ofDays(365);

    private final int size;
    private final String secret;
    private final List<Consumer<ScarfallBuilder>> configurations = new ArrayList<>();
    private boolean ownTokens;
    private boolean inMemory;
    private PresenceSettings settings = PresenceSettings.DEFAULTS;
    private @Nullable Roster roster;
    private @Nullable Supplier<ScarfallBuilder> builders;
    private @Nullable Run run;

    /** The state of one test. */
    private record Run(long seed, TestTime time, ClusterState shared, TestBus bus, List<TestNode> nodes) {}

    private TestCluster(int size) {
        this.size = size;
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        secret = Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * A cluster of nodes with the names {@code node-0}, {@code node-1} and so on. They are started before each test.
     *
     * @throws IllegalArgumentException if {@code nodes} is less than 1
     */
    public static TestCluster of(int nodes) {
        if (nodes < 1) {
            throw new IllegalArgumentException("nodes: " + nodes + " (expected: >= 1)");
        }
        return new TestCluster(nodes);
    }

    /**
     * Adds to the configuration of every node, such as custom events and limits. The kit sets ports, name, cluster and times.
     */
    public TestCluster configure(Consumer<ScarfallBuilder> changes) {
        configurations.add(Objects.requireNonNull(changes, "changes"));
        return this;
    }

    /** Leaves the verification of tokens to {@link #configure}; the nodes then accept no token of {@link #token}. */
    public TestCluster ownTokens() {
        ownTokens = true;
        return this;
    }

    /**
     * Runs the nodes without a network: only a {@link TestClient} reaches them, and {@link TestNode#userUrl} fails. Such a test needs
     * no free port. By default the nodes listen on free ports of the loopback interface.
     */
    public TestCluster inMemory() {
        inMemory = true;
        return this;
    }

    /** Sets the times of leases, and the limits of the shared store. Default: {@link PresenceSettings#DEFAULTS}. */
    public TestCluster settings(PresenceSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /** The friends of users, such as those of the application; lists in memory by default. */
    public TestCluster roster(Roster roster) {
        this.roster = Objects.requireNonNull(roster, "roster");
        return this;
    }

    /**
     * Takes a new builder for each start of a node from the application, such as from a container of beans. The application
     * configures it completely: also its times, see {@link #SESSIONS}, and its source of tokens, see {@link #jwtSecret}. {@link #open}
     * and {@link TestNode#build} are for an application that also starts its first gateway itself.
     */
    public TestCluster builders(Supplier<ScarfallBuilder> builders) {
        this.builders = Objects.requireNonNull(builders, "builders");
        return this;
    }

    /** The secret of the tokens of {@link #token}, for an application that configures its {@link #builders} itself. */
    public String jwtSecret() {
        return secret;
    }

    /** All nodes, including stopped ones. */
    public List<TestNode> nodes() {
        return run().nodes();
    }

    /** The node with this number, counted from 0. */
    public TestNode node(int index) {
        return run().nodes().get(index);
    }

    /** The bus that carries messages between the nodes. */
    public TestBus bus() {
        return run().bus();
    }

    /** The shared state of the nodes, which no fault affects. Use it to query presence and to set friends. */
    public ClusterState shared() {
        return run().shared();
    }

    /** The time of the nodes. */
    public Clock clock() {
        return run().time();
    }

    /**
     * Lets time pass on the nodes, from one due task to the next, and returns when all due tasks are done. Messages to clients are
     * then on their way, but may not have arrived.
     */
    public void advance(Duration duration) {
        run().time().advance(duration);
    }

    /** A token for a user, with the email {@code <userId>@example.com}. All nodes accept it, unless {@link #ownTokens} was called. */
    public String token(String userId) {
        return Tokens.of(userId, secret, clock().instant(), TOKEN_LIFE);
    }

    private Run run() {
        Run now = run;
        if (now == null) {
            throw new IllegalStateException(
                    "no test is running (expected: the cluster is a field with @RegisterExtension, or started)");
        }
        return now;
    }

    /**
     * Makes the shared state, the bus and the nodes, and starts no node. For an application that needs the {@link #shared} state before
     * its gateway; others only call {@link #start}.
     *
     * @throws IllegalStateException if the cluster is open or started
     */
    public void open() {
        if (run != null) {
            throw new IllegalStateException("cluster: open or started (expected: stopped)");
        }
        long seed = Long.getLong(SEED, new Random().nextLong());
        TestTime time = new TestTime();
        MemoryCluster.Builder memory = MemoryCluster.builder()
                .settings(settings)
                .time(time, time::nanoTime)
                .executor(time);
        ClusterState shared =
                roster == null ? memory.build() : memory.roster(roster).build();
        TestBus bus = new TestBus(seed, time.timers());
        List<TestNode> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            nodes.add(new TestNode("node-" + i, inMemory, shared, bus, time, this::builder, this::token));
        }
        run = new Run(seed, time, shared, bus, nodes);
    }

    /**
     * Starts the nodes that are stopped. JUnit calls this before each test; a test without the extension calls it itself, and
     * {@link #close} at its end.
     */
    public void start() {
        if (run == null) {
            open();
        }
        run().nodes().stream().filter(TestNode::isStopped).forEach(TestNode::start);
    }

    private ScarfallBuilder builder() {
        ScarfallBuilder builder;
        if (builders != null) {
            builder = builders.get();
        } else {
            builder = Scarfall.builder().sessions(SESSIONS);
            if (!ownTokens) {
                builder.jwtSecret(secret);
            }
        }
        configurations.forEach(changes -> changes.accept(builder));
        return builder;
    }

    /**
     * Prepares a cluster that serves several tests for the next one: ends all faults, starts stopped nodes again, closes the clients
     * that the last test left open, and lets the leases of crashed nodes expire. Friends and the time stay.
     *
     * @return whether all nodes run; false if a node is stopped that the application {@linkplain TestNode#build starts itself}
     */
    public boolean reset() {
        bus().heal();
        boolean all = true;
        for (TestNode node : nodes()) {
            all &= node.recover();
        }
        nodes().forEach(TestNode::closeClients);
        advance(settings.lease().multipliedBy(2));
        return all;
    }

    /** Stops the nodes, and disconnects all clients. Idempotent. */
    @Override
    public void close() {
        Run last = run;
        run = null;
        if (last != null) {
            last.nodes().forEach(TestNode::close);
            last.time().close();
        }
    }

    /** Adds the seed of the random faults to the failure of a test. The extension does this itself. */
    public void explain(Throwable failure) {
        if (run != null) {
            failure.addSuppressed(new Replay(run.seed()));
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        start();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        close();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable error) throws Throwable {
        explain(error);
        throw error;
    }

    /** Adds to the report of a failure how to repeat it. */
    private static final class Replay extends Exception {

        private static final long serialVersionUID = 1;

        Replay(long seed) {
            super("to repeat the random faults of the bus: -D" + SEED + "=" + seed, null, false, false);
        }
    }
}
