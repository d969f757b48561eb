package io.scarfall.gateway;

import io.scarfall.presence.PresenceSettings;
import io.scarfall.testing.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;

/** Gateways in one process that share their state, for tests that run in memory and with Redis. */
abstract class SharedNodes {

    final SharedState state;

    /** Short beats, so that no test waits for one. */
    final PresenceSettings settings;

    final List<FaultyCluster> views = new ArrayList<>();
    private final List<Scarfall> nodes = new ArrayList<>();

    SharedNodes(SharedState state, Duration lease) {
        this.state = state;
        settings = PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(100), lease);
    }

    /** Starts another node. */
    final Scarfall node(UnaryOperator<ScarfallBuilder> changes) {
        return node(settings, changes);
    }

    final Scarfall node(PresenceSettings settings, UnaryOperator<ScarfallBuilder> changes) {
        FaultyCluster view = new FaultyCluster(state.view(settings));
        views.add(view);
        Scarfall node = changes.apply(
                        OneNode.onFreePorts().nodeName("node" + nodes.size()).cluster(view))
                .start();
        nodes.add(node);
        return node;
    }

    /** Waits until each of two nodes has beaten after the other joined, so that each knows the other. */
    final void awaitBeats() {
        views.forEach(SharedNodes::awaitBeat);
    }

    private static void awaitBeat(FaultyCluster view) {
        CompletableFuture<Void> beaten = new CompletableFuture<>();
        view.beats = beat -> beat.whenComplete((answer, error) -> {
            if (error == null && answer.live().size() == 2) {
                beaten.complete(null);
            }
        });
        Answers.await(beaten);
    }

    @AfterEach
    final void stop() {
        nodes.forEach(Scarfall::close); // before the state that they use
        state.close();
    }
}
