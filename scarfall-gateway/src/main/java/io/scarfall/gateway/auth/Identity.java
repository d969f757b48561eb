package io.scarfall.gateway.auth;

import io.scarfall.socketio.Socket;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who a client has proved to be.
 *
 * @param userId 1 to 512 characters, without control characters
 * @param email at most 512 characters; null if the token has none
 * @param deviceInfo what the token says of the device, at most 4,096 characters: a text as it is, anything else as JSON;
 *     null if nothing
 * @param expiresAt when the proof ends, and with it every connection that stands on it; {@link Instant#MAX} for never
 */
public record Identity(
        String userId, @Nullable String email, @Nullable String deviceInfo, Instant expiresAt) {

    /** The most characters of a user id. */
    public static final int MAX_USER_ID_LENGTH = 512;

    /** The most characters of an email. */
    public static final int MAX_EMAIL_LENGTH = 512;

    /** The most characters of what is said of a device. */
    public static final int MAX_DEVICE_LENGTH = 4_096;

    /** @throws IllegalArgumentException if a text is too long or malformed */
    public Identity {
        if (!isUserId(userId, MAX_USER_ID_LENGTH)) {
            throw new IllegalArgumentException("userId: malformed (expected: 1 to " + MAX_USER_ID_LENGTH
                    + " characters, none of them a control character)");
        }
        if (email != null && !isText(email, MAX_EMAIL_LENGTH)) {
            throw new IllegalArgumentException(
                    "email: malformed (expected: at most " + MAX_EMAIL_LENGTH + " characters)");
        }
        if (deviceInfo != null && !isText(deviceInfo, MAX_DEVICE_LENGTH)) {
            throw new IllegalArgumentException(
                    "deviceInfo: malformed (expected: at most " + MAX_DEVICE_LENGTH + " characters)");
        }
        Objects.requireNonNull(expiresAt, "expiresAt");
    }

    /**
     * Who a socket was when it joined a namespace that only authenticated clients join; null for a socket that came without
     * a token. Belongs on the socket's home loop.
     */
    public static @Nullable Identity of(Socket socket) {
        return Authenticator.identity(socket);
    }

    /** Whether a text may be the id of a user: neither empty nor too long, well-formed, without control characters. */
    public static boolean isUserId(String text, int maxLength) {
        return !text.isEmpty() && isText(text, maxLength) && text.chars().noneMatch(Character::isISOControl);
    }

    /** Whether a text is not too long, and has no half of a surrogate pair. */
    static boolean isText(String text, int maxLength) {
        if (text.length() > maxLength) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /** Names the user only: the rest is personal. */
    @Override
    public String toString() {
        return "Identity[" + userId + "]";
    }
}
