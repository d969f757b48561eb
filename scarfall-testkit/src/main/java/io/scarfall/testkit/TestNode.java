package io.scarfall.testkit;

import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.presence.ClusterState;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One node of a {@link TestCluster}: a gateway on two free loopback ports, and the faults that a test can cause. Call its methods on the
 * thread of the test.
 */
public final class TestNode {

    private static final Duration TIME_TO_LEAVE = Duration.ofSeconds(1);
    private static final Duration NO_TIME_TO_LEAVE = Duration.ofMillis(100);

    private final String name;
    private final ClusterState shared;
    private final TestBus bus;
    private final TestTime time;
    private final UnaryOperator<ScarfallBuilder> configuration;

    private @Nullable Life life;
    private int userPort;
    private int internalPort;

    /** What exists from a start to a stop. */
    private record Life(Scarfall gateway, NodeView view, TestTimers timers) {}

    TestNode(
            String name,
            ClusterState shared,
            TestBus bus,
            TestTime time,
            UnaryOperator<ScarfallBuilder> configuration) {
        this.name = name;
        this.shared = shared;
        this.bus = bus;
        this.time = time;
        this.configuration = configuration;
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

    /** The URL for users; a restart does not change it. */
    public String userUrl() {
        return "http://127.0.0.1:" + userPort;
    }

    /** The URL for services; a restart does not change it. */
    public String internalUrl() {
        return "http://127.0.0.1:" + internalPort;
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
        last.timers().shutdownNow();
    }

    /** Stops the node without notice to the other nodes, like a killed process. */
    public void crash() {
        Life last = life();
        life = null;
        last.view().cut();
        last.timers().shutdownNow();
        last.gateway().drain(Duration.ZERO, NO_TIME_TO_LEAVE);
    }

    /** Stops the node, if it runs, at the end of a test. */
    void close() {
        Life last = life;
        life = null;
        if (last != null) {
            last.gateway().close();
            last.timers().shutdownNow();
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
        Scarfall gateway = configuration
                .apply(Scarfall.builder().sessions(TestCluster.SESSIONS))
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
        life = new Life(gateway, view, timers);
    }
}
