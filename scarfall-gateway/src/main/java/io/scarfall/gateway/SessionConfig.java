package io.scarfall.gateway;

import java.time.Duration;

/**
 * Times of users' sessions, and the size of pages.
 *
 * @param authTimeout how long a socket may stay unauthenticated; 10 s
 * @param touchInterval at most how often the activity of a session is noted in the store; 30 s
 * @param sessionExpiry after what time the store may forget a session that nobody wrote: every session is written again
 *     after half of it; 24 h
 * @param idleTimeout how long a session must have been idle before the clean-up removes it, where its socket is gone; 30 min
 * @param cleanupInterval how often this node's sockets and the store's sessions are compared; 5 min
 * @param maxPageSize how many users one page may list, and does where the client names no limit; 1,000
 * @param offlineGrace how long a user stays online whose last connection was lost; 3 s; zero for not at all
 * @param noticeWindow in what time a device gets at most one notice about a user; 250 ms; zero for all of them
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
        if (sessionExpiry.compareTo(cleanupInterval.multipliedBy(4)) < 0) {
            throw new IllegalArgumentException("sessionExpiry: " + sessionExpiry
                    + " (expected: at least four times the cleanupInterval, " + cleanupInterval + ")");
        }
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
