package io.scarfall.presence.internal;

import io.scarfall.presence.Page;
import io.scarfall.presence.internal.check.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a write did to the status of its user.
 *
 * <p>Versions order the transitions of one user: each is larger than the one before, also across a loss of the store's
 * data, because it is the larger of the previous plus one and the store's clock in microseconds. A receiver that has
 * seen a version drops that one and all lower ones.
 *
 * @param kind what happened
 * @param userId whose status it is
 * @param version the user's version after it, below 2<sup>53</sup>; 0 if {@code UNCHANGED} and the user is unknown
 * @param lastSeen when the user was last seen, in milliseconds; for {@code UNCHANGED} of an unknown user the time of
 *     the call
 * @param email the newest email known of the user; {@code null} if none is
 * @param watchers the first of those who list the user as a friend and are to be told; the rest is read from
 *     {@link Roster#watchers} with this page's cursor. Empty if {@code UNCHANGED}
 */
public record Transition(
        Kind kind,
        String userId,
        long version,
        Instant lastSeen,
        @Nullable String email,
        Page<String> watchers) {

    /** What may happen to a status. */
    public enum Kind {
        /** From no session to one. */
        CAME_ONLINE,
        /** The status is what it was: nobody is to be told. */
        UNCHANGED,
        /** From one session to none, and the grace, if any, is over. */
        WENT_OFFLINE
    }

    /** @throws IllegalArgumentException if the user id is malformed or the version is out of its range */
    public Transition {
        Objects.requireNonNull(kind, "kind");
        Check.id("userId", userId);
        Check.atLeast("version", version, kind == Kind.UNCHANGED ? 0 : 1);
        Objects.requireNonNull(lastSeen, "lastSeen");
        Objects.requireNonNull(watchers, "watchers");
    }

    /** Whether the status changed, so that watchers are to be told. */
    public boolean changed() {
        return kind != Kind.UNCHANGED;
    }

    /** Names no email and no watcher, so that a log of it tells nothing personal. */
    @Override
    public String toString() {
        return "Transition[" + kind + ", userId=" + userId + ", version=" + version + ", lastSeen=" + lastSeen + ", "
                + watchers.total() + " watchers]";
    }
}
