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
 * The answer to a {@code send_message} that the gateway did not try to deliver. It has the same shape as {@link
 * Delivery#reply}, so that clients find the fields in the same place.
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

    /** The recipients of the message: none got it. */
    public record Recipients(int total, List<String> sent, List<String> failed) {}

    /** A failure with a reason. */
    public static SendFailure of(String error, String code, Clock clock) {
        return new SendFailure("error", error, code, NONE, clock.instant(), null);
    }

    /** The answer to a client that exceeded its rate. */
    public static SendFailure rateLimited(long retryAfterMs, Clock clock) {
        return new SendFailure(
                "error", Failure.TOO_MANY_EVENTS, Failure.RATE_LIMITED, NONE, clock.instant(), retryAfterMs);
    }

    /** The answer to a client that must authenticate first. */
    public static SendFailure notAuthenticated(Clock clock) {
        return of(Failure.NOT_AUTHENTICATED.error(), Failure.UNAUTHENTICATED, clock);
    }

    /** The answer for an outcome, or for the error in its place. */
    public static CompletionStage<Object> or(CompletionStage<Delivery> outcome, Clock clock) {
        return outcome.handle((delivery, error) -> error == null ? delivery.reply() : of(error, clock));
    }

    /** The answer for an error that kept a message from being sent. */
    public static SendFailure of(Throwable error, Clock clock) {
        Throwable cause = Causes.of(error);
        if (cause instanceof InvalidMessageException || cause instanceof MalformedPacketException) {
            return of(String.valueOf(cause.getMessage()), Failure.INVALID, clock);
        } else if (cause instanceof OverloadedException) {
            return of(String.valueOf(cause.getMessage()), Failure.OVERLOADED, clock);
        }
        log.error("message not sent, answering the client with an error", cause);
        return of("internal error", Failure.INTERNAL, clock);
    }
}
