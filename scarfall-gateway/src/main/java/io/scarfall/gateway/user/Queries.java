package io.scarfall.gateway.user;

import io.scarfall.gateway.delivery.Failure;
import io.scarfall.presence.Presence;
import io.scarfall.presence.UserPresence;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What clients are told who ask who is online. An answer that cannot be true is none: the one who asks is online, so a store
 * that does not say so has lost more than that, or takes this node for dead. Thread-safe.
 */
final class Queries {

    private static final Logger log = LoggerFactory.getLogger(Queries.class);

    private final Presence presence;
    private final LiveSessions sessions;

    Queries(Presence presence, LiveSessions sessions) {
        this.presence = presence;
        this.sessions = sessions;
    }

    /**
     * Makes an answer of what is found for a user: an outage is an error and never an empty list. Whether the store knows the
     * one who asks is asked before and after, since it may lose all, or be told of it again, in between.
     */
    <T> CompletionStage<Object> answer(
            LiveSession asker, Function<Presence, CompletionStage<T>> find, Function<T, Object> answer) {
        boolean answered = asker.isAnswered();
        CompletionStage<?> before = answered ? known(asker) : KNOWN;
        return find.apply(presence)
                .thenCombine(before, (found, known) -> found)
                .thenCompose(found -> (answered ? known(asker) : KNOWN).thenApply(known -> found))
                .handle((found, error) -> error == null ? answer.apply(found) : failure(error));
    }

    private static final CompletionStage<?> KNOWN = CompletableFuture.completedStage(null);

    private CompletionStage<?> known(LiveSession asker) {
        return presence.status(List.of(asker.userId())).thenAccept(own -> {
            if (own.values().stream().noneMatch(UserPresence::online)) {
                sessions.doubt(asker);
                throw new IllegalStateException("the store does not know that the one who asks is online");
            }
        });
    }

    private static Failure failure(Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        if (cause instanceof IllegalArgumentException) {
            return Failure.of("cursor: malformed (expected: the nextCursor of a page)", Failure.INVALID);
        }
        log.debug("presence cannot be read error={}", String.valueOf(cause));
        return Failure.of("presence cannot be read at this moment", Failure.UNAVAILABLE);
    }
}
