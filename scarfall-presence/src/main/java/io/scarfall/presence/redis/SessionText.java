package io.scarfall.presence.redis;

import io.scarfall.presence.UserSession;
import io.scarfall.presence.node.NodeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A session as text: {@code node lastActivity connectedAt e d a texts}, with times in milliseconds and e, d, a the lengths
 * of email, device and address ({@code -} for none), which follow one another. The node and the activity come first, since
 * scripts look at these.
 */
final class SessionText {

    private SessionText() {}

    static String of(UserSession session) {
        StringBuilder text = new StringBuilder(128)
                .append(session.node())
                .append(' ')
                .append(session.lastActivity().toEpochMilli())
                .append(' ')
                .append(session.connectedAt().toEpochMilli());
        appendLength(text, session.email());
        appendLength(text, session.device());
        appendLength(text, session.address());
        text.append(' ');
        append(text, session.email());
        append(text, session.device());
        append(text, session.address());
        return text.toString();
    }

    /** The node of a session, as text; {@code null} if that is not a session but the state of its user. */
    static @Nullable String node(String text) {
        int space = text.indexOf(' ');
        int at = text.indexOf('@');
        return at > 0 && at < space ? text.substring(0, space) : null;
    }

    /** @throws IllegalArgumentException if that is not the text of a session */
    static UserSession parse(String userId, String sessionId, String text) {
        String[] parts = text.split(" ", 7);
        if (parts.length != 7) {
            throw malformed();
        }
        try {
            String texts = parts[6];
            int device = length(parts[3]);
            int address = device + length(parts[4]);
            return new UserSession(
                    userId,
                    sessionId,
                    NodeId.parse(parts[0]),
                    Instant.ofEpochMilli(Long.parseLong(parts[2])),
                    Instant.ofEpochMilli(Long.parseLong(parts[1])),
                    parts[3].equals("-") ? null : texts.substring(0, device),
                    parts[4].equals("-") ? null : texts.substring(device, address),
                    parts[5].equals("-") ? null : texts.substring(address));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw malformed();
        }
    }

    private static void appendLength(StringBuilder text, @Nullable String value) {
        text.append(' ');
        if (value == null) {
            text.append('-');
        } else {
            text.append(value.length());
        }
    }

    private static void append(StringBuilder text, @Nullable String value) {
        if (value != null) {
            text.append(value);
        }
    }

    private static int length(String part) {
        return part.equals("-") ? 0 : Integer.parseInt(part);
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException(
                "session: malformed (expected: what this version writes)"); // no personal text
    }
}
