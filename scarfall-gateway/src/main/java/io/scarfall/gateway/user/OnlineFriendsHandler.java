package io.scarfall.gateway.user;

import io.scarfall.presence.UserPresence;
import io.scarfall.socketio.packet.Arguments;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code get_online_users} and {@code get_online_friends_only}: those of the user's friends who are online. */
final class OnlineFriendsHandler implements UserHandler<Arguments> {

    private final Queries queries;

    record OnlineFriends(List<Friend> users) {}

    record Friend(
            String userId,
            @Nullable String email,
            String status,
            @Nullable Instant lastSeen,
            long version) {

        static Friend of(UserPresence user) {
            return new Friend(user.userId(), user.email(), user.status().word(), user.lastSeen(), user.version());
        }
    }

    OnlineFriendsHandler(Queries queries) {
        this.queries = queries;
    }

    @Override
    public Object handle(LiveSession session, @Nullable Arguments ignored) {
        return queries.answer(
                session,
                presence -> presence.onlineFriends(session.userId()),
                friends -> new OnlineFriends(friends.stream().map(Friend::of).toList()));
    }
}
