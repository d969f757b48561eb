package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import org.jspecify.annotations.Nullable;

/**
 * An entry in a user's list of friends. Immutable.
 *
 * @param userId the friend: 1 to 512 characters
 * @param email at most 512 characters; {@code null} if unknown
 */
public record Friend(String userId, @Nullable String email) {

    /** @throws IllegalArgumentException if the id is empty, or a text is too long or malformed */
    public Friend {
        Check.id("userId", userId);
        Check.optionalText("email", email, UserSession.MAX_TEXT_LENGTH);
    }

    /** A friend whose email is unknown. */
    public static Friend of(String userId) {
        return new Friend(userId, null);
    }

    /** Leaves out the email, so that logs hold no personal data. */
    @Override
    public String toString() {
        return "Friend[userId=" + userId + "]";
    }
}
