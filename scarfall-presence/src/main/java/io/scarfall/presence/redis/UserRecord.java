package io.scarfall.presence.redis;

import io.scarfall.presence.UserSession;
import io.scarfall.presence.node.NodeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a user, as one text, see user.lua: a line for the state, and one for each session. Read where it lies:
 * a look-up wants nothing but the nodes, so nothing else is taken out.
 *
 * <p>Sessions are named by where their line begins: {@code for (int at = record.firstSession(); at >= 0; at =
 * record.sessionBehind(at))}.
 */
record UserRecord(String text) {

    /** Of a user of whom nothing is known. */
    static final UserRecord EMPTY = new UserRecord("");

    private static final int SESSION_FIELDS = 7;

    static UserRecord of(@Nullable String text) {
        return text == null ? EMPTY : new UserRecord(text);
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Of a user of whom something is known. */
    UserState state() {
        int end = text.indexOf('\n');
        return UserState.parse(end < 0 ? text : text.substring(0, end));
    }

    /** Where the first session is; negative if there is none. */
    int firstSession() {
        return sessionBehind(0);
    }

    /** Where the next session is; negative if there is none. */
    int sessionBehind(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? end : end + 1;
    }

    /** The node of a session, as text. */
    String node(int at) {
        int from = text.indexOf('\t', at) + 1;
        int to = text.indexOf('\t', from);
        if (from == 0 || to < 0) {
            throw Fields.malformed();
        }
        return text.substring(from, to);
    }

    /** @throws IllegalArgumentException if that is not what {@link #fields} and the scripts write */
    UserSession session(String userId, int at) {
        int end = text.indexOf('\n', at);
        String[] fields = text.substring(at, end < 0 ? text.length() : end).split("\t", -1);
        if (fields.length != SESSION_FIELDS) {
            throw Fields.malformed();
        }
        try {
            return new UserSession(
                    userId,
                    Fields.unescape(fields[0]),
                    NodeId.parse(fields[1]),
                    Instant.ofEpochMilli(Long.parseLong(fields[3])),
                    Instant.ofEpochMilli(Long.parseLong(fields[2])),
                    Fields.text(fields[4]),
                    Fields.text(fields[5]),
                    Fields.text(fields[6]));
        } catch (NumberFormatException e) {
            throw Fields.malformed();
        }
    }

    /** The fields of a session behind its id and its node. */
    static String fields(UserSession session) {
        return session.lastActivity().toEpochMilli()
                + "\t"
                + session.connectedAt().toEpochMilli()
                + '\t'
                + Fields.of(session.email())
                + '\t'
                + Fields.of(session.device())
                + '\t'
                + Fields.of(session.address());
    }
}
