package io.scarfall.presence.memory;

import io.scarfall.presence.UserSession;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * A session that was removed with its node, see {@link io.scarfall.presence.internal.Placement#hasReaped}. Immutable.
 *
 * @param nodeName the name of its node
 * @param movedSince since when its device may have moved to another node: the last beat of its own
 * @param untilNanos until when it is remembered
 */
record ReapedSession(
        String sessionId, String nodeName, @Nullable String device, Instant movedSince, long untilNanos) {

    boolean isRemembered(long nanos) {
        return nanos - untilNanos < 0;
    }

    /** Whether the session or its device is among the open sessions of the user. */
    boolean isThere(Collection<UserSession> open) {
        for (UserSession session : open) {
            boolean moved = device != null
                    && device.equals(session.device())
                    && session.connectedAt().isAfter(movedSince);
            if (moved || session.sessionId().equals(sessionId)) {
                return true;
            }
        }
        return false;
    }
}
