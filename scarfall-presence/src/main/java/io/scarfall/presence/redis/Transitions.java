package io.scarfall.presence.redis;

import io.scarfall.presence.Page;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import io.scarfall.presence.internal.store.WatcherLookup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Makes transitions of the answers of scripts, and the arguments by which scripts make them. The watchers are in the
 * answer, unless the application has its own roster: then that is asked. Immutable.
 */
final class Transitions {

    /** The mark of cursors in a listing of watchers. */
    static final char WATCHERS = 'w';

    private static final int LEAST_FEED_LENGTH = 64;

    private final PresenceSettings settings;
    private final Duration sessionExpiry;
    private final int partitions;
    private final @Nullable WatcherLookup lookup;

    /** @param lookup asks the application's roster; {@code null} if the watchers are in Redis */
    Transitions(PresenceSettings settings, Duration sessionExpiry, int partitions, @Nullable WatcherLookup lookup) {
        this.settings = settings;
        this.sessionExpiry = sessionExpiry;
        this.partitions = partitions;
        this.lookup = lookup;
    }

    CompletionStage<Transition> complete(Reply reply) {
        Transition transition = transition(reply);
        return lookup == null ? CompletableFuture.completedFuture(transition) : lookup.complete(transition);
    }

    /** The transitions of a list of answers. */
    CompletionStage<List<Transition>> completeAll(List<Reply> replies) {
        List<CompletionStage<Transition>> transitions = new ArrayList<>(replies.size());
        for (Reply reply : replies) {
            transitions.add(complete(reply));
        }
        return Answer.all(transitions);
    }

    static Transition.Kind kind(Reply reply) {
        return switch (reply.text(0)) {
            case "C" -> Transition.Kind.CAME_ONLINE;
            case "W" -> Transition.Kind.WENT_OFFLINE;
            default -> Transition.Kind.UNCHANGED;
        };
    }

    private static Transition transition(Reply reply) {
        return new Transition(
                kind(reply),
                reply.text(1),
                reply.number(2),
                Instant.ofEpochMilli(reply.number(3)),
                Fields.text(reply.text(4)),
                reply.size() > 5 ? watchers(reply.list(6), reply.number(5)) : Page.empty());
    }

    private static Page<String> watchers(Reply first, long total) {
        List<String> watchers = new ArrayList<>(first.size());
        for (int i = 0; i < first.size(); i++) {
            watchers.add(first.text(i));
        }
        String next = watchers.size() < total ? cursorBehind(watchers.get(watchers.size() - 1)) : null;
        return new Page<>(watchers, next, total);
    }

    /** The cursor of the watchers after this one. */
    static String cursorBehind(String watcher) {
        return Cursor.text(WATCHERS, watcher);
    }

    // ---- arguments

    String graceMillis() {
        return String.valueOf(settings.offlineGrace().toMillis());
    }

    String expirySeconds() {
        return seconds(sessionExpiry);
    }

    String retentionSeconds() {
        return seconds(settings.offlineRetention());
    }

    /** For one partition. */
    String feedLength() {
        return String.valueOf(Math.max(LEAST_FEED_LENGTH, settings.feedLength() / partitions));
    }

    String watcherLimit() {
        return String.valueOf(lookup == null ? settings.watchersPerTransition() : 0);
    }

    private static String seconds(Duration time) {
        return String.valueOf(Math.max(1, time.plusMillis(999).toSeconds()));
    }
}
