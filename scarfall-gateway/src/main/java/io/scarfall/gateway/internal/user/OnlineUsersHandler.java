package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.presence.Page;
import io.scarfall.presence.UserPresence;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * {@code get_all_online_users} and {@code get_detailed_online_users}: all online users, in pages. Without an argument the
 * answer is the first page, of the largest size.
 */
final class OnlineUsersHandler implements UserHandler<OnlineUsersHandler.PageRequest> {

    private final PresenceQueries queries;
    private final int maxPageSize;
    private final Function<Page<UserPresence>, Object> answer;

    /**
     * The requested page.
     *
     * @param cursor the {@code nextCursor} of the page before; null for the first page
     * @param limit the most users of the page; null or 0 for the largest size
     */
    record PageRequest(@Nullable String cursor, @Nullable Integer limit) {

        private static final PageRequest FIRST = new PageRequest(null, null);

        /**
         * Reads the argument. The predecessor had none here, and its clients send anything: a value that is not an object
         * requests the first page.
         */
        static PageRequest of(Arguments arguments) {
            return new JsonCursor(arguments.raw(0)).isObject() ? arguments.require(0, PageRequest.class) : FIRST;
        }
    }

    private OnlineUsersHandler(PresenceQueries queries, int maxPageSize, Function<Page<UserPresence>, Object> answer) {
        this.queries = queries;
        this.maxPageSize = maxPageSize;
        this.answer = answer;
    }

    /** A handler that lists users. */
    static OnlineUsersHandler brief(PresenceQueries queries, int maxPageSize) {
        return new OnlineUsersHandler(queries, maxPageSize, UserLists::brief);
    }

    /** A handler that lists users with the number of their sessions. */
    static OnlineUsersHandler detailed(PresenceQueries queries, int maxPageSize, Clock clock) {
        return new OnlineUsersHandler(queries, maxPageSize, page -> UserLists.detailed(page, clock.instant()));
    }

    @Override
    public @Nullable Object handle(LiveSession session, PageRequest request) throws Exception {
        Integer asked = request.limit();
        if (asked != null && asked < 0) {
            return Failure.of("limit: " + asked + " (expected: 1 to " + maxPageSize + ")", Failure.INVALID);
        }
        int limit = asked == null || asked == 0 ? maxPageSize : Math.min(asked, maxPageSize);
        return queries.answer(
                session,
                limit,
                presence -> presence.online(request.cursor(), limit),
                page -> page.items().size(),
                answer);
    }
}
