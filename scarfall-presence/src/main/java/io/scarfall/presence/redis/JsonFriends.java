package io.scarfall.presence.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.ByteArrayOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.scarfall.presence.Friend;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lists of friends that other systems write, as JSON. Thread-safe.
 *
 * <p>The size of a list is known before it is fetched. A short list is parsed at once. A long one is fetched up to a
 * bound, in its turn, and parsed on a thread of {@link LargeWork}. Friends beyond the bound of bytes or of friends
 * are left out; the first ones count. Each such list is logged once, and counted.
 */
final class JsonFriends {

    private static final Logger log = LoggerFactory.getLogger(JsonFriends.class);
    private static final JsonFactory JSON = new JsonFactory();

    /** A list of this many bytes is parsed in some ten microseconds. */
    static final int SHORT_BYTES = 8_192;

    private static final int MAX_REMEMBERED = 10_000;
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final Commands commands;
    private final LargeWork large;
    private final Unreadable unreadable;
    private final int maxFriends;
    private final int maxBytes;
    private final Runnable cutOff;
    /** The keys of lists that were cut off, the oldest first: each is logged once. Guarded by itself. */
    private final Set<String> logged = new LinkedHashSet<>();

    /** @param cutOff called each time that a part of a list was left out */
    JsonFriends(
            Commands commands, LargeWork large, Unreadable unreadable, int maxFriends, int maxBytes, Runnable cutOff) {
        this.unreadable = unreadable;
        this.commands = commands;
        this.large = large;
        this.maxFriends = maxFriends;
        this.maxBytes = maxBytes;
        this.cutOff = cutOff;
    }

    /** Stands for a list that cannot be parsed; compared by identity. */
    static final Map<String, String> UNREADABLE = Collections.unmodifiableMap(new HashMap<>());

    /** The value is not a list of friends. */
    private static final class UnreadableListException extends IllegalStateException {

        private static final long serialVersionUID = 1;

        UnreadableListException(String key) {
            super(key + ": malformed (expected: a JSON array of objects with _id or userId, and email)");
        }
    }

    /** As {@link #read}, and {@link #UNREADABLE} if the value is not a list of friends. */
    CompletionStage<Map<String, String>> readable(String userId) {
        return Unreadable.orElse(
                read(userId).exceptionally(failure -> {
                    if (Answer.cause(failure) instanceof UnreadableListException) {
                        return UNREADABLE;
                    }
                    throw new CompletionException(Answer.cause(failure));
                }),
                () -> UNREADABLE);
    }

    /**
     * The friends and their emails; empty if there is no list, or it is JSON's null. Fails if the value is not a list
     * of friends.
     */
    CompletionStage<Map<String, String>> read(String userId) {
        String[] key = {RedisKeys.json(userId)};
        return unreadable
                .counted(
                        Data.FRIENDS,
                        key[0],
                        commands.run(Script.LIST, key, String.valueOf(Math.min(SHORT_BYTES, maxBytes))))
                .thenCompose(reply -> {
                    if (reply.size() == 1) {
                        return large.admit(() -> fetch(key[0], reply.number(0)));
                    }
                    return CompletableFuture.completedFuture(
                            reply.isNothing(1) ? Map.of() : parse(key[0], reply.text(1)));
                });
    }

    private CompletionStage<Map<String, String>> fetch(String key, long size) {
        CommandArgs<String, String> range =
                new CommandArgs<>(StringCodec.UTF8).addKey(key).add(0).add(maxBytes - 1L);
        return commands.call(
                        redis -> redis.dispatch(CommandType.GETRANGE, new ByteArrayOutput<>(StringCodec.UTF8), range))
                .thenCompose(json -> large.compute(() -> {
                    if (hasByteOrderMark(json)) {
                        throw malformed(key);
                    }
                    try (JsonParser parser = JSON.createParser(json)) {
                        return parse(key, parser, size, size > json.length);
                    } catch (IOException e) {
                        throw malformed(key);
                    }
                }));
    }

    private Map<String, String> parse(String key, String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            return parse(key, parser, json.length(), false);
        } catch (IOException e) {
            throw malformed(key);
        }
    }

    /** Jackson's parser of bytes accepts it, and its parser of text does not. */
    private static boolean hasByteOrderMark(byte[] json) {
        return json.length >= BYTE_ORDER_MARK.length
                && Arrays.equals(json, 0, BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
    }

    private IllegalStateException malformed(String key) {
        unreadable.found(Data.FRIENDS, key); // the rest is personal
        return new UnreadableListException(key);
    }

    /**
     * Parses {@code [{"_id" or "userId": ..., "email": ...}]}; {@code _id} wins. Skips other members, and items
     * without a usable id.
     *
     * @param cut whether the text ends before the list does
     */
    private Map<String, String> parse(String key, JsonParser parser, long size, boolean cut) throws IOException {
        Map<String, String> friends = new HashMap<>();
        JsonToken first = parser.nextToken();
        if (first == null || (first == JsonToken.VALUE_NULL && parser.nextToken() == null)) {
            return Map.of(); // there are none
        } else if (first != JsonToken.START_ARRAY) {
            throw new IOException("not an array");
        }
        boolean complete = true;
        try {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (friends.size() >= maxFriends) {
                    complete = false;
                    break;
                } else if (parser.currentToken() == JsonToken.START_OBJECT) {
                    parseFriend(parser, friends);
                } else if (parser.currentToken() == null) {
                    throw new IOException("ends early");
                } else {
                    parser.skipChildren();
                }
            }
        } catch (IOException e) {
            if (!cut) {
                throw e;
            }
            complete = false; // the last item was cut off
        }
        if (!complete) {
            cutOff(key, size, friends.size());
        }
        return Collections.unmodifiableMap(friends);
    }

    private static void parseFriend(JsonParser parser, Map<String, String> friends) throws IOException {
        String id = null;
        String userId = null;
        String email = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            boolean scalar = value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT;
            if (name.equals("_id") && scalar) {
                id = parser.getText();
            } else if (name.equals("userId") && scalar) {
                userId = parser.getText();
            } else if (name.equals("email") && value == JsonToken.VALUE_STRING) {
                email = parser.getText();
            } else {
                parser.skipChildren();
            }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("ends early");
        }
        String friend =
                id != null && !id.isEmpty() ? id : userId; // as in the predecessor, where userId is a display name
        if (friend == null) {
            return;
        }
        try {
            friends.put(Friend.of(friend).userId(), FriendEmail.encode(usable(friend, email)));
        } catch (IllegalArgumentException e) {
            log.debug(
                    "friend skipped error={}",
                    LogValue.of(e.getMessage())); // the message has lengths and positions only
        }
    }

    /** The email to keep; null for one that is too long, which is no reason to lose the friend. */
    private static @Nullable String usable(String friend, @Nullable String email) {
        try {
            return new Friend(friend, email).email();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void cutOff(String key, long size, int read) {
        cutOff.run();
        boolean first;
        synchronized (logged) {
            first = logged.add(key);
            if (logged.size() > MAX_REMEMBERED) {
                logged.remove(logged.iterator().next());
            }
        }
        if (first) {
            log.warn(
                    "list of friends is too long; reading only its first friends key={} size={} maxBytes={} maxFriends={}"
                            + " friends={}",
                    LogValue.of(key),
                    size,
                    maxBytes,
                    maxFriends,
                    read);
        }
    }
}
