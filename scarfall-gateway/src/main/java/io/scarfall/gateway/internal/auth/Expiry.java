package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a connection when its token expires. Some time before, the client gets the event {@code token_expiring {expiresAt,
 * inMs}}. At the end the client gets {@code authentication_error} with the code {@code token_expired}, and the connection
 * ends. Each connection has one timer. It fires at least every hour, so that a far future or a changed clock does no harm.
 * Confined to the socket's home loop.
 */
public final class Expiry {

    private static final Logger log = LoggerFactory.getLogger(Expiry.class);

    private static final String TOKEN_EXPIRING = "token_expiring";

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

    /**
     * The warning comes at most this fraction of the remaining life ahead, so that a client with a short token is not warned
     * at once.
     */
    private static final int LARGEST_PART = 5;

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    private final Socket socket;
    private final Clock clock;
    private final Duration warning;
    private final Runnable end;
    private Instant at = Instant.MAX;

    /** How long before the end the client gets a warning; zero if the client got it already, or gets none. */
    private Duration lead = Duration.ZERO;

    private @Nullable Future<?> timer;

    private record Expiring(String expiresAt, long inMs) {}

    /**
     * Does nothing before the first {@link #renew}.
     *
     * @param warning how long before the end the client gets a warning, but at most a fifth of the remaining life; zero for
     *     never
     * @param end ends the connection
     */
    public Expiry(Socket socket, Clock clock, Duration warning, Runnable end) {
        this.socket = socket;
        this.clock = clock;
        this.warning = warning;
        this.end = end;
    }

    /** Sets the time of expiry. Setting the same time again changes nothing. */
    public void renew(Instant expiresAt) {
        assert socket.isHome();
        if (at.equals(expiresAt)) {
            return;
        }
        cancel();
        at = expiresAt;
        if (!at.equals(Instant.MAX)) {
            lead = lead(Duration.between(clock.instant(), at));
            schedule();
        }
    }

    private Duration lead(Duration left) {
        Duration part = left.isNegative() ? Duration.ZERO : left.dividedBy(LARGEST_PART);
        return part.compareTo(warning) < 0 ? part : warning;
    }

    /** Stops the timer. */
    public void cancel() {
        assert socket.isHome();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void schedule() {
        Instant now = clock.instant();
        Instant next = at.minus(lead);
        Duration wait = next.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, next);
        timer = socket.schedule(this::look, wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
    }

    private void look() {
        timer = null;
        Instant now = clock.instant();
        if (!now.isBefore(at)) {
            expire();
            return;
        }
        if (!lead.isZero() && !now.isBefore(at.minus(lead))) {
            lead = Duration.ZERO;
            socket.emitNeeded(
                    TOKEN_EXPIRING,
                    Arguments.of(new Expiring(
                            MILLISECONDS.format(at), Duration.between(now, at).toMillis())));
        }
        schedule();
    }

    private void expire() {
        log.debug("token expired socket={}", socket.id());
        AuthenticationError.tell(socket, Failure.of("the token has expired", TokenRefusedException.EXPIRED));
        end.run();
    }
}
