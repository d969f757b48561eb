package io.scarfall.testkit;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.PresenceSettings;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Several nodes in this process, for one test at a time:
 *
 * <pre>{@code
 * @RegisterExtension
 * final TestCluster cluster = TestCluster.of(2).configure(builder -> builder.on("move", Move.class, game::move));
 *
 * @Test
 * void aMoveReachesTheOpponentOnAnotherNode() {
 *     Socket alice = connect(cluster.node(0).userUrl(), cluster.token("alice"));
 *     cluster.bus().lose(0.5);
 *     ...
 *     cluster.advance(Duration.ofSeconds(2));
 * }
 * }</pre>
 *
 * <p>They share presence, friends and a {@link TestBus} in memory. Time stands still until {@link #advance} moves it: leases,
 * beats, what is sent again, the clean-up and rates run by it. Connections are real ones of loopback, and what they wait for
 * is real time, so that a client which is fine is not taken for dead.
 *
 * <p>The seed of what happens by chance is random, and is told when a test fails; {@code -Dscarfall.seed=} sets it.
 *
 * <p>Its methods are for the thread of the test.
 */
public final class TestCluster implements BeforeEachCallback, AfterEachCallback, TestExecutionExceptionHandler {

    private static final String SEED = "scarfall.seed";
    private static final int SECRET_BYTES = 48;

    /** How long tokens of the kit are good, on the cluster's clock: longer than any test lets pass. */
    private static final Duration TOKEN_LIFE = Duration.ofDays(365);

    private final int size;
    private final String secret;
    private final List<Consumer<Scarfall.Builder>> configurations = new ArrayList<>();
    private boolean ownTokens;
    private PresenceSettings settings = PresenceSettings.DEFAULTS;
    private @Nullable Run run;

    /** What lives during one test. */
    private record Run(long seed, TestTime time, ClusterState shared, TestBus bus, List<TestNode> nodes) {}

    private TestCluster(int size) {
        this.size = size;
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        secret = Base64.getEncoder().encodeToString(bytes);
    }

    /** A cluster of some nodes, named {@code node-0}, {@code node-1} and so on, which are started before each test. */
    public static TestCluster of(int nodes) {
        if (nodes < 1) {
            throw new IllegalArgumentException("nodes: " + nodes + " (expected: >= 1)");
        }
        return new TestCluster(nodes);
    }

    /**
     * Adds to the configuration of every node what is tested: own events, limits. Ports, name, cluster and times are the
     * kit's.
     */
    public TestCluster configure(Consumer<Scarfall.Builder> changes) {
        configurations.add(Objects.requireNonNull(changes, "changes"));
        return this;
    }

    /** Leaves it to {@link #configure} to say how users' tokens are verified; {@link #token} is of no use then. */
    public TestCluster ownTokens() {
        ownTokens = true;
        return this;
    }

    /** The times of leases, and the bounds of what is shared; {@link PresenceSettings#DEFAULTS} if not called. */
    public TestCluster settings(PresenceSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
        return this;
    }

    /** All nodes, also those that are stopped. */
    public List<TestNode> nodes() {
        return run().nodes();
    }

    /** The node of a number from 0. */
    public TestNode node(int index) {
        return run().nodes().get(index);
    }

    /** What carries messages between the nodes. */
    public TestBus bus() {
        return run().bus();
    }

    /** What the nodes share, as no fault reaches it: to ask, and to make friends. */
    public ClusterState shared() {
        return run().shared();
    }

    /** The time of the nodes. */
    public Clock clock() {
        return run().time();
    }

    /**
     * Lets time pass on the nodes, step by step, and returns when what was due is done, except on connections: what a client
     * gets of it is on its way.
     */
    public void advance(Duration duration) {
        run().time().advance(duration);
    }

    /** A token of a user, with the email {@code <userId>@example.com}. */
    public String token(String userId) {
        return JWT.create()
                .withSubject(userId)
                .withClaim("email", userId + "@example.com")
                .withIssuedAt(clock().instant())
                .withExpiresAt(clock().instant().plus(TOKEN_LIFE))
                .sign(Algorithm.HMAC256(secret));
    }

    private Run run() {
        Run now = run;
        if (now == null) {
            throw new IllegalStateException("no test runs (expected: the cluster is a field with @RegisterExtension)");
        }
        return now;
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        long seed = Long.getLong(SEED, new Random().nextLong());
        TestTime time = new TestTime();
        ClusterState shared = MemoryCluster.builder()
                .settings(settings)
                .time(time, time::nanoTime)
                .executor(time)
                .build();
        TestBus bus = new TestBus(seed, time.timers());
        List<TestNode> nodes = new ArrayList<>();
        run = new Run(seed, time, shared, bus, nodes);
        for (int i = 0; i < size; i++) {
            TestNode node = new TestNode("node-" + i, shared, bus, time, this::configured);
            nodes.add(node);
            node.start();
        }
    }

    private Scarfall.Builder configured(Scarfall.Builder builder) {
        if (!ownTokens) {
            builder.jwtSecret(secret);
        }
        configurations.forEach(changes -> changes.accept(builder));
        return builder;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Run last = run;
        run = null;
        if (last != null) {
            last.nodes().forEach(TestNode::close);
            last.time().close();
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable error) throws Throwable {
        if (run != null) {
            error.addSuppressed(new Replay(run.seed()));
        }
        throw error;
    }

    /** Says in the report of a failure how to repeat it. */
    private static final class Replay extends Exception {

        private static final long serialVersionUID = 1;

        Replay(long seed) {
            super("what happened by chance on the bus: -D" + SEED + "=" + seed, null, false, false);
        }
    }
}
