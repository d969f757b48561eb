package io.scarfall.presence.redis;

import org.jspecify.annotations.Nullable;

/** The email of a friend as the value of a hash field in Redis: {@code +} and the email, or {@code -} if it is unknown. */
final class FriendEmail {

    static final String UNKNOWN = "-";

    private FriendEmail() {}

    static String encode(@Nullable String email) {
        return email == null ? UNKNOWN : '+' + email;
    }

    static @Nullable String decode(String value) {
        return value.isEmpty() || value.equals(UNKNOWN) ? null : value.substring(1);
    }
}
