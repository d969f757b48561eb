package io.scarfall.gateway;

import io.scarfall.gateway.internal.auth.SocketIdentity;
import io.scarfall.socketio.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The user that a client has proved to be, by a token. Immutable and thread-safe.
 *
 * @param userId 1 to 512 characters, without control characters
 * @param email at most 512 characters; null if the token has none
 * @param deviceInfo the token's description of the device, at most 4,096 characters: a text as it is, anything else as JSON;
 *     null if the token has none
 * @param expiresAt when the token expires, and with it every connection that uses it; {@link Instant#MAX} for never
 * @param issuedAt when the token was issued; null if it does not say. Then it counts as older than every revocation of the
 *     user
 * @param tokenId the id by which this token alone can be revoked, at most 512 characters, unique among all tokens; null for a
 *     digest of the token, see {@link #digest}
 */
public record Identity(
        String userId,
        @Nullable String email,
        @Nullable String deviceInfo,
        Instant expiresAt,
        @Nullable Instant issuedAt,
        @Nullable String tokenId) {

    /** The most characters of a user id. */
    public static final int MAX_USER_ID_LENGTH = 512;

    /** The most characters of an email. */
    public static final int MAX_EMAIL_LENGTH = 512;

    /** The most characters of the description of a device. */
    public static final int MAX_DEVICE_LENGTH = 4_096;

    /** The most characters of the id of a token. */
    public static final int MAX_TOKEN_ID_LENGTH = 512;

    private static final int DIGEST_BYTES = 16;

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
        if (tokenId != null && (tokenId.isEmpty() || !isText(tokenId, MAX_TOKEN_ID_LENGTH))) {
            throw new IllegalArgumentException(
                    "tokenId: malformed (expected: 1 to " + MAX_TOKEN_ID_LENGTH + " characters)");
        }
    }

    /** An identity by a token that has neither a time of issue nor an id. */
    public Identity(String userId, @Nullable String email, @Nullable String deviceInfo, Instant expiresAt) {
        this(userId, email, deviceInfo, expiresAt, null, null);
    }

    /** The same identity by a token with another id. */
    public Identity withTokenId(String tokenId) {
        return new Identity(userId, email, deviceInfo, expiresAt, issuedAt, tokenId);
    }

    /**
     * The id of a token that has none of its own: the first 128 bits of the SHA-256 of its characters, in URL-safe base 64. The
     * token cannot be derived from it.
     */
    public static String digest(String token) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(hash, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e); // every JDK has it
        }
    }

    /**
     * The identity of a socket in a namespace that only authenticated clients join; null for a socket that came without a
     * token. Call it on the socket's home loop.
     */
    public static @Nullable Identity of(Socket socket) {
        return (Identity) SocketIdentity.of(socket);
    }

    /** Whether a text can be a user id: not empty, not too long, well-formed, and without control characters. */
    public static boolean isUserId(String text, int maxLength) {
        return !text.isEmpty() && isText(text, maxLength) && text.chars().noneMatch(Character::isISOControl);
    }

    /** Whether a text is not too long, and has no unpaired surrogate. */
    public static boolean isText(String text, int maxLength) {
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

    /** Contains the user id only: the rest is personal. */
    @Override
    public String toString() {
        return "Identity[" + userId + "]";
    }
}
