package io.scarfall.gateway;

import java.util.Objects;

/**
 * What clients of a port may spend.
 *
 * @param rates how fast events may come; {@link RateLimits#DEFAULT}
 * @param maxSessionsPerUser how many authenticated sockets a user may have on this node; 100. A further one is refused with
 *     {@code code: "too_many_sessions"} and {@code retry: true}
 * @param maxFailedAuthentications after so many bad proofs in a row, of a user or a service, a connection is closed; 5
 */
public record LimitConfig(RateLimits rates, int maxSessionsPerUser, int maxFailedAuthentications) {

    public static final LimitConfig DEFAULT = new LimitConfig(RateLimits.DEFAULT, 100, 5);

    public LimitConfig {
        Objects.requireNonNull(rates, "rates");
        Check.positive("maxSessionsPerUser", maxSessionsPerUser);
        Check.positive("maxFailedAuthentications", maxFailedAuthentications);
    }

    /** The same for services, which are trusted: at any rate, and with any number of sessions; what is under way is bounded. */
    public LimitConfig forServices() {
        return new LimitConfig(rates.forServices(), Integer.MAX_VALUE, maxFailedAuthentications);
    }

    /** The same with another {@link #rates}. */
    public LimitConfig withRates(RateLimits value) {
        return new LimitConfig(value, maxSessionsPerUser, maxFailedAuthentications);
    }

    /** The same with another {@link #maxSessionsPerUser}. */
    public LimitConfig withMaxSessionsPerUser(int value) {
        return new LimitConfig(rates, value, maxFailedAuthentications);
    }

    /** The same with another {@link #maxFailedAuthentications}. */
    public LimitConfig withMaxFailedAuthentications(int value) {
        return new LimitConfig(rates, maxSessionsPerUser, value);
    }
}
