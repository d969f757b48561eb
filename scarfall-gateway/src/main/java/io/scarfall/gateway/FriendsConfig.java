package io.scarfall.gateway;

import java.time.Duration;

/**
 * How lists of friends that other systems write are followed while their users are online.
 *
 * @param refreshInterval how often the list of each user of this node is read again, beside when the user connects and does
 *     something; zero for never; 60 s
 * @param refreshesPerSecond how many lists this node reads per second at most; with more users a round takes longer; 1,000
 */
public record FriendsConfig(Duration refreshInterval, int refreshesPerSecond) {

    private static final Duration LONGEST = Duration.ofDays(1);

    public static final FriendsConfig DEFAULT = new FriendsConfig(Duration.ofSeconds(60), 1_000);

    public FriendsConfig {
        boolean tooShort = refreshInterval.compareTo(Duration.ofSeconds(1)) < 0 && !refreshInterval.isZero();
        Check.that(
                !refreshInterval.isNegative() && !tooShort && refreshInterval.compareTo(LONGEST) <= 0,
                "friendsRefreshInterval",
                refreshInterval,
                "0, or PT1S to " + LONGEST);
        Check.range("maxFriendsRefreshesPerSecond", refreshesPerSecond, 1, 100_000);
    }

    /** The same with another {@link #refreshInterval}. */
    public FriendsConfig withRefreshInterval(Duration value) {
        return new FriendsConfig(value, refreshesPerSecond);
    }

    /** The same with another {@link #refreshesPerSecond}. */
    public FriendsConfig withRefreshesPerSecond(int value) {
        return new FriendsConfig(refreshInterval, value);
    }
}
