package io.scarfall.gateway;

import java.time.Duration;

/**
 * Times of users' sessions, and the size of pages. Immutable.
 *
 * @param authTimeout how long a socket may stay unauthenticated; 10 s
 * @param touchInterval the shortest time between two writes of a session's activity to the store; 30 s
 * @param sessionExpiry after this time the store may forget a session that was not written; 24 h. The node writes every
 *     session again after half of it. A store with an expiry of its own needs the same time
 * @param idleTimeout how long a session without a socket must have been idle before the clean-up removes it; 30 min
 * @param cleanupInterval the time between two comparisons of this node's sockets with the store's sessions; 5 min
 * @param maxPageSize how many users a page of a list may have, and has where the client names no limit; 1,000
 * @param offlineGrace how long a user stays online after the last connection was lost: closed, broken or silent; 3 s; zero
 *     for none. Friends hear nothing of a user who is back in time. There is no grace after the client's own {@code
 *     disconnect}, and none for a client that the server sent away
 * @param noticeWindow in this time a device gets at most one {@code user_status_update} about a user; 250 ms; zero for all
 *     of them. The first one after a quiet time is sent at once; of those that follow within the window, the newest is sent
 *     when it ends
 */
public record SessionConfig(
        Duration authTimeout,
        Duration touchInterval,
        Duration sessionExpiry,
        Duration idleTimeout,
        Duration cleanupInterval,
        int maxPageSize,
        Duration offlineGrace,
        Duration noticeWindow) {

    /** The longest grace. */
    public static final Duration MAX_GRACE = Duration.ofHours(1);

    /** The longest window. */
    public static final Duration MAX_WINDOW = Duration.ofMinutes(1);

    /** The most that a store gives in one page. */
    public static final int LARGEST_PAGE = 10_000;

    public static final SessionConfig DEFAULT = new SessionConfig(
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofHours(24),
            Duration.ofMinutes(30),
            Duration.ofMinutes(5),
            1_000,
            Duration.ofSeconds(3),
            Duration.ofMillis(250));

    public SessionConfig {
        Check.positive("authTimeout", authTimeout);
        Check.positive("touchInterval", touchInterval);
        Check.positive("sessionExpiry", sessionExpiry);
        Check.positive("idleTimeout", idleTimeout);
        Check.positive("cleanupInterval", cleanupInterval);
        Check.that(
                sessionExpiry.compareTo(cleanupInterval.multipliedBy(4)) >= 0,
                "sessionExpiry",
                sessionExpiry,
                "at least four times the cleanupInterval, " + cleanupInterval);
        Check.range("maxPageSize", maxPageSize, 1, LARGEST_PAGE);
        Check.upTo("offlineGrace", offlineGrace, MAX_GRACE);
        Check.upTo("noticeWindow", noticeWindow, MAX_WINDOW);
    }

    /** The same with another {@link #authTimeout}. */
    public SessionConfig withAuthTimeout(Duration value) {
        return new SessionConfig(
                value,
                touchInterval,
                sessionExpiry,
                idleTimeout,
                cleanupInterval,
                maxPageSize,
                offlineGrace,
                noticeWindow);
    }

    /** The same with another {@link #touchInterval}. */
    public SessionConfig withTouchInterval(Duration value) {
        return new SessionConfig(
                authTimeout,
                value,
                sessionExpiry,
                idleTimeout,
                cleanupInterval,
                maxPageSize,
                offlineGrace,
                noticeWindow);
    }

    /** The same with another {@link #sessionExpiry}. */
    public SessionConfig withSessionExpiry(Duration value) {
        return new SessionConfig(
                authTimeout,
                touchInterval,
                value,
                idleTimeout,
                cleanupInterval,
                maxPageSize,
                offlineGrace,
                noticeWindow);
    }

    /** The same with another {@link #idleTimeout}. */
    public SessionConfig withIdleTimeout(Duration value) {
        return new SessionConfig(
                authTimeout,
                touchInterval,
                sessionExpiry,
                value,
                cleanupInterval,
                maxPageSize,
                offlineGrace,
                noticeWindow);
    }

    /** The same with another {@link #cleanupInterval}. */
    public SessionConfig withCleanupInterval(Duration value) {
        return new SessionConfig(
                authTimeout, touchInterval, sessionExpiry, idleTimeout, value, maxPageSize, offlineGrace, noticeWindow);
    }

    /** The same with another {@link #maxPageSize}. */
    public SessionConfig withMaxPageSize(int value) {
        return new SessionConfig(
                authTimeout,
                touchInterval,
                sessionExpiry,
                idleTimeout,
                cleanupInterval,
                value,
                offlineGrace,
                noticeWindow);
    }

    /** The same with another {@link #offlineGrace}. */
    public SessionConfig withOfflineGrace(Duration value) {
        return new SessionConfig(
                authTimeout,
                touchInterval,
                sessionExpiry,
                idleTimeout,
                cleanupInterval,
                maxPageSize,
                value,
                noticeWindow);
    }

    /** The same with another {@link #noticeWindow}. */
    public SessionConfig withNoticeWindow(Duration value) {
        return new SessionConfig(
                authTimeout,
                touchInterval,
                sessionExpiry,
                idleTimeout,
                cleanupInterval,
                maxPageSize,
                offlineGrace,
                value);
    }
}
