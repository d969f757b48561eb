package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.message.JsonText;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence.FriendsOnline;
import io.scarfall.presence.Roster.Missing;
import io.scarfall.presence.UserPresence;
import io.scarfall.socketio.packet.Arguments;
import java.time.Instant;
import java.util.List;

/** The answers that list users. They may be long, so the thread that read the users writes them as JSON. */
final class UserLists {

    /** The approximate number of bytes per user. */
    private static final int USER_BYTES = 160;

    private UserLists() {}

    /**
     * {@code {users: [{userId, email, status, lastSeen, version}]}}, with a code if something is missing. Friends whose
     * status is unknown are in {@code uncertain: [userId]}.
     */
    static Arguments friends(FriendsOnline friends) {
        List<UserPresence> users = friends.online();
        JsonText text = begin(users);
        for (int i = 0; i < users.size(); i++) {
            UserPresence user = users.get(i);
            beginUser(text, i, user).ascii(",\"email\":").string(user.email());
            status(text, user).ascii(",\"version\":").number(user.version()).ascii("}");
        }
        text.ascii("]");
        if (!friends.uncertain().isEmpty()) {
            text.ascii(",\"uncertain\":[");
            for (int i = 0; i < friends.uncertain().size(); i++) {
                text.ascii(i == 0 ? "" : ",").string(friends.uncertain().get(i));
            }
            text.ascii("]");
        }
        if (friends.missing() == Missing.UNREADABLE) {
            text.ascii(",\"code\":").string(Failure.FRIENDS_UNREADABLE);
        } else if (!friends.isComplete()) {
            incomplete(text);
        }
        return end(text);
    }

    private static JsonText incomplete(JsonText text) {
        return text.ascii(",\"code\":").string(Failure.INCOMPLETE);
    }

    /**
     * {@code {users: [{userId, status, lastSeen}], total, nextCursor}}; with {@code code: "incomplete"} if users are
     * missing.
     */
    static Arguments brief(Page<UserPresence> page) {
        List<UserPresence> users = page.items();
        JsonText text = begin(users);
        for (int i = 0; i < users.size(); i++) {
            UserPresence user = users.get(i);
            status(beginUser(text, i, user), user).ascii("}");
        }
        return end(page(text, page));
    }

    /**
     * {@code {users: [{userId, email, status, lastSeen, sessionCount}], total, nextCursor, timestamp}}; with a code as
     * above.
     */
    static Arguments detailed(Page<UserPresence> page, Instant timestamp) {
        List<UserPresence> users = page.items();
        JsonText text = begin(users);
        for (int i = 0; i < users.size(); i++) {
            UserPresence user = users.get(i);
            beginUser(text, i, user).ascii(",\"email\":").string(user.email());
            status(text, user)
                    .ascii(",\"sessionCount\":")
                    .number(user.sessionCount())
                    .ascii("}");
        }
        return end(page(text, page).ascii(",\"timestamp\":").time(timestamp));
    }

    private static JsonText begin(List<UserPresence> users) {
        return new JsonText(64 + USER_BYTES * users.size()).ascii("{\"users\":[");
    }

    private static JsonText beginUser(JsonText text, int index, UserPresence user) {
        return text.ascii(index == 0 ? "{\"userId\":" : ",{\"userId\":").string(user.userId());
    }

    private static JsonText status(JsonText text, UserPresence user) {
        return text.ascii(",\"status\":")
                .string(user.status().word())
                .ascii(",\"lastSeen\":")
                .time(user.lastSeen());
    }

    private static JsonText page(JsonText text, Page<UserPresence> page) {
        Long total = page.total();
        text.ascii("],\"total\":");
        (total == null ? text.ascii("null") : text.number(total))
                .ascii(",\"nextCursor\":")
                .string(page.nextCursor());
        return page.complete() ? text : incomplete(text);
    }

    private static Arguments end(JsonText text) {
        return new Arguments(text.ascii("}").bytes(), List.of());
    }
}
