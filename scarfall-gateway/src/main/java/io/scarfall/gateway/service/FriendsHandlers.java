package io.scarfall.gateway.service;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.scarfall.gateway.auth.Identity;
import io.scarfall.gateway.delivery.Failure;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TooManyFriendsException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code set_friends}, {@code add_friend} and {@code remove_friend}: services say who lists whom. */
final class FriendsHandlers {

    private static final Logger log = LoggerFactory.getLogger(FriendsHandlers.class);

    private final Roster roster;
    private final int maxUserIdLength;

    /** Somebody who is listed: {@code "id"}, or {@code {"userId" or "_id": "id", "email"}}. */
    record Listed(@Nullable String userId, @Nullable String email) {

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Listed of(String userId) {
            return new Listed(userId, null);
        }

        @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
        static Listed of(
                @JsonProperty("userId") @JsonAlias("_id") @Nullable String userId,
                @JsonProperty("email") @Nullable String email) {
            return new Listed(userId, email);
        }
    }

    record SetFriends(@Nullable String userId, @Nullable List<@Nullable Listed> friends) {}

    record AddFriend(@Nullable String userId, @Nullable Listed friend) {}

    record RemoveFriend(@Nullable String userId, @Nullable String friendId) {}

    record Done(String status) {

        static final Done OK = new Done("ok");
    }

    FriendsHandlers(Roster roster, int maxUserIdLength) {
        this.roster = roster;
        this.maxUserIdLength = maxUserIdLength;
    }

    Object set(Service service, SetFriends request) {
        List<@Nullable Listed> friends = request.friends();
        if (friends == null) {
            return Failure.of("friends: missing (expected: an array)", Failure.INVALID);
        }
        return answer(() -> roster.setFriends(
                id("userId", request.userId()),
                friends.stream().map(this::friend).toList()));
    }

    Object add(Service service, AddFriend request) {
        return answer(() -> roster.addFriend(id("userId", request.userId()), friend(request.friend())));
    }

    Object remove(Service service, RemoveFriend request) {
        return answer(() -> roster.removeFriend(id("userId", request.userId()), id("friendId", request.friendId())));
    }

    private Friend friend(@Nullable Listed listed) {
        return new Friend(
                id("friend", listed == null ? null : listed.userId()), listed == null ? null : listed.email());
    }

    private String id(String name, @Nullable String id) {
        if (id == null || !Identity.isUserId(id, maxUserIdLength)) {
            throw new IllegalArgumentException(
                    name + ": missing or malformed (expected: an id of 1 to " + maxUserIdLength + " characters)");
        }
        return id;
    }

    @FunctionalInterface
    private interface Change {
        CompletionStage<?> begin();
    }

    private static Object answer(Change change) {
        try {
            return change.begin().handle((done, error) -> error == null ? Done.OK : failure(error));
        } catch (IllegalArgumentException e) {
            return failure(e);
        }
    }

    private static Failure failure(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof IllegalArgumentException || cause instanceof TooManyFriendsException) {
            return Failure.of(String.valueOf(cause.getMessage()), Failure.INVALID);
        } else if (cause instanceof UnsupportedOperationException) {
            return Failure.of("friends are kept elsewhere and cannot be changed here", "read_only");
        }
        log.debug("friends cannot be written error={}", cause.toString());
        return Failure.of("friends cannot be written at this moment", Failure.UNAVAILABLE);
    }
}
