package io.scarfall.presence.internal.store;

import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds the watchers to a transition, from the roster of an application. Never under a lock, because that roster may
 * call anything. Thread-safe.
 */
public final class WatcherLookup {

    private static final Logger log = LoggerFactory.getLogger(WatcherLookup.class);

    private final Roster roster;
    private final int limit;

    /** Reads at most this many watchers of a transition from this roster. */
    public WatcherLookup(Roster roster, int limit) {
        this.roster = roster;
        this.limit = limit;
    }

    /**
     * The same transition with its first watchers. It has happened and can no longer fail: if the roster does not
     * answer, the transition has no watchers, and a warning is logged.
     */
    public CompletionStage<Transition> complete(Transition transition) {
        if (!transition.changed()) {
            return CompletableFuture.completedFuture(transition);
        }
        return watchers(transition.userId()).handle((watchers, failure) -> {
            if (failure != null) {
                log.warn(
                        "cannot read watchers, their notices are not sent kind={} user={} version={} error={}",
                        transition.kind(),
                        LogValue.of(transition.userId()),
                        transition.version(),
                        LogValue.of(failure));
                log.debug(
                        "cannot read watchers", failure); // the stack, since a roster that fails may fail for each user
                return transition;
            }
            return new Transition(
                    transition.kind(),
                    transition.userId(),
                    transition.version(),
                    transition.lastSeen(),
                    transition.email(),
                    watchers);
        });
    }

    /** The same for all of them, in their order. */
    public CompletionStage<List<Transition>> complete(List<Transition> transitions) {
        List<CompletableFuture<Transition>> completed = new ArrayList<>(transitions.size());
        for (Transition transition : transitions) {
            completed.add(complete(transition).toCompletableFuture());
        }
        return CompletableFuture.allOf(completed.toArray(new CompletableFuture<?>[0]))
                .thenApply(
                        done -> completed.stream().map(CompletableFuture::join).toList());
    }

    private CompletionStage<Page<String>> watchers(String userId) {
        try {
            return roster.watchers(userId, null, limit);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
