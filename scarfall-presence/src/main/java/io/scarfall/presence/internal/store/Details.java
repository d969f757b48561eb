package io.scarfall.presence.internal.store;

import io.scarfall.presence.UserSession;
import org.jspecify.annotations.Nullable;

/**
 * How much a store keeps of what clients and networks say of a user's sessions: the email, the device and the address of a
 * session are its details. Short ones are kept always, long ones as long as all of the user's together are not too long.
 */
public final class Details {

    /** So many bytes of UTF-8 the long details of a user's sessions have together at most. */
    public static final int MAX_BYTES = 32_768;

    /** Details of so many bytes are short. */
    public static final int SHORT_BYTES = 128;

    private Details() {}

    /** How many bytes the details of a session take. */
    public static int bytes(UserSession session) {
        return bytes(session.email()) + bytes(session.device()) + bytes(session.address());
    }

    /**
     * What is kept of a session: all of it, or no device where its details are too long beside those of the other sessions, or
     * none of them where they are long without a device too.
     *
     * @param others how many bytes the long details of the user's other sessions take
     */
    public static UserSession bounded(UserSession session, int others) {
        int own = bytes(session);
        if (own <= SHORT_BYTES || own + others <= MAX_BYTES) {
            return session;
        }
        boolean isShort = bytes(session.email()) + bytes(session.address()) <= SHORT_BYTES;
        return with(session, isShort ? session.email() : null, isShort ? session.address() : null);
    }

    private static UserSession with(UserSession session, @Nullable String email, @Nullable String address) {
        return new UserSession(
                session.userId(),
                session.sessionId(),
                session.node(),
                session.connectedAt(),
                session.lastActivity(),
                email,
                null,
                address);
    }

    private static int bytes(@Nullable String text) {
        int bytes = 0;
        for (int i = 0; text != null && i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3; // a pair of surrogates: 4
        }
        return bytes;
    }
}
