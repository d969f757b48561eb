package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.MapScanCursor;
import io.lettuce.core.Range;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScanArgs;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Roster;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.TooManyFriendsException;
import io.scarfall.presence.internal.store.AddedListeners;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import io.scarfall.presence.internal.store.LogValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists of friends, and the index of watchers. Thread-safe.
 *
 * <p>A user has up to two lists, and all friends of both: the list that is written here, and a JSON array that other
 * systems write. A copy of the latter is kept, so that a refresh finds its changes; the index covers both.
 *
 * <p>Several scripts write the partitions of the user and of the friends. The first one changes the list, gives the
 * change a version, and notes which entries the index lacks. The others write the index; of concurrent changes the
 * highest version wins. Then the note is removed. If a script fails, the note stays, and the next change of that
 * list, a repeated call, or a refresh completes the index.
 *
 * <p>In a process without a listener, such as a back end that is not a node, additions to the list of an online user
 * also stay noted: the refresh of a node finds them, and calls its listener.
 */
final class RedisRoster implements Roster {

    private static final Logger log = LoggerFactory.getLogger(RedisRoster.class);
    /** So many scripts keep Redis busy for some milliseconds; other commands run in between. */
    private static final int INDEXED_AT_ONCE = 256;

    private static final Map<String, String> UNREADABLE_COPY = Map.of("", "");
    private static final int MAX_PACED = 65_536;

    private final Commands commands;
    private final RedisKeys keys;
    private final StoreTime time;
    private final Records records;
    private final Unreadable unreadable;
    private final int maxFriends;
    private final @Nullable JsonFriends external;
    private final long paceNanos;
    private final AddedListeners listeners = new AddedListeners();
    /** When the lists of users were last read, the oldest first. Guarded by itself. */
    private final Map<String, Long> refreshed = new LinkedHashMap<>();

    /**
     * @param external the lists that other systems write; {@code null} to ignore them
     * @param pace the shortest time between two reads of a user's list
     */
    RedisRoster(
            Commands commands,
            RedisKeys keys,
            StoreTime time,
            Records records,
            Unreadable unreadable,
            int maxFriends,
            @Nullable JsonFriends external,
            Duration pace) {
        this.records = records;
        this.unreadable = unreadable;
        this.commands = commands;
        this.keys = keys;
        this.time = time;
        this.maxFriends = maxFriends;
        this.external = external;
        this.paceNanos = pace.toNanos();
    }

    // ---- reading

    @Override
    public CompletionStage<List<Friend>> friends(String userId) {
        return listing(userId).thenApply(listing -> {
            if (listing.missing() == Missing.AWAY) {
                throw new RedisException("friends: a part of the store is away (expected: all of it)");
            }
            return listing.friends();
        });
    }

    @Override
    public CompletionStage<Listing> listing(String userId) {
        CompletionStage<Map<String, String>> own = Unreadable.orElse(
                unreadable.counted(Data.FRIENDS, keys.friends(userId), hash(keys.friends(userId))),
                () -> JsonFriends.UNREADABLE);
        return own.thenCombine(others(userId), (list, others) -> union(userId, list, others));
    }

    /**
     * The list that other systems write.
     *
     * @param away whether it was unreachable, so that these are the friends that were read last
     */
    private record Others(Map<String, String> friends, boolean away) {

        static final Others NONE = new Others(Map.of(), false);
    }

    /**
     * In a Cluster the list may be at another server than the rest of the user's data, and that server may be away.
     */
    private CompletionStage<Others> others(String userId) {
        if (external == null) {
            return CompletableFuture.completedFuture(Others.NONE);
        }
        return external.readable(userId)
                .handle((list, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(new Others(list, false));
                    }
                    Throwable why = Answer.cause(failure);
                    if (!(why instanceof RedisException)) {
                        return CompletableFuture.<Others>failedFuture(why);
                    }
                    return Unreadable.orElse(hash(keys.listed(userId)), Map::of)
                            .thenApply(copy -> new Others(copy, true));
                })
                .thenCompose(others -> others);
    }

    @Override
    public CompletionStage<Listing> listedElsewhere(String userId) {
        return others(userId).thenApply(others -> union(userId, Map.of(), others));
    }

    /** Like HGETALL, up to the bound for lists. */
    private CompletionStage<Map<String, String>> hash(String key) {
        ScanArgs bound = ScanArgs.Builder.limit(maxFriends + 1L);
        return commands.call(redis -> redis.hscan(key, bound)).thenApply(MapScanCursor::getMap);
    }

    /** Sorted, because the order of a hash changes when it grows. */
    private Listing union(String userId, Map<String, String> own, Others others) {
        Map<String, String> all = new TreeMap<>(others.friends());
        own.forEach((friend, email) -> {
            if (!email.equals(FriendEmail.UNKNOWN) || !all.containsKey(friend)) {
                all.put(friend, email);
            }
        });
        List<Friend> friends = new ArrayList<>(all.size());
        all.forEach((friend, email) -> {
            try {
                friends.add(new Friend(friend, FriendEmail.decode(email)));
            } catch (IllegalArgumentException e) {
                unreadable.found(Data.FRIENDS, keys.friends(userId));
            }
        });
        boolean unreadable = own == JsonFriends.UNREADABLE || others.friends() == JsonFriends.UNREADABLE;
        return new Listing(friends, unreadable ? Missing.UNREADABLE : others.away() ? Missing.AWAY : Missing.NOTHING);
    }

    @Override
    public CompletionStage<Page<String>> watchers(String userId, @Nullable String cursor, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    Cursor from = Cursor.parse(cursor, Transitions.WATCHERS, 1);
                    return from == null ? Range.Boundary.<String>unbounded() : Range.Boundary.excluding(from.key(0));
                })
                .thenCompose(from -> {
                    String key = keys.watchers(userId);
                    CompletionStage<Long> total = Unreadable.orElse(commands.call(redis -> redis.zcard(key)), () -> 0L);
                    return Unreadable.orElse(
                                    commands.call(redis -> redis.zrangebylex(
                                            key,
                                            Range.from(from, Range.Boundary.unbounded()),
                                            Limit.create(0, limit + 1L))),
                                    () -> {
                                        records.heal(Data.WATCHERS, key, "zset");
                                        return List.of();
                                    })
                            .thenCombine(total, (watchers, all) -> page(watchers, all, limit));
                });
    }

    private static Page<String> page(List<String> found, long total, int limit) {
        boolean more = found.size() > limit;
        List<String> watchers = more ? found.subList(0, limit) : found;
        return new Page<>(
                watchers,
                more ? Transitions.cursorBehind(watchers.get(limit - 1)) : null,
                Math.max(total, watchers.size())); // both were read at about the same time
    }

    // ---- writing

    @Override
    public void addListener(AddedListener listener) {
        listeners.add(listener);
    }

    @Override
    public void removeListener(AddedListener listener) {
        listeners.remove(listener);
    }

    @Override
    public CompletionStage<Void> setFriends(String userId, Collection<Friend> friends) {
        return Answer.of(() -> {
                    Map<String, String> list = new LinkedHashMap<>();
                    friends.forEach(friend -> list.put(friend.userId(), FriendEmail.encode(friend.email())));
                    return list;
                })
                .thenCompose(list -> change(userId, false, "set", list))
                .thenAccept(known -> {});
    }

    @Override
    public CompletionStage<Boolean> addFriend(String userId, Friend friend) {
        return change(userId, false, "add", Map.of(friend.userId(), FriendEmail.encode(friend.email())))
                .thenApply(known -> known == 0);
    }

    @Override
    public CompletionStage<Boolean> removeFriend(String userId, String friendId) {
        return change(userId, false, "remove", Map.of(friendId, "")).thenApply(known -> known > 0);
    }

    /**
     * Changes a list, and then the index.
     *
     * @param listed whether it is the copy of the list that other systems write
     * @param named friends, with their emails
     * @return how many of the named were listed before
     */
    private CompletionStage<Long> change(String userId, boolean listed, String how, Map<String, String> named) {
        return Answer.of(() -> {
                    Friend.of(userId); // refuses a malformed user id
                    List<String> args = new ArrayList<>(3 + 2 * named.size());
                    args.add(time.argument());
                    args.add(String.valueOf(maxFriends));
                    args.add(how);
                    named.forEach((friend, email) -> {
                        args.add(friend);
                        args.add(email);
                    });
                    return args.toArray(String[]::new);
                })
                .thenCompose(args -> {
                    String own = keys.friends(userId);
                    String others = keys.listed(userId);
                    String[] lists = {
                        listed ? others : own, listed ? own : others, keys.changed(userId), keys.unindexed(userId)
                    };
                    return commands.run(Script.FRIENDS, lists, args);
                })
                .thenCompose(reply -> {
                    if (reply.text(0).equals("TOOMANY")) {
                        throw new TooManyFriendsException((int) reply.number(1), maxFriends);
                    }
                    return index(userId, reply.text(1), reply.list(3)).thenApply(done -> reply.number(2));
                });
    }

    private CompletionStage<@Nullable Void> index(String userId, String version, Reply lacking) {
        if (lacking.size() == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return indexFrom(0, userId, version, lacking).thenApply(indexed -> {
            List<String> added = added(lacking);
            isToldHere(userId, added)
                    .thenCompose(told -> {
                        String[] note = {keys.changed(userId), keys.unindexed(userId)};
                        return told
                                ? commands.run(Script.INDEXED, note, version)
                                : CompletableFuture.<@Nullable Reply>completedFuture(null);
                    })
                    .whenComplete((done, failure) -> {
                        if (failure != null) { // then it is written again at the next change or refresh
                            log.debug(
                                    "index not confirmed user={} error={}", LogValue.of(userId), LogValue.of(failure));
                        }
                    });
            listeners.tell(userId, added);
            return null;
        });
    }

    private static List<String> added(Reply lacking) {
        List<String> added = new ArrayList<>();
        for (int i = 0; i < lacking.size(); i += 2) {
            if (lacking.text(i + 1).equals("1")) {
                added.add(lacking.text(i));
            }
        }
        return added;
    }

    /** Whether no node's refresh has to find these additions: a listener is here, or the user has no session. */
    private CompletionStage<Boolean> isToldHere(String userId, List<String> added) {
        return added.isEmpty() || !listeners.isEmpty()
                ? CompletableFuture.completedFuture(true)
                : commands.users(List.of(userId))
                        .thenApply(users -> users.get(0).firstSession() < 0);
    }

    private CompletionStage<@Nullable Void> indexFrom(int first, String userId, String version, Reply lacking) {
        int end = Math.min(lacking.size(), first + 2 * INDEXED_AT_ONCE);
        List<CompletionStage<Reply>> changes = new ArrayList<>((end - first) / 2);
        for (int i = first; i < end; i += 2) {
            String friend = lacking.text(i);
            String[] index = {keys.watchers(friend), keys.marks(friend)};
            changes.add(commands.run(Script.WATCH, index, time.argument(), userId, version, lacking.text(i + 1)));
        }
        return Answer.all(changes).thenCompose(replies -> {
            if (replies.stream().anyMatch(reply -> reply.text(0).equals("LATE"))) {
                throw new RedisException("the index of watchers was reached too late");
            }
            return end < lacking.size()
                    ? indexFrom(end, userId, version, lacking)
                    : CompletableFuture.<@Nullable Void>completedFuture(null);
        });
    }

    // ---- the list that other systems write

    @Override
    public CompletionStage<Void> refresh(String userId) {
        JsonFriends others = external;
        if (others == null || !isDue(userId)) {
            return CompletableFuture.completedFuture(null);
        }
        // if one of these has another type, writing the list again removes it
        CompletionStage<Map<String, String>> copy = Unreadable.orElse(hash(keys.listed(userId)), () -> UNREADABLE_COPY);
        CompletionStage<Long> lacking =
                Unreadable.orElse(commands.call(redis -> redis.hlen(keys.unindexed(userId))), () -> 1L);
        CompletionStage<Boolean> isIndexed = lacking.thenApply(count -> count == 0);
        return others.read(userId)
                .thenCompose(now -> copy.thenApply(now::equals)
                        .thenCombine(isIndexed, (same, indexed) -> same && indexed)
                        .thenCompose(done -> done
                                ? CompletableFuture.<@Nullable Long>completedFuture(null)
                                : change(userId, true, "set", now))
                        .thenAccept(known -> {}));
    }

    private boolean isDue(String userId) {
        long now = time.nanos();
        synchronized (refreshed) {
            Long before = refreshed.get(userId);
            if (before != null && now - before < paceNanos) {
                return false;
            }
            refreshed.remove(userId);
            refreshed.put(userId, now);
            if (refreshed.size() > MAX_PACED) {
                refreshed.remove(refreshed.keySet().iterator().next());
            }
            return true;
        }
    }
}
