package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.store.Details;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The record of a user, as one text, see user.lua: a line for the state, and one for each session. It is read in
 * place, because a look-up needs only the nodes.
 *
 * <p>The position where its line begins identifies a session: {@code for (int at = record.firstSession(); at >= 0; at
 * = record.sessionBehind(at))}.
 */
record UserRecord(String text) {

    /** The record of an unknown user. */
    static final UserRecord EMPTY = new UserRecord("");

    /** A user whose key has another type: a malformed session. */
    static final UserRecord UNREADABLE = new UserRecord("\n");

    /** A user whose partition is unreachable: a text that UTF-8 cannot encode. */
    static final UserRecord AWAY = new UserRecord("\uD800");

    /** Stands in a session for details that are beside the record. */
    private static final String ELSEWHERE = "\\D";

    private static final int SESSION_FIELDS = 7;
    private static final int FIELDS_BEFORE_DETAILS = 4;
    private static final int CONNECTED = 3;
    private static final int DEVICE = 5;

    static UserRecord of(@Nullable String text) {
        return text == null ? EMPTY : new UserRecord(text);
    }

    /** Whether it could not be read, because its partition is unreachable. */
    boolean isAway() {
        return equals(AWAY);
    }

    boolean isEmpty() {
        return text.isEmpty();
    }

    /** Whether it is that of a known user. */
    UserState state() {
        int end = text.indexOf('\n');
        return UserState.parse(end < 0 ? text : text.substring(0, end));
    }

    /** The position of the first session; negative if there is none. */
    int firstSession() {
        return sessionBehind(0);
    }

    /** The position of the next session; negative if there is none. */
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

    /** Whether a session has this id, as it is written. */
    boolean isSession(int at, String sessionId) {
        return text.startsWith(sessionId, at) && text.startsWith("\t", at + sessionId.length());
    }

    /** The device of a session as it is written; null if it has none, or it is beside the record. */
    @Nullable
    String device(int at) {
        String device = field(at, DEVICE);
        return device == null || device.equals(Fields.NONE) ? null : device;
    }

    /** When a session was connected, in milliseconds; 0 if that is unknown. */
    long connectedMillis(int at) {
        String connected = field(at, CONNECTED);
        try {
            return connected == null ? 0 : Long.parseLong(connected);
        } catch (NumberFormatException e) {
            throw Fields.malformed();
        }
    }

    private @Nullable String field(int at, int number) {
        String[] fields = text.substring(at, endOf(at)).split("\t", -1);
        return number < fields.length ? fields[number] : null;
    }

    /** Whether the details of a session are beside the record. */
    boolean hasDetailsElsewhere(int at) {
        int end = endOf(at);
        return text.startsWith('\t' + ELSEWHERE, end - ELSEWHERE.length() - 1);
    }

    /**
     * A session; without email, device and address if they are beside the record.
     *
     * @throws IllegalArgumentException if that is not what {@link #fields} and the scripts write
     */
    UserSession session(String userId, int at) {
        String line = text.substring(at, endOf(at));
        String[] fields = line.split("\t", -1);
        boolean elsewhere =
                fields.length == FIELDS_BEFORE_DETAILS + 1 && fields[FIELDS_BEFORE_DETAILS].equals(ELSEWHERE);
        if (fields.length != SESSION_FIELDS && !elsewhere) {
            throw Fields.malformed();
        }
        try {
            long active = Long.parseLong(fields[2]);
            long connected = Long.parseLong(fields[3]);
            return new UserSession(
                    userId,
                    Fields.unescape(fields[0]),
                    NodeId.parse(fields[1]),
                    Instant.ofEpochMilli(connected == 0 ? active : connected), // 0 if it had to be rebuilt
                    Instant.ofEpochMilli(active),
                    elsewhere ? null : Fields.text(fields[4]),
                    elsewhere ? null : Fields.text(fields[5]),
                    elsewhere ? null : Fields.text(fields[6]));
        } catch (NumberFormatException e) {
            throw Fields.malformed();
        }
    }

    private int endOf(int at) {
        int end = text.indexOf('\n', at);
        return end < 0 ? text.length() : end;
    }

    /** The record without its unreadable parts; empty if its state is unreadable. */
    UserRecord readable() {
        try {
            state();
        } catch (IllegalArgumentException e) {
            return EMPTY;
        }
        int first = firstSession();
        StringBuilder readable = new StringBuilder(first < 0 ? text : text.substring(0, first - 1));
        for (int at = first; at >= 0; at = sessionBehind(at)) {
            try {
                session("-", at);
                readable.append('\n').append(text, at, endOf(at));
            } catch (IllegalArgumentException e) {
                // skipped
            }
        }
        return new UserRecord(readable.toString());
    }

    /** The fields of a session after its id and its node. */
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

    /** Whether the details of a session are so long that they may have to be beside the record. */
    static boolean hasLongDetails(UserSession session) {
        return length(session.email()) + length(session.device()) + length(session.address()) > Details.SHORT_BYTES;
    }

    private static int length(@Nullable String text) {
        return text == null ? 0 : text.length();
    }

    /**
     * A session with the details that are beside its record.
     *
     * @throws IllegalArgumentException if they are not what {@link #fields} writes
     */
    static UserSession withDetails(UserSession session, String details) {
        String[] fields = details.split("\t", -1);
        if (fields.length != SESSION_FIELDS - FIELDS_BEFORE_DETAILS) {
            throw Fields.malformed();
        }
        return Details.with(session, Fields.text(fields[0]), Fields.text(fields[1]), Fields.text(fields[2]));
    }
}
