package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Every change of a status, kept for a while, for back ends that must not miss one: each reader goes through it at its
 * own pace from a position that it keeps itself, so it goes on after a restart where it stopped.
 *
 * <p>A reader that stores the position of a batch after having handled it sees every change at least once. Changes of
 * one user come in the order of their versions; those of different users in no particular order. The feed is bounded: a
 * reader that was away for too long is told so by {@link Batch#gap()}, and reads the present state by {@link
 * Presence#online} instead.
 *
 * <p>Thread-safe. Nothing blocks, and nothing waits: there is no call that hangs until something happens.
 */
public interface TransitionFeed {

    /** The position before the oldest change that is kept. */
    String OLDEST = "oldest";

    /**
     * The position after the newest change: where a reader begins who wants only what happens from now on, before it
     * reads the present state. Costs one pipelined round trip.
     */
    CompletionStage<String> newest();

    /**
     * The changes after a position. Costs one pipelined round trip.
     *
     * @param position {@link #OLDEST}, {@link #newest()}, or {@link Batch#next()} of an earlier batch; opaque,
     *     printable, at most a few kilobytes; anything else fails the stage with {@link IllegalArgumentException}
     * @param limit the most changes of a batch, 1 to {@link PresenceSettings#MAX_PAGE}
     */
    CompletionStage<Batch> read(String position, int limit);

    /**
     * A reader among several that share the feed, such as the instances of one back end: each change goes to one of them.
     * The group's position is kept in the store. Costs nothing until it is read.
     *
     * @param group 1 to 128 ASCII letters, digits, {@code .}, {@code _} or {@code -}; a new one begins at {@link #OLDEST}
     * @param consumer the reader, named likewise; unique among those of the group that run at once
     * @throws IllegalArgumentException if a name is malformed
     */
    Group group(String group, String consumer);

    /**
     * A reader's share of a group. The users are shared out among the readers, so the changes of one user come in order;
     * when a reader comes or goes they are shared out anew. Each change is read at least once: by several if shares change
     * meanwhile, which its version tells.
     *
     * <p>Thread-safe, though reading and acknowledging take turns.
     */
    interface Group {

        /** How long a reader keeps its share that does not read. */
        Duration LEASE = Duration.ofSeconds(30);

        /**
         * Changes of this reader's share that were not acknowledged; the same again until they are. A reader takes part
         * from its first call on, as long as it calls this in less than {@link #LEASE}. Costs two round trips.
         *
         * @param limit the most changes of a batch, 1 to {@link PresenceSettings#MAX_PAGE}
         */
        CompletionStage<Batch> read(int limit);

        /**
         * Says that a batch of this reader was handled. Costs one round trip.
         *
         * @return {@code false} if the shares changed since it was read: others may handle it again
         */
        CompletionStage<Boolean> acknowledge(Batch batch);

        /** Gives the share to the others. Idempotent; a later {@link #read} takes part again. */
        CompletionStage<Void> leave();
    }

    /**
     * Some changes.
     *
     * @param changes empty if there are none after the position; immutable
     * @param next the position after them; of a {@link Group} only good for acknowledging
     * @param gap whether changes between the position and this batch are lost, because the feed no longer kept them
     */
    record Batch(List<StatusChange> changes, String next, boolean gap) {

        /** Copies the changes. */
        public Batch {
            changes = List.copyOf(changes);
            Objects.requireNonNull(next, "next");
        }
    }

    /**
     * One change of one user's status.
     *
     * @param userId whose status it is
     * @param status what it became
     * @param version larger than that of the user's change before, below 2<sup>53</sup>; a change that is delivered
     *     again has the same version
     * @param lastSeen when the user was last seen, in milliseconds
     * @param email the newest email known of the user; {@code null} if none is
     */
    record StatusChange(
            String userId,
            Status status,
            long version,
            Instant lastSeen,
            @Nullable String email) {

        /** @throws IllegalArgumentException if the user id is malformed or the version is not positive */
        public StatusChange {
            Check.id("userId", userId);
            Objects.requireNonNull(status, "status");
            Check.atLeast("version", version, 1);
            Objects.requireNonNull(lastSeen, "lastSeen");
        }

        /** Names no email, so that a log of it tells nothing personal. */
        @Override
        public String toString() {
            return "StatusChange[userId=" + userId + ", status=" + status.word() + ", version=" + version
                    + ", lastSeen=" + lastSeen + "]";
        }
    }
}
