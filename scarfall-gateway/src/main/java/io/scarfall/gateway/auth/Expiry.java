package io.scarfall.gateway.auth;

import io.scarfall.socketio.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Does something when an identity expires. One timer per connection, looked at again at least every hour, so that neither
 * a far future nor a clock that was set leads astray. Confined to the socket's home loop.
 */
public final class Expiry {

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(1);

    private final Socket socket;
    private final Clock clock;
    private final Runnable expired;
    private Instant at = Instant.MAX;
    private @Nullable Future<?> timer;

    /** Does nothing before the first {@link #renew}. */
    public Expiry(Socket socket, Clock clock, Runnable expired) {
        this.socket = socket;
        this.clock = clock;
        this.expired = expired;
    }

    /** Moves the time. */
    public void renew(Instant expiresAt) {
        assert socket.isHome();
        cancel();
        at = expiresAt;
        if (!at.equals(Instant.MAX)) {
            schedule();
        }
    }

    /** Gives it up. */
    public void cancel() {
        assert socket.isHome();
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void schedule() {
        Instant now = clock.instant();
        Duration wait = at.isAfter(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : Duration.between(now, at);
        timer = socket.schedule(this::look, wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
    }

    private void look() {
        timer = null;
        if (clock.instant().isBefore(at)) {
            schedule();
        } else {
            expired.run();
        }
    }
}
