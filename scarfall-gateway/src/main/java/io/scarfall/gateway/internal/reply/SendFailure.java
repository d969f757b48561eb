package io.scarfall.gateway.internal.reply;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.gateway.Delivery;
import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.gateway.OverloadedException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to a {@code send_message} that was not tried. It has the shape of {@link Delivery#reply}, so that clients find
 * the fields where they look for them.
 *
 * @param retryAfterMs after how many milliseconds the same message passes; null if that is not known
 */
public record SendFailure(
        String status,
        String error,
        String code,
        Recipients recipients,
        Instant timestamp,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long retryAfterMs) {

    private static final Logger log = LoggerFactory.getLogger(SendFailure.class);

    private static final Recipients NONE = new Recipients(0, List.of(), List.of());

    /** The recipients that it went to: none. */
    public record Recipients(int total, List<String> sent, List<String> failed) {}

    /** Says why not. */
    public static SendFailure of(String error, String code, Clock clock) {
        return new SendFailure("error", error, code, NONE, clock.instant(), null);
    }

    /** The answer to a client that sends too fast. */
    public static SendFailure rateLimited(long retryAfterMs, Clock clock) {
        return new SendFailure(
                "error", Failure.TOO_MANY_EVENTS, Failure.RATE_LIMITED, NONE, clock.instant(), retryAfterMs);
    }

    /** The answer to a client that has to authenticate first. */
    public static SendFailure notAuthenticated(Clock clock) {
        return of(Failure.NOT_AUTHENTICATED.error(), Failure.UNAUTHENTICATED, clock);
    }

    /** Makes an answer of an outcome, or of why there is none. */
    public static CompletionStage<Object> or(CompletionStage<Delivery> outcome, Clock clock) {
        return outcome.handle((delivery, error) -> error == null ? delivery.reply() : of(error, clock));
    }

    /** Makes an answer of why a message was not sent. */
    public static SendFailure of(Throwable error, Clock clock) {
        Throwable cause = Causes.of(error);
        if (cause instanceof InvalidMessageException || cause instanceof MalformedPacketException) {
            return of(String.valueOf(cause.getMessage()), Failure.INVALID, clock);
        } else if (cause instanceof OverloadedException) {
            return of(String.valueOf(cause.getMessage()), Failure.OVERLOADED, clock);
        }
        log.error("message not sent", cause);
        return of("internal error", Failure.INTERNAL, clock);
    }
}
