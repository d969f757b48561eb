package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.time.Duration;

/**
 * The times and bounds of a cluster's state, the same on all nodes. Immutable.
 *
 * @param beatInterval how often a node beats; positive, and at most half of the lease
 * @param lease how long a node counts as live after its last beat; positive
 * @param offlineGrace how long a user stays online after the last session closed; may be zero
 * @param offlineRetention how long the last seen time of an offline user is kept; positive
 * @param maxOfflineUsers about how many offline users are kept in the memory of a process; beyond it, the users who
 *     left earliest are forgotten first; not negative
 * @param maxFriends the longest list of friends; positive
 * @param watchersPerTransition the number of watchers that one change of status carries, 1 to {@link #MAX_PAGE}
 * @param feedLength about how many changes {@link TransitionFeed} keeps; positive
 */
public record PresenceSettings(
        Duration beatInterval,
        Duration lease,
        Duration offlineGrace,
        Duration offlineRetention,
        int maxOfflineUsers,
        int maxFriends,
        int watchersPerTransition,
        int feedLength) {

    /** The largest limit of any page. */
    public static final int MAX_PAGE = 10_000;

    /** The longest time of any setting or argument: its nanoseconds fit easily into a {@code long}. */
    public static final Duration MAX_TIME = Duration.ofDays(3650);

    /** Beats every 2 s, leases of 6 s, no grace, 30 days and 1,000,000 offline users, 5,000 friends. */
    public static final PresenceSettings DEFAULTS = new PresenceSettings(
            Duration.ofSeconds(2),
            Duration.ofSeconds(6),
            Duration.ZERO,
            Duration.ofDays(30),
            1_000_000,
            5_000,
            1_000,
            65_536);

    /** @throws IllegalArgumentException if a value is out of its range */
    public PresenceSettings {
        positive("lease", lease);
        positive("beatInterval", beatInterval);
        if (beatInterval.compareTo(lease.dividedBy(2)) > 0) {
            throw new IllegalArgumentException(
                    "beatInterval: " + beatInterval + " (expected: at most half of the lease, " + lease + ")");
        }
        if (offlineGrace.isNegative() || offlineGrace.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException("offlineGrace: " + offlineGrace + " (expected: 0.." + MAX_TIME + ")");
        }
        positive("offlineRetention", offlineRetention);
        Check.atLeast("maxOfflineUsers", maxOfflineUsers, 0);
        Check.atLeast("maxFriends", maxFriends, 1);
        if (watchersPerTransition < 1 || watchersPerTransition > MAX_PAGE) {
            throw new IllegalArgumentException(
                    "watchersPerTransition: " + watchersPerTransition + " (expected: 1.." + MAX_PAGE + ")");
        }
        Check.atLeast("feedLength", feedLength, 1);
    }

    /** These settings with other intervals of beats and leases. */
    public PresenceSettings withLease(Duration beatInterval, Duration lease) {
        return new PresenceSettings(
                beatInterval,
                lease,
                offlineGrace,
                offlineRetention,
                maxOfflineUsers,
                maxFriends,
                watchersPerTransition,
                feedLength);
    }

    /** These settings with another grace. */
    public PresenceSettings withOfflineGrace(Duration offlineGrace) {
        return new PresenceSettings(
                beatInterval,
                lease,
                offlineGrace,
                offlineRetention,
                maxOfflineUsers,
                maxFriends,
                watchersPerTransition,
                feedLength);
    }

    /** These settings with another retention of offline users. */
    public PresenceSettings withOfflineUsers(Duration offlineRetention, int maxOfflineUsers) {
        return new PresenceSettings(
                beatInterval,
                lease,
                offlineGrace,
                offlineRetention,
                maxOfflineUsers,
                maxFriends,
                watchersPerTransition,
                feedLength);
    }

    /** These settings with another bound for lists of friends. */
    public PresenceSettings withMaxFriends(int maxFriends) {
        return new PresenceSettings(
                beatInterval,
                lease,
                offlineGrace,
                offlineRetention,
                maxOfflineUsers,
                maxFriends,
                watchersPerTransition,
                feedLength);
    }

    /** These settings with another number of watchers per change of status. */
    public PresenceSettings withWatchersPerTransition(int watchersPerTransition) {
        return new PresenceSettings(
                beatInterval,
                lease,
                offlineGrace,
                offlineRetention,
                maxOfflineUsers,
                maxFriends,
                watchersPerTransition,
                feedLength);
    }

    /** These settings with another length of the feed. */
    public PresenceSettings withFeedLength(int feedLength) {
        return new PresenceSettings(
                beatInterval,
                lease,
                offlineGrace,
                offlineRetention,
                maxOfflineUsers,
                maxFriends,
                watchersPerTransition,
                feedLength);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(MAX_TIME) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0, <= " + MAX_TIME + ")");
        }
    }
}
