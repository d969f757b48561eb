package io.scarfall.presence.internal;

import io.scarfall.presence.Page;
import io.scarfall.presence.internal.check.Check;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The effect of a write on the status of its user. Immutable.
 *
 * <p>Versions order the transitions of one user. Each is larger than the one before, also after a loss of the store's
 * data, because it is the larger of two numbers: the previous version plus one, and the store's clock in
 * microseconds. A receiver drops a transition whose version is not higher than one that it has seen.
 *
 * @param kind what happened
 * @param userId the user
 * @param version the user's version after it, below 2<sup>53</sup>; 0 if {@code UNCHANGED} and the user is unknown
 * @param lastSeen when the user was last seen, in milliseconds; for {@code UNCHANGED} of an unknown user the time of
 *     the call
 * @param email the newest known email of the user; {@code null} if none is known
 * @param watchers the first watchers to notify; {@link io.scarfall.presence.Roster#watchers} returns the rest for this page's cursor.
 *     Empty if {@code UNCHANGED}
 */
public record Transition(
        Kind kind,
        String userId,
        long version,
        Instant lastSeen,
        @Nullable String email,
        Page<String> watchers) {

    /** The possible effects. */
    public enum Kind {
        /** The user had no session, and has one now. */
        CAME_ONLINE,
        /** The status did not change: no user is notified. */
        UNCHANGED,
        /** The user's last session ended, and so did the grace, if there was one. */
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

    /** Whether the status changed, so that watchers are notified. */
    public boolean changed() {
        return kind != Kind.UNCHANGED;
    }

    /** How many users watch the user; those on the first page if they were not counted. */
    public long watcherCount() {
        Long total = watchers.total();
        return total == null ? watchers.items().size() : total;
    }

    /** Leaves out the email and the watchers, so that logs hold no personal data. */
    @Override
    public String toString() {
        return "Transition[" + kind + ", userId=" + userId + ", version=" + version + ", lastSeen=" + lastSeen + ", "
                + watcherCount() + " watchers]";
    }
}
