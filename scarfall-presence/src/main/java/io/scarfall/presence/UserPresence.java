package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The presence of one user. Immutable.
 *
 * @param userId the user
 * @param status online while a session is open on a live node, or the grace runs
 * @param lastSeen online: the latest activity of any session; offline: when the last session ended, or when the lease
 *     of its node lapsed; {@code null} if the user was never seen or is forgotten
 * @param version that of the user's last change of status; 0 if unknown
 * @param email the newest known email of the user; {@code null} if none is known
 * @param sessionCount how many sessions are open on live nodes; 0 while only the grace keeps the user online
 */
public record UserPresence(
        String userId,
        Status status,
        @Nullable Instant lastSeen,
        long version,
        @Nullable String email,
        int sessionCount) {

    /** @throws IllegalArgumentException if a number is negative, or an offline user has sessions */
    public UserPresence {
        Objects.requireNonNull(userId, "userId");
        Objects.requireNonNull(status, "status");
        Check.atLeast("version", version, 0);
        Check.atLeast("sessionCount", sessionCount, 0);
        if (status == Status.OFFLINE && sessionCount > 0) {
            throw new IllegalArgumentException("sessionCount: " + sessionCount + " (expected: 0 when offline)");
        }
    }

    /** The presence of an unknown user. */
    public static UserPresence unknown(String userId) {
        return new UserPresence(userId, Status.OFFLINE, null, 0, null, 0);
    }

    /** The same with another email. */
    public UserPresence withEmail(@Nullable String email) {
        return new UserPresence(userId, status, lastSeen, version, email, sessionCount);
    }

    /** Whether the user is online. */
    public boolean online() {
        return status == Status.ONLINE;
    }

    /** Leaves out the email, so that logs hold no personal data. */
    @Override
    public String toString() {
        return "UserPresence[userId=" + userId + ", status=" + status.word() + ", lastSeen=" + lastSeen + ", version="
                + version + ", sessionCount=" + sessionCount + "]";
    }
}
