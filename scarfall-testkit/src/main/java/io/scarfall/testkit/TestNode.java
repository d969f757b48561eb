package io.scarfall.testkit;

import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.ClusterState;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One node of a {@link TestCluster}: a gateway on two free ports of loopback, and what may happen to it. For the test's thread. */
public final class TestNode {

    private static final Duration TIME_TO_LEAVE = Duration.ofSeconds(1);
    private static final Duration NO_TIME_TO_LEAVE = Duration.ofMillis(100);

    private final String name;
    private final ClusterState shared;
    private final TestBus bus;
    private final TestTime time;
    private final UnaryOperator<Scarfall.Builder> configuration;

    private @Nullable Life life;
    private int userPort;
    private int internalPort;

    /** From a start to a stop. */
    private record Life(Scarfall gateway, NodeView view, TestTimers timers) {}

    TestNode(
            String name,
            ClusterState shared,
            TestBus bus,
            TestTime time,
            UnaryOperator<Scarfall.Builder> configuration) {
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

    /** Where users connect: the same after a restart. */
    public String userUrl() {
        return "http://127.0.0.1:" + userPort;
    }

    /** Where services connect: the same after a restart. */
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

    /** Cuts the node off from what nodes share: its calls fail, and messages to it are lost. Its clients stay. */
    public void cut() {
        life().view().cut();
    }

    /**
     * Stops the node's timers, its calls to what nodes share, and messages to it, as a long pause of its process does. All of
     * it happens late, when {@link #heal} ends the pause. Its connections go on: a client's message is taken, and waits.
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

    /** Ends the node as SIGTERM ends a server: connections are closed, so that clients come back by themselves. */
    public void stop() {
        Life last = life();
        life = null;
        last.gateway().drain(Duration.ZERO, TIME_TO_LEAVE);
        last.timers().shutdownNow();
    }

    /** Ends the node without a word to the others, as the end of its process does. */
    public void crash() {
        Life last = life();
        life = null;
        last.view().cut();
        last.timers().shutdownNow();
        last.gateway().drain(Duration.ZERO, NO_TIME_TO_LEAVE);
    }

    /** Ends what is left of the node when a test is over. */
    void close() {
        Life last = life;
        life = null;
        if (last != null) {
            last.gateway().close();
            last.timers().shutdownNow();
        }
    }

    /** Starts the node, or starts it again: on the same ports, under a new epoch. */
    public void start() {
        if (life != null) {
            throw new IllegalStateException(name + " is started (expected: stopped)");
        }
        NodeView view = new NodeView(name, shared, bus, time);
        TestTimers timers = time.timers();
        Scarfall gateway = configuration
                .apply(Scarfall.builder()
                        .offlineGrace(Duration.ZERO) // time stands still until a test moves it
                        .noticeWindow(Duration.ZERO))
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
