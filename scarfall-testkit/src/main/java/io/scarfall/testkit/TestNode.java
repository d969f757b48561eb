package io.scarfall.testkit;

import io.scarfall.engineio.EventLoops;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.ClusterState;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link TestCluster}: a gateway on two free loopback ports or in memory, its clients, and the faults that a test can
 * cause. Call its methods on the thread of the test.
 */
public final class TestNode {

    private static final Duration TIME_TO_LEAVE = Duration.ofSeconds(1);
    private static final Duration NO_TIME_TO_LEAVE = Duration.ofMillis(100);

    private final String name;
    private final boolean inMemory;
    private final ClusterState shared;
    private final TestBus bus;
    private final TestTime time;
    private final UnaryOperator<ScarfallBuilder> configuration;
    private final UnaryOperator<String> tokens;

    private @Nullable Life life;
    private int userPort;
    private int internalPort;

    /** What exists from a start to a stop. */
    private record Life(
            Scarfall gateway,
            NodeView view,
            TestTimers timers,
            @Nullable EventLoops loops) {

        void end() {
            timers.shutdownNow();
            if (loops != null) {
                ClientWire.settle(TestClient.PATIENCE);
                loops.close();
            }
        }
    }

    TestNode(
            String name,
            boolean inMemory,
            ClusterState shared,
            TestBus bus,
            TestTime time,
            UnaryOperator<ScarfallBuilder> configuration,
            UnaryOperator<String> tokens) {
        this.name = name;
        this.inMemory = inMemory;
        this.shared = shared;
        this.bus = bus;
        this.time = time;
        this.configuration = configuration;
        this.tokens = tokens;
    }

    /** The node's name in the cluster, such as {@code node-0}. */
    public String name() {
        return name;
    }

    /**
     * The gateway.
     *
     * @throws IllegalStateException if the node is stopped
     */
    public Scarfall gateway() {
        return life().gateway();
    }

    /**
     * Connects a user with a token of {@link TestCluster#token}, and waits until every node can reach the user.
     *
     * @throws AssertionError if the node does not admit the user
     */
    public TestClient connect(String userId) {
        TestClient client = client().token(tokens.apply(userId)).connect();
        client.next("connected");
        return client;
    }

    /** A client of the port for users, not connected yet. */
    public TestClient.Builder client() {
        return client(userPort);
    }

    /** A client of the port for services, not connected yet. */
    public TestClient.Builder serviceClient() {
        return client(internalPort);
    }

    private TestClient.Builder client(int port) {
        TestClient.Builder client = inMemory ? TestClient.inMemory(port) : TestClient.to("http://127.0.0.1:" + port);
        return client.settle(() -> time.advance(Duration.ZERO));
    }

    /**
     * The URL for users; a restart does not change it.
     *
     * @throws IllegalStateException if the cluster is {@linkplain TestCluster#inMemory in memory}
     */
    public String userUrl() {
        return url(userPort);
    }

    /**
     * The URL for services; a restart does not change it.
     *
     * @throws IllegalStateException if the cluster is {@linkplain TestCluster#inMemory in memory}
     */
    public String internalUrl() {
        return url(internalPort);
    }

    private String url(int port) {
        if (inMemory) {
            throw new IllegalStateException(name + " has no URL (expected: a cluster that is not in memory)");
        }
        return "http://127.0.0.1:" + port;
    }

    private Life life() {
        Life now = life;
        if (now == null) {
            throw new IllegalStateException(name + " is stopped (expected: started)");
        }
        return now;
    }

    /** Cuts the node off from the shared state: its calls fail, and messages to it are lost. Its clients stay connected. */
    public void cut() {
        life().view().cut();
    }

    /**
     * Holds the node's timers, its calls to the shared state, and messages to it, like a long pause of its process.
     * {@link #heal} ends the pause, and then everything that was held happens. Connections keep working: the node takes a client's
     * message and holds it.
     */
    public void freeze() {
        life().timers().freeze();
        life().view().freeze();
    }

    /** Ends a {@link #cut} or a {@link #freeze}. */
    public void heal() {
        life().view().heal();
        life().timers().thaw();
    }

    /** Stops the node as SIGTERM stops a server: it closes its connections, so that clients reconnect. */
    public void stop() {
        Life last = life();
        life = null;
        last.gateway().drain(Duration.ZERO, TIME_TO_LEAVE);
        last.end();
    }

    /** Stops the node without notice to the other nodes, like a killed process. */
    public void crash() {
        Life last = life();
        life = null;
        last.view().cut();
        last.timers().shutdownNow();
        last.gateway().drain(Duration.ZERO, NO_TIME_TO_LEAVE);
        last.end();
    }

    /** Stops the node, if it runs, at the end of a test. */
    void close() {
        Life last = life;
        life = null;
        if (last != null) {
            last.gateway().close();
            last.end();
        }
    }

    /**
     * Starts the stopped node again, on the same ports and with a new epoch.
     *
     * @throws IllegalStateException if the node is started
     */
    public void start() {
        if (life != null) {
            throw new IllegalStateException(name + " is started (expected: stopped)");
        }
        NodeView view = new NodeView(name, shared, bus, time);
        TestTimers timers = time.timers();
        EventLoops loops = inMemory ? EventLoops.inMemory() : null;
        ScarfallBuilder builder = Scarfall.builder().sessions(TestCluster.SESSIONS);
        if (loops != null) {
            builder.eventLoops(loops);
        }
        Scarfall gateway = configuration
                .apply(builder)
                .nodeName(name)
                .host("127.0.0.1")
                .port(userPort)
                .internalPort(internalPort)
                .cluster(view.cluster())
                .clock(time)
                .timers(timers, time::nanoTime)
                .start();
        userPort = gateway.userPort();
        internalPort = gateway.internalPort();
        life = new Life(gateway, view, timers, loops);
    }
}
