package io.scarfall.presence;

import java.util.Locale;

/**
 * Is told how long a store takes and what fails there: for metrics. An implementation that reaches its store over a network
 * takes one when it is made.
 *
 * <p>Called on the threads of the store, for every operation: it must be quick, must not block, and is to be thread-safe.
 */
@FunctionalInterface
public interface StoreListener {

    /** What is asked of a store. */
    enum Operation {
        /** A node writes a session that opened. */
        OPEN,
        /** A node writes that a session is active. */
        TOUCH,
        /** A node removes a session that closed. */
        CLOSE,
        /** A node asks on which nodes users are, for all recipients of a message together. */
        LOOKUP,
        /** A node reads a page of the sessions that the store holds for it. */
        LIST,
        /** A node takes a lease. */
        JOIN,
        /** A node renews its lease. */
        BEAT,
        /** A node ends its lease. */
        LEAVE,
        /** A node removes sessions of dead nodes, and settles graces that are over. */
        REAP,
        /** A node looks for sessions of nodes that the store has forgotten. */
        ADOPT,
        /** A query of {@link Presence}. */
        QUERY,
        /** A query or a change of {@link Roster}. */
        FRIENDS,
        /** A node reads, writes or restores what was revoked. */
        REVOCATIONS,
        /** A node takes or gives back the place of a session, where a user's sessions are bounded. */
        PLACES;

        /** Its name in metrics: lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What became of it. */
    enum Outcome {
        /** It was answered. */
        DONE,
        /** The caller's fault: an argument out of its range, a list that is full. */
        REFUSED,
        /** The node is fenced. */
        FENCED,
        /** There was no answer in time; it may have taken effect. */
        TIMED_OUT,
        /** It was never sent: there is no connection, or too much is unanswered on it. */
        REJECTED,
        /** Anything else, such as an error of the store, or a connection that was lost; it may have taken effect. */
        FAILED;

        /** Its name in metrics: lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What a store keeps, as kinds of keys. */
    enum Data {
        /** What is kept of a user: state and sessions. */
        USER,
        /** Long details of a user's sessions. */
        DETAILS,
        /** The users who are online. */
        ONLINE,
        /** The users in their grace. */
        LEAVING,
        /** The sessions of a node. */
        NODE,
        /** Which nodes may still write. */
        FENCE,
        /** Changes of status. */
        FEED,
        /** Readers of the changes. */
        GROUP,
        /** The nodes and their leases. */
        NODES,
        /** What was revoked. */
        REVOKED,
        /** The places of a user's sessions. */
        PLACES,
        /** Lists of friends. */
        FRIENDS,
        /** Who lists a user. */
        WATCHERS,
        /** How the keys are laid out. */
        META;

        /** Its name in metrics: lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Something that is stored could not be read. It was passed over, and put right where that is possible.
     *
     * @param data of which kind it is
     */
    default void unreadable(Data data) {}

    /**
     * An operation is over.
     *
     * @param nanos from the call to the answer
     */
    void ended(Operation operation, Outcome outcome, long nanos);

    /** A list of friends that other systems write is longer than what is read of it; the rest was left out. */
    default void friendsCutOff() {
        // for those who count it
    }
}
