package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One authenticated socket of one user, as all nodes see it. Immutable. It holds no credential.
 *
 * <p>A node keeps the record of each of its sockets: it touches and closes the session with it, and opens the session
 * again from it after it lost its lease ({@link #on}).
 *
 * @param userId 1 to 512 characters
 * @param sessionId 1 to 512 characters, unique among all sessions of the user at all times
 * @param node the node that holds the socket, with the epoch under which the session was opened
 * @param connectedAt when the socket was authenticated; kept in milliseconds
 * @param lastActivity the latest activity of the user in this session; kept in milliseconds
 * @param email at most 512 characters; {@code null} if unknown
 * @param device the device as the client described it, as text or JSON, at most 4096 characters; {@code null} if it
 *     did not. A store keeps 32 KiB of long details (email, device, address) per user: beyond that, later sessions
 *     are kept without a device
 * @param address the peer's address as text, at most 512 characters; {@code null} if unknown
 */
public record UserSession(
        String userId,
        String sessionId,
        NodeId node,
        Instant connectedAt,
        Instant lastActivity,
        @Nullable String email,
        @Nullable String device,
        @Nullable String address) {

    /** The longest user id or session id, in characters. */
    public static final int MAX_ID_LENGTH = Check.MAX_ID_LENGTH;

    /** The longest email or address, in characters. */
    public static final int MAX_TEXT_LENGTH = 512;

    /** The longest device, in characters. */
    public static final int MAX_DEVICE_LENGTH = 4096;

    /**
     * Cuts the times to milliseconds, so that a session is equal to itself after a store kept it.
     *
     * @throws IllegalArgumentException if a text is too long, an id is empty, or a text holds half a surrogate pair
     */
    public UserSession {
        Check.id("userId", userId);
        Check.id("sessionId", sessionId);
        Objects.requireNonNull(node, "node");
        connectedAt = connectedAt.truncatedTo(ChronoUnit.MILLIS);
        lastActivity = lastActivity.truncatedTo(ChronoUnit.MILLIS);
        Check.optionalText("email", email, MAX_TEXT_LENGTH);
        Check.optionalText("device", device, MAX_DEVICE_LENGTH);
        Check.optionalText("address", address, MAX_TEXT_LENGTH);
    }

    /** The same session under another epoch of its node. */
    public UserSession on(NodeId node) {
        return new UserSession(userId, sessionId, node, connectedAt, lastActivity, email, device, address);
    }

    /** The same session with a later activity. */
    public UserSession activeAt(Instant lastActivity) {
        return new UserSession(userId, sessionId, node, connectedAt, lastActivity, email, device, address);
    }

    /** Leaves out all but user, session and node, so that logs hold no personal data. */
    @Override
    public String toString() {
        return "UserSession[userId=" + userId + ", sessionId=" + sessionId + ", node=" + node + "]";
    }
}
