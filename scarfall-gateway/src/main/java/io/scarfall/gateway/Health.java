package io.scarfall.gateway;

import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.gateway.internal.http.HealthRoutes;
import io.scarfall.gateway.internal.metrics.LoopLag;
import io.scarfall.gateway.internal.node.Membership;
import io.scarfall.presence.internal.NodeAccess;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The health of a gateway, as {@code /healthz} and {@code /readyz} report it. Thread-safe. */
final class Health {

    private static final String LOOP_ENDED = "an event loop has ended";

    /** An event loop that has not run a task for this long serves no client. */
    private static final Duration STUCK = Duration.ofSeconds(5);

    private final EventLoops loops;
    private final LoopLag loopLag;
    private final Membership membership;
    private final NodeAccess cluster;
    private final Shutdown shutdown;
    private volatile boolean started;

    Health(EventLoops loops, LoopLag loopLag, Membership membership, NodeAccess cluster, Shutdown shutdown) {
        this.loops = loops;
        this.loopLag = loopLag;
        this.membership = membership;
        this.cluster = cluster;
        this.shutdown = shutdown;
    }

    /** The HTTP routes that report it. */
    HttpRoutes routes() {
        return new HealthRoutes(this::whyNotServing, this::whyNotReady, this::whyDegraded);
    }

    /** Both ports are open. */
    void started() {
        started = true;
    }

    /** See {@link Scarfall#isHealthy}. */
    boolean isHealthy() {
        return membership.isHealthy();
    }

    /** See {@link Scarfall#broken}. */
    CompletionStage<String> broken() {
        return loops.broken().thenApply(ended -> LOOP_ENDED);
    }

    /** The reason why this node does not serve, for {@code /healthz}; null if it does. */
    private @Nullable String whyNotServing() {
        if (shutdown.hasBegun()) {
            return "draining";
        }
        if (!loops.isAlive()) {
            return LOOP_ENDED;
        }
        return loopLag.worstNanos() > STUCK.toNanos() ? "an event loop is stuck" : null;
    }

    /** The reason why this node is not ready, for {@code /readyz}; null if it is. */
    private @Nullable String whyNotReady() {
        String reason = whyNotServing();
        if (reason != null) {
            return reason;
        }
        if (!started) {
            return "starting";
        }
        if (isHealthy()) {
            return null;
        }
        return membership.isNameTaken() ? "the node name is taken" : "the store cannot be reached";
    }

    /** The reason why this ready node does not serve all users; null if it does. */
    private @Nullable String whyDegraded() {
        return cluster.awayPartitions() > 0 ? "part of the store is away" : null;
    }
}
