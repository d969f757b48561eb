package io.scarfall.gateway;

import java.time.Duration;

/**
 * How a node follows lists of friends that other systems write, while their users are online. Immutable.
 *
 * @param refreshInterval the time between two readings of the list of a user of this node; 60 s; 0 for never. The node also reads
 *     the list when the user connects or does something
 * @param refreshesPerSecond the most lists that this node reads per second; 1,000. With more users a round takes longer
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
