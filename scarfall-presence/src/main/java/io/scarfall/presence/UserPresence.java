package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What may be read of a user.
 *
 * @param userId whose presence it is
 * @param status online while a session lives on a live node, or the grace runs
 * @param lastSeen online: the latest activity of any session; offline: when the last session ended, which for one on a
 *     node that died is when the lease lapsed; {@code null} if the user was never seen, or so long ago that it was
 *     forgotten
 * @param version of the user's last change of status; 0 if unknown
 * @param email the newest email known of the user; {@code null} if none is
 * @param sessionCount how many sessions live on live nodes; 0 while only the grace keeps the user online
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

    /** Of a user of whom nothing is known. */
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

    /** Names no email, so that a log of it tells nothing personal. */
    @Override
    public String toString() {
        return "UserPresence[userId=" + userId + ", status=" + status.word() + ", lastSeen=" + lastSeen + ", version="
                + version + ", sessionCount=" + sessionCount + "]";
    }
}
