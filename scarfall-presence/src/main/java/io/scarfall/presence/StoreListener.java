package io.scarfall.presence;

import java.util.Locale;

/**
 * Receives the time and the outcome of each operation of a store, for metrics. A store that is reached over a network
 * takes one when it is built.
 *
 * <p>Called on the threads of the store for every operation. Implementations are thread-safe, fast, and do not block.
 */
@FunctionalInterface
public interface StoreListener {

    /** The operations of a store. */
    enum Operation {
        /** A node writes a session that opened. */
        OPEN,
        /** A node notes that a session is active. */
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

        /** Its label in metrics, in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The outcome of an operation. */
    enum Outcome {
        /** It succeeded. */
        DONE,
        /** The caller's fault, such as an argument out of its range or a full list. */
        REFUSED,
        /** The node is fenced. */
        FENCED,
        /** No answer within the timeout; it may have taken effect. */
        TIMED_OUT,
        /** It was never sent: there is no connection, or too many commands on it are unanswered. */
        REJECTED,
        /** Anything else, such as an error of the store or a lost connection; it may have taken effect. */
        FAILED;

        /** Its label in metrics, in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The kinds of data in a store. */
    enum Data {
        /** The state and sessions of a user. */
        USER,
        /** Long details of a user's sessions. */
        DETAILS,
        /** The online users. */
        ONLINE,
        /** The users in their grace. */
        LEAVING,
        /** The sessions of a node. */
        NODE,
        /** The epochs under which nodes may write. */
        FENCE,
        /** The changes of status. */
        FEED,
        /** The readers of the changes. */
        GROUP,
        /** The nodes and their leases. */
        NODES,
        /** The revocations. */
        REVOKED,
        /** The places of a user's sessions. */
        PLACES,
        /** Lists of friends. */
        FRIENDS,
        /** The watchers of a user. */
        WATCHERS,
        /** The format of the keys. */
        META;

        /** Its label in metrics, in lower case. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Stored data could not be read. It was skipped, and repaired where that is possible.
     *
     * @param data the kind of data
     */
    default void unreadable(Data data) {}

    /**
     * An operation ended.
     *
     * @param nanos from the call to the answer
     */
    void ended(Operation operation, Outcome outcome, long nanos);

    /** A list of friends that other systems write is longer than the bound; the rest was left out. */
    default void friendsCutOff() {
        // counting this is optional
    }
}
