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

    Queries(Presence presence) {
        this.presence = presence;
    }

    /** Makes an answer of what was found for a user: an outage is an error and never an empty list. */
    <T> CompletionStage<Object> answer(LiveSession asker, CompletionStage<T> found, Function<T, Object> answer) {
        boolean toldOfAsker = asker.isAnswered();
        return found.thenCompose(value -> toldOfAsker // asked last: what is lost before that is lost to the asker too
                        ? presence.status(List.of(asker.userId())).thenApply(own -> {
                            if (own.values().stream().noneMatch(UserPresence::online)) {
                                throw new IllegalStateException(
                                        "the store does not know that the one who asks is online");
                            }
                            return value;
                        })
                        : CompletableFuture.completedFuture(value))
                .handle((value, error) -> error == null ? answer.apply(value) : failure(error));
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
