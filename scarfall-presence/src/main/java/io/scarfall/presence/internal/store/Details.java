package io.scarfall.presence.internal.store;

import io.scarfall.presence.UserSession;
import org.jspecify.annotations.Nullable;

/**
 * The bounds of what a store keeps of a session's email, device and address, its <i>details</i>, which clients and
 * networks choose. Short details are always kept; long ones as long as all details of the user together are within
 * their bound.
 */
public final class Details {

    /** The most bytes of UTF-8 that the long details of a user's sessions take together. */
    public static final int MAX_BYTES = 32_768;

    /** Details of up to so many bytes are short. */
    public static final int SHORT_BYTES = 128;

    private Details() {}

    /** How many bytes the details of a session take. */
    public static int bytes(UserSession session) {
        return bytes(session.email()) + bytes(session.device()) + bytes(session.address());
    }

    /**
     * What is kept of a session: everything; or no device, if its details are too long beside those of the user's
     * other sessions; or no details, if they are long without a device too.
     *
     * @param others how many bytes the long details of the user's other sessions take
     */
    public static UserSession bounded(UserSession session, int others) {
        int own = bytes(session);
        if (own <= SHORT_BYTES || own + others <= MAX_BYTES) {
            return session;
        }
        boolean isShort = bytes(session.email()) + bytes(session.address()) <= SHORT_BYTES;
        return with(session, isShort ? session.email() : null, null, isShort ? session.address() : null);
    }

    /** The session with these details instead of its own. */
    public static UserSession with(
            UserSession session, @Nullable String email, @Nullable String device, @Nullable String address) {
        return new UserSession(
                session.userId(),
                session.sessionId(),
                session.node(),
                session.connectedAt(),
                session.lastActivity(),
                email,
                device,
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
