package io.scarfall.gateway.internal.notice;

import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.internal.Transition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The argument of {@code user_status_update}, the event for a friend's device.
 *
 * @param userId the user whose status it is
 * @param status {@code online} or {@code offline}
 * @param version of two notices about a user, the one with the higher version is newer
 */
record StatusUpdate(
        String userId,
        String status,
        @Nullable String email,
        @Nullable Instant lastSeen,
        long version) {

    static StatusUpdate of(Transition transition) {
        return new StatusUpdate(
                transition.userId(),
                (isOnline(transition) ? Status.ONLINE : Status.OFFLINE).word(),
                transition.email(),
                transition.lastSeen(),
                transition.version());
    }

    static StatusUpdate of(UserPresence user) {
        return new StatusUpdate(
                user.userId(),
                (user.online() ? Status.ONLINE : Status.OFFLINE).word(),
                user.email(),
                user.lastSeen(),
                user.version());
    }

    static StatusUpdate of(StatusChange change) {
        return new StatusUpdate(
                change.userId(), change.status().word(), change.email(), change.lastSeen(), change.version());
    }

    /** Whether a user is online after a transition. */
    static boolean isOnline(Transition transition) {
        return transition.kind() == Transition.Kind.CAME_ONLINE;
    }
}
