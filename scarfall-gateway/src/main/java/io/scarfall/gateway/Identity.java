package io.scarfall.gateway;

import com.fasterxml.jackson.annotation.JsonIncludeProperties;
import io.scarfall.gateway.internal.auth.SocketIdentity;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.ConnectRefusedException;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The user that a client has proved to be, by a token. Immutable and thread-safe. A mapper of Jackson writes the user id only:
 * the rest is personal, or tells about the token.
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
 * @param roles what the user may do, for {@link #requireRole}; immutable; empty by default
 * @param claims the claims of the token that {@link TokenConfig#claims} names, or what a {@link TokenVerifier} adds, for {@link
 *     #claim}; immutable; empty by default
 * @param principal what a {@link TokenVerifier} of the application knows about the user, for {@link #principal(Class)}; null by
 *     default. Immutable or thread-safe, and small: it is kept as long as the session. It never leaves this process
 */
@JsonIncludeProperties("userId")
public record Identity(
        String userId,
        @Nullable String email,
        @Nullable String deviceInfo,
        Instant expiresAt,
        @Nullable Instant issuedAt,
        @Nullable String tokenId,
        Set<String> roles,
        Map<String, Object> claims,
        @Nullable Object principal) {

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
        roles = Set.copyOf(roles);
        claims = Map.copyOf(claims);
    }

    /** An identity without roles, claims and principal. */
    public Identity(
            String userId,
            @Nullable String email,
            @Nullable String deviceInfo,
            Instant expiresAt,
            @Nullable Instant issuedAt,
            @Nullable String tokenId) {
        this(userId, email, deviceInfo, expiresAt, issuedAt, tokenId, Set.of(), Map.of(), null);
    }

    /** An identity by a token that has neither a time of issue nor an id. */
    public Identity(String userId, @Nullable String email, @Nullable String deviceInfo, Instant expiresAt) {
        this(userId, email, deviceInfo, expiresAt, null, null);
    }

    /** The same identity by a token with another id. */
    public Identity withTokenId(String tokenId) {
        return new Identity(userId, email, deviceInfo, expiresAt, issuedAt, tokenId, roles, claims, principal);
    }

    /** The same identity with other {@link #roles}. */
    public Identity withRoles(Collection<String> roles) {
        return new Identity(
                userId, email, deviceInfo, expiresAt, issuedAt, tokenId, Set.copyOf(roles), claims, principal);
    }

    /** The same identity with other {@link #claims}. */
    public Identity withClaims(Map<String, ?> claims) {
        return new Identity(
                userId, email, deviceInfo, expiresAt, issuedAt, tokenId, roles, Map.copyOf(claims), principal);
    }

    /** The same identity with another {@link #principal}. */
    public Identity withPrincipal(@Nullable Object principal) {
        return new Identity(userId, email, deviceInfo, expiresAt, issuedAt, tokenId, roles, claims, principal);
    }

    /**
     * A claim as a type: text, a number, a boolean, a list, a map, or a type that Jackson reads from the claim's JSON.
     *
     * @return null if there is no such claim
     * @throws IllegalArgumentException if the claim does not fit the type; the message does not contain the claim's value
     */
    public <T> @Nullable T claim(String name, Class<T> type) {
        Object value = claims.get(name);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        try {
            return Arguments.of(value).require(0, type);
        } catch (RuntimeException e) { // without the cause, whose message may contain the value
            throw new IllegalArgumentException("claim " + name + ": does not fit (expected: " + type.getName() + ")");
        }
    }

    /**
     * The principal as the application's type.
     *
     * @throws IllegalStateException if there is none, or it is of another type
     */
    public <T> T principal(Class<T> type) {
        if (!type.isInstance(principal)) {
            throw new IllegalStateException("principal: "
                    + (principal == null ? "none" : principal.getClass().getName()) + " (expected: "
                    + type.getName() + ")");
        }
        return type.cast(principal);
    }

    /** Whether the user has a role. */
    public boolean hasRole(String role) {
        return roles.contains(role);
    }

    /**
     * Lets only users pass that have one of these roles; others are refused with the code {@code forbidden}. Around an event it
     * looks at the roles of the user's latest token, and as a guard at those of the token that the client connects with:
     *
     * <pre>{@code
     * builder.on("ban", Ban.class, ban, Identity.requireRole("moderator"))
     *        .authenticatedNamespace("/staff", table -> table
     *                .guard(Identity.requireRole("staff", "admin"))
     *                .intercept("close", Identity.requireRole("admin"))
     *                .on("close", close))
     * }</pre>
     *
     * @throws IllegalArgumentException if there is no role
     */
    public static RoleCheck requireRole(String... anyOf) {
        if (anyOf.length == 0) {
            throw new IllegalArgumentException("roles: none (expected: at least one)");
        }
        return new RoleCheck(List.of(anyOf));
    }

    /** See {@link Identity#requireRole}. Immutable and thread-safe. */
    public static final class RoleCheck implements EventInterceptor, ConnectGuard {

        private static final String FORBIDDEN = "forbidden";
        private static final String WORDS = "the user lacks the role for this";

        private final List<String> anyOf;

        private RoleCheck(List<String> anyOf) {
            this.anyOf = anyOf;
        }

        @Override
        public @Nullable Object intercept(Socket socket, String event, Arguments arguments, Next next)
                throws Exception {
            if (!passes(socket)) {
                throw new EventRefusedException(FORBIDDEN, WORDS);
            }
            return next.proceed(arguments);
        }

        @Override
        public @Nullable CompletionStage<?> admit(Socket socket) throws ConnectRefusedException {
            if (!passes(socket)) {
                throw new ConnectRefusedException(WORDS, Map.of("code", FORBIDDEN, "retry", false));
            }
            return null;
        }

        private boolean passes(Socket socket) {
            Identity identity = of(socket);
            return identity != null && anyOf.stream().anyMatch(identity::hasRole);
        }

        @Override
        public String toString() {
            return "requireRole" + anyOf;
        }
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
     * The identity of a socket, by its latest token; null for a socket that has not authenticated. Call it on the socket's home
     * loop.
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
