package io.scarfall.gateway;

import io.scarfall.presence.PresenceSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * How sessions are controlled on all nodes together; the same on each.
 *
 * @param revocationExpiry how long a revocation is kept: as long as the longest token lives, since what it concerned counts
 *     again afterwards; 30 days
 * @param maxRevocations how many may be kept; 1,000,000
 * @param maxUserSessions how many sessions a user may have on all nodes together; 0, which is the default: any number
 * @param whenFull who has to go when a user has as many; the new one
 */
public record ControlConfig(Duration revocationExpiry, int maxRevocations, int maxUserSessions, WhenFull whenFull) {

    public static final ControlConfig DEFAULT =
            new ControlConfig(Duration.ofDays(30), 1_000_000, 0, WhenFull.REFUSE_NEW);

    /** Who has to go when a user has as many sessions as a user may have. */
    public enum WhenFull {
        /** The one that comes. */
        REFUSE_NEW,
        /** The one that came first. */
        END_OLDEST
    }

    public ControlConfig {
        if (revocationExpiry.compareTo(Duration.ofSeconds(1)) < 0
                || revocationExpiry.compareTo(PresenceSettings.MAX_TIME) > 0) {
            throw new IllegalArgumentException("revocationExpiry: " + revocationExpiry + " (expected: 1 s to "
                    + PresenceSettings.MAX_TIME.toDays() + " days)");
        }
        if (maxRevocations < 1) {
            throw new IllegalArgumentException("maxRevocations: " + maxRevocations + " (expected: > 0)");
        }
        if (maxUserSessions < 0) {
            throw new IllegalArgumentException("maxUserSessions: " + maxUserSessions + " (expected: 0 or more)");
        }
        Objects.requireNonNull(whenFull, "whenFull");
    }
}
