package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.presence.Presence.FriendsOnline;
import io.scarfall.socketio.packet.Arguments;
import org.jspecify.annotations.Nullable;

/** {@code get_online_users} and {@code get_online_friends_only}: the user's friends who are online. */
final class OnlineFriendsHandler implements UserHandler<Arguments> {

    private final PresenceQueries queries;

    OnlineFriendsHandler(PresenceQueries queries) {
        this.queries = queries;
    }

    @Override
    public @Nullable Object handle(LiveSession session, @Nullable Arguments ignored) throws Exception {
        return queries.answer(
                session, 0, presence -> presence.friends(session.userId()), FriendsOnline::listed, UserLists::friends);
    }
}
