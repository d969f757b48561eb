package io.scarfall.gateway.internal.service;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.gateway.internal.auth.UserIds;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TooManyFriendsException;
import io.scarfall.socketio.internal.json.JsonCursor;
import io.scarfall.socketio.packet.RawJson;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** {@code set_friends}, {@code add_friend} and {@code remove_friend}: services write the friend lists of users. */
final class FriendsHandlers {

    private static final FailureLog UNWRITTEN = new FailureLog(
            LoggerFactory.getLogger(FriendsHandlers.class), "cannot write friends, refusing changes", System::nanoTime);

    private final Roster roster;
    private final int maxUserIdLength;

    private static final Bytes ID = Bytes.utf8("_id");
    private static final Bytes USER_ID = Bytes.utf8("userId");
    private static final Bytes EMAIL = Bytes.utf8("email");
    private static final Bytes EMPTY = Bytes.utf8("\"\"");

    record SetFriends(@Nullable RawJson userId, @Nullable List<RawJson> friends) {}

    record AddFriend(@Nullable RawJson userId, @Nullable RawJson friend) {}

    record RemoveFriend(@Nullable RawJson userId, @Nullable RawJson friendId) {}

    /**
     * The answer to a change that was made.
     *
     * @param code null if the friends of the user are now as requested; otherwise the reason why they may not be
     * @param friendIds the friends that stay because another system lists them; null if none is known
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Done(
            String status, @Nullable String code, @Nullable List<String> friendIds) {

        static final String LISTED_ELSEWHERE = "listed_elsewhere";

        static final Done OK = new Done("ok", null, null);

        /** @param goes whether a friend should have been removed */
        static Done but(Roster.Listing others, Predicate<String> goes) {
            List<String> stay =
                    others.friends().stream().map(Friend::userId).filter(goes).toList();
            if (!stay.isEmpty()) {
                return new Done("ok", LISTED_ELSEWHERE, stay);
            }
            return switch (others.missing()) {
                case NOTHING -> OK;
                case UNREADABLE -> new Done("ok", Failure.FRIENDS_UNREADABLE, null);
                case AWAY -> new Done("ok", Failure.INCOMPLETE, null);
            };
        }
    }

    FriendsHandlers(Roster roster, int maxUserIdLength) {
        this.roster = roster;
        this.maxUserIdLength = maxUserIdLength;
    }

    Object set(Service service, SetFriends request) {
        List<RawJson> friends = request.friends();
        if (friends == null) {
            return Failure.of("friends: missing (expected: an array)", Failure.INVALID);
        }
        return answer(() -> {
            String userId = id("userId", request.userId());
            List<Friend> list = friends.stream().map(this::friend).toList();
            Set<String> named = list.stream().map(Friend::userId).collect(Collectors.toSet());
            return roster.setFriends(userId, list).thenCompose(done -> without(userId, id -> !named.contains(id)));
        });
    }

    Object add(Service service, AddFriend request) {
        return answer(() -> roster.addFriend(id("userId", request.userId()), friend(request.friend()))
                .thenApply(added -> Done.OK));
    }

    Object remove(Service service, RemoveFriend request) {
        return answer(() -> {
            String userId = id("userId", request.userId());
            String friendId = id("friendId", request.friendId());
            return roster.removeFriend(userId, friendId).thenCompose(removed -> without(userId, friendId::equals));
        });
    }

    /**
     * The result of a change to this gateway's list. A user's friends are those of this list and of another system's list,
     * which this gateway cannot change.
     */
    private CompletionStage<Done> without(String userId, Predicate<String> goes) {
        return roster.listedElsewhere(userId).thenApply(others -> Done.but(others, goes));
    }

    private String id(String name, @Nullable RawJson json) {
        return UserIds.require(name, json, maxUserIdLength);
    }

    /** Reads a friend: an id, or {@code {"_id" or "userId": id, "email"}}. If both are present, {@code _id} is the id. */
    private Friend friend(@Nullable RawJson listed) {
        if (listed == null || !new JsonCursor(listed.json()).isObject()) {
            return new Friend(id("friend", listed), null);
        }
        JsonCursor cursor = new JsonCursor(listed.json());
        RawJson id = null;
        RawJson userId = null;
        String email = null;
        cursor.beginObject();
        for (Bytes name; (name = cursor.nextName()) != null; ) {
            if (name.equals(ID)) {
                id = new RawJson(cursor.value());
            } else if (name.equals(USER_ID)) {
                userId = new RawJson(cursor.value());
            } else if (name.equals(EMAIL) && cursor.isString()) {
                email = cursor.string();
            } else {
                cursor.skip();
            }
        }
        boolean isUserId = id == null || id.isNull() || id.json().equals(EMPTY);
        return new Friend(id("friend", isUserId ? userId : id), email);
    }

    @FunctionalInterface
    private interface Change {
        CompletionStage<Done> begin();
    }

    private static Object answer(Change change) {
        try {
            return change.begin().handle((done, error) -> error == null ? done : failure(error));
        } catch (IllegalArgumentException e) {
            return failure(e);
        }
    }

    private static Failure failure(Throwable error) {
        Throwable cause = Causes.of(error);
        if (cause instanceof IllegalArgumentException || cause instanceof TooManyFriendsException) {
            return Failure.of(String.valueOf(cause.getMessage()), Failure.INVALID);
        } else if (cause instanceof UnsupportedOperationException) {
            return Failure.of("another system owns the lists of friends; they cannot be changed here", "read_only");
        }
        UNWRITTEN.failed(cause);
        return Failure.of("friends cannot be written now, retry later", Failure.UNAVAILABLE);
    }
}
