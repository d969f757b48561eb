package io.scarfall.testkit;

import io.scarfall.engineio.EventLoops;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.ClusterState;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
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
    private final Supplier<ScarfallBuilder> builders;
    private final UnaryOperator<String> tokens;

    /** The clients that the test may have left open. */
    private final Queue<TestClient> clients = new ConcurrentLinkedQueue<>();

    private @Nullable Life life;
    private boolean startedByApplication;
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
            Supplier<ScarfallBuilder> builders,
            UnaryOperator<String> tokens) {
        this.name = name;
        this.inMemory = inMemory;
        this.shared = shared;
        this.bus = bus;
        this.time = time;
        this.builders = builders;
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
        return client(userPort());
    }

    /** A client of the port for services, not connected yet. */
    public TestClient.Builder serviceClient() {
        return client(internalPort());
    }

    private TestClient.Builder client(int port) {
        TestClient.Builder client = inMemory ? TestClient.inMemory(port) : TestClient.to("http://127.0.0.1:" + port);
        return client.settle(() -> time.advance(Duration.ZERO)).opened(clients::add);
    }

    /** The port now, or of the last time that the node ran. */
    private int userPort() {
        readPorts();
        return userPort;
    }

    private int internalPort() {
        readPorts();
        return internalPort;
    }

    private void readPorts() {
        Life now = life;
        if (now != null) {
            userPort = now.gateway().userPort();
            internalPort = now.gateway().internalPort();
        }
    }

    /**
     * The URL for users; a restart does not change it.
     *
     * @throws IllegalStateException if the cluster is {@linkplain TestCluster#inMemory in memory}
     */
    public String userUrl() {
        return url(userPort());
    }

    /**
     * The URL for services; a restart does not change it.
     *
     * @throws IllegalStateException if the cluster is {@linkplain TestCluster#inMemory in memory}
     */
    public String internalUrl() {
        return url(internalPort());
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

    boolean isStopped() {
        return life == null;
    }

    /** Ends the life of the node. */
    private Life leave() {
        Life last = life();
        readPorts();
        life = null;
        return last;
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
        Life last = leave();
        last.gateway().drain(Duration.ZERO, TIME_TO_LEAVE);
        last.end();
    }

    /** Stops the node without notice to the other nodes, like a killed process. */
    public void crash() {
        Life last = leave();
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

    /** Closes the clients that the test left open. */
    void closeClients() {
        for (TestClient client = clients.poll(); client != null; client = clients.poll()) {
            client.close();
        }
    }

    /**
     * Makes the gateway of a stopped node without starting it, for an application that starts and closes its gateway itself. The kit
     * cannot start such a node again.
     *
     * @throws IllegalStateException if the node is started, or was made by this method before
     */
    public Scarfall build() {
        Life made = make();
        startedByApplication = true;
        life = made;
        return made.gateway();
    }

    /**
     * Starts the stopped node again, on the same ports and with a new epoch.
     *
     * @throws IllegalStateException if the node is started, or the application {@linkplain #build() starts it itself}
     */
    public void start() {
        Life made = make();
        made.gateway().start();
        life = made;
        readPorts();
    }

    /** Ends all faults of the node; returns whether it runs now. */
    boolean recover() {
        if (life != null) {
            heal();
        } else if (!startedByApplication) {
            start();
        }
        return life != null;
    }

    private Life make() {
        if (life != null) {
            throw new IllegalStateException(name + " is started (expected: stopped)");
        }
        if (startedByApplication) {
            throw new IllegalStateException(
                    name + " is started by the application (expected: a new cluster, with a new application)");
        }
        NodeView view = new NodeView(name, shared, bus, time);
        TestTimers timers = time.timers();
        EventLoops loops = inMemory ? EventLoops.inMemory() : null;
        ScarfallBuilder builder = builders.get();
        if (loops != null) {
            builder.eventLoops(loops);
        }
        Scarfall gateway = builder.nodeName(name)
                .host("127.0.0.1")
                .port(userPort)
                .internalPort(internalPort)
                .cluster(view.cluster())
                .clock(time)
                .timers(timers, time::nanoTime)
                .build();
        return new Life(gateway, view, timers, loops);
    }
}
