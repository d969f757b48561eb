package io.scarfall.gateway.user;

import io.scarfall.gateway.delivery.Failure;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients are told when a question to the store has no answer. */
final class Queries {

    private static final Logger log = LoggerFactory.getLogger(Queries.class);

    private Queries() {}

    /** An outage is an error and never an empty list. */
    static Failure failure(@Nullable Throwable error) {
        Throwable cause = error instanceof CompletionException ? error.getCause() : error;
        if (cause instanceof IllegalArgumentException) {
            return Failure.of("cursor: malformed (expected: the nextCursor of a page)", Failure.INVALID);
        }
        log.debug("presence cannot be read error={}", String.valueOf(cause));
        return Failure.of("presence cannot be read at this moment", Failure.UNAVAILABLE);
    }
}
