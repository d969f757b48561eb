package io.scarfall.spring.test;

import io.scarfall.spring.internal.ScarfallLifecycle;
import io.scarfall.testkit.TestCluster;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the nodes that are not the application's own gateway just before that gateway, and stops them after its drain, while their
 * controllers still exist.
 */
final class FurtherNodes implements SmartLifecycle {

    private final TestCluster cluster;
    private volatile boolean running;

    FurtherNodes(TestCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public void start() {
        cluster.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        cluster.close();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Spring 7 pauses contexts of tests that wait, and restarts them; a gateway cannot restart. */
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return ScarfallLifecycle.PHASE - 1;
    }
}
