package io.scarfall.gateway;

import io.scarfall.presence.PresenceSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * How sessions are controlled on all nodes together. Each node must have the same. Immutable.
 *
 * @param revocationExpiry how long a revocation is kept; 30 days. It must be as long as the longest token lives: afterwards
 *     a revoked token counts again
 * @param maxRevocations how many may be kept; 1,000,000. One more fails
 * @param maxUserSessions how many sessions a user may have on all nodes together, beside {@link
 *     LimitConfig#maxSessionsPerUser} on each; 0, which is the default, for any number
 * @param whenFull which session has to go when a user has as many; the new one
 */
public record ControlConfig(Duration revocationExpiry, int maxRevocations, int maxUserSessions, WhenFull whenFull) {

    public static final ControlConfig DEFAULT =
            new ControlConfig(Duration.ofDays(30), 1_000_000, 0, WhenFull.REFUSE_NEW);

    /** Which session has to go when a user has as many as a user may have. */
    public enum WhenFull {
        /** The new one, with {@code code: "too_many_sessions"}. */
        REFUSE_NEW,
        /** The oldest one, with {@code code: "session_replaced"}. */
        END_OLDEST
    }

    public ControlConfig {
        Check.that(
                revocationExpiry.compareTo(Duration.ofSeconds(1)) >= 0
                        && revocationExpiry.compareTo(PresenceSettings.MAX_TIME) <= 0,
                "revocationExpiry",
                revocationExpiry,
                "1 s to " + PresenceSettings.MAX_TIME.toDays() + " days");
        Check.positive("maxRevocations", maxRevocations);
        Check.that(maxUserSessions >= 0, "maxUserSessions", maxUserSessions, "0 or more");
        Objects.requireNonNull(whenFull, "whenFull");
    }

    /** The same with another {@link #revocationExpiry}. */
    public ControlConfig withRevocationExpiry(Duration value) {
        return new ControlConfig(value, maxRevocations, maxUserSessions, whenFull);
    }

    /** The same with another {@link #maxRevocations}. */
    public ControlConfig withMaxRevocations(int value) {
        return new ControlConfig(revocationExpiry, value, maxUserSessions, whenFull);
    }

    /** The same with another {@link #maxUserSessions}, and with who has to go beyond it. */
    public ControlConfig withMaxUserSessions(int value, WhenFull full) {
        return new ControlConfig(revocationExpiry, maxRevocations, value, full);
    }
}
