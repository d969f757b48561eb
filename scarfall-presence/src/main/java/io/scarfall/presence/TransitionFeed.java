package io.scarfall.presence;

import io.scarfall.presence.internal.check.Check;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Every change of status, kept for a while, for back ends that must not miss one. Each reader keeps its own position
 * and reads at its own pace, so after a restart it continues where it stopped.
 *
 * <p>A reader that stores the position of a batch after it has processed the batch sees every change at least once.
 * Changes of one user come in the order of their versions; changes of different users in no particular order. The
 * feed is bounded: a reader that was away for too long finds that by {@link Batch#gap()}, and reads the current state
 * with {@link Presence#online} instead.
 *
 * <p>Thread-safe. Nothing blocks, and no call waits for the next change.
 */
public interface TransitionFeed {

    /** The position before the oldest change that is kept. */
    String OLDEST = "oldest";

    /**
     * The position after the newest change. A reader that wants only later changes takes it before it reads the
     * current state. Costs one pipelined round trip.
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
     * A reader of a group, such as one of the instances of a back end: each change goes to one reader of the group.
     * The store keeps the group's position. Costs nothing until it is read.
     *
     * @param group 1 to 128 ASCII letters, digits, {@code .}, {@code _} or {@code -}; a new group begins at {@link
     *     #OLDEST}
     * @param consumer the reader's name, of the same characters; unique among the running readers of the group
     * @throws IllegalArgumentException if a name is malformed
     */
    Group group(String group, String consumer);

    /**
     * A reader's share of a group. Each user belongs to one reader, so the changes of one user come in order; when a
     * reader joins or leaves, the users are shared out again. Each change is read at least once. If shares change
     * meanwhile, several readers may read it; they recognize it by its version.
     *
     * <p>Thread-safe; reads and acknowledgements take turns.
     */
    interface Group {

        /** How long a reader that does not read keeps its share. */
        Duration LEASE = Duration.ofSeconds(30);

        /**
         * The unacknowledged changes of this reader's share; the same again until they are acknowledged. A reader
         * joins with its first call, and stays as long as it calls this more often than every {@link #LEASE}. Costs
         * two round trips.
         *
         * @param limit the most changes of a batch, 1 to {@link PresenceSettings#MAX_PAGE}
         */
        CompletionStage<Batch> read(int limit);

        /**
         * Acknowledges a batch of this reader after it was processed. Costs one round trip.
         *
         * @return {@code false} if the shares changed since it was read: other readers may process it again
         */
        CompletionStage<Boolean> acknowledge(Batch batch);

        /** Gives the share to the other readers. Idempotent; a later {@link #read} joins again. */
        CompletionStage<Void> leave();
    }

    /**
     * Some changes.
     *
     * @param changes empty if there are none after the position; immutable
     * @param next the position after them; for a {@link Group} it is only for acknowledging
     * @param gap whether changes between the position and this batch are lost, because the feed no longer keeps them
     */
    record Batch(List<StatusChange> changes, String next, boolean gap) {

        /** Copies the changes. */
        public Batch {
            changes = List.copyOf(changes);
            Objects.requireNonNull(next, "next");
        }
    }

    /**
     * One change of one user's status. Immutable.
     *
     * @param userId the user
     * @param status the new status
     * @param version larger than that of the user's previous change, below 2<sup>53</sup>; a change that is delivered
     *     again has the same version
     * @param lastSeen when the user was last seen, in milliseconds
     * @param email the newest known email of the user; {@code null} if none is known
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

        /** Leaves out the email, so that logs hold no personal data. */
        @Override
        public String toString() {
            return "StatusChange[userId=" + userId + ", status=" + status.word() + ", version=" + version
                    + ", lastSeen=" + lastSeen + "]";
        }
    }
}
