package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScoredValue;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.Status;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers queries, from sessions, states and the view of live nodes. Thread-safe. */
final class RedisReads implements Presence {

    private static final char LISTING = 'o';
    private static final long MAX_NUMBER = 1L << 53;

    /** Records of more users than this are not parsed on the threads of the connections. */
    private static final int MANY = 256;

    /** How often an index is read again after an entry was removed from it. */
    private static final int READ_AGAIN = 3;

    private static final Comparator<UserSession> OLDEST_FIRST =
            Comparator.comparing(UserSession::connectedAt).thenComparing(UserSession::sessionId);

    private final Commands commands;
    private final RedisKeys keys;
    private final Records records;
    private final Unreadable unreadable;
    private final LiveNodes live;
    private final Roster roster;
    private final TransitionFeed feed;
    private final OnlineSizes sizes;
    private final LargeWork large;
    private final IntPredicate unsettled;
    private final boolean oneServer;
    private final long graceMillis;
    private final long retentionMillis;

    /**
     * @param unsettled whether the master of a partition may have lost sessions that nodes have not written again:
     *     then none of its users is certainly offline
     * @param oneServer whether one command may name keys of many partitions
     */
    RedisReads(
            Commands commands,
            RedisKeys keys,
            StoreTime time,
            Records records,
            Unreadable unreadable,
            LiveNodes live,
            Roster roster,
            OnlineSizes sizes,
            LargeWork large,
            IntPredicate unsettled,
            boolean oneServer,
            PresenceSettings settings) {
        this.commands = commands;
        this.keys = keys;
        this.records = records;
        this.unreadable = unreadable;
        this.live = live;
        this.roster = roster;
        this.sizes = sizes;
        this.large = large;
        this.unsettled = unsettled;
        this.oneServer = oneServer;
        this.feed = new RedisTransitionFeed(commands, keys, time, records, unreadable);
        this.graceMillis = settings.offlineGrace().toMillis();
        this.retentionMillis = settings.offlineRetention().toMillis();
    }

    @Override
    public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
        return presences(List.copyOf(new LinkedHashSet<>(userIds))).thenApply(presences -> {
            Map<String, UserPresence> byUser = new LinkedHashMap<>();
            known(presences).forEach(presence -> byUser.put(presence.userId(), presence));
            return Collections.unmodifiableMap(byUser);
        });
    }

    private static List<UserPresence> known(List<@Nullable UserPresence> presences) {
        List<UserPresence> known = new ArrayList<>(presences.size());
        for (UserPresence presence : presences) {
            if (presence != null) {
                known.add(presence);
            }
        }
        return known;
    }

    /** In the order of the users; null for users whose partition is unreachable. */
    private CompletionStage<List<@Nullable UserPresence>> presences(List<String> userIds) {
        Records.Reading<NodesView, UserPresence> reading =
                (nodes, userId, record) -> presence(userId, record, nodes, nodes.millis());
        if (userIds.size() <= MANY) {
            return records.read(userIds, live.view(), reading);
        }
        return large.admit(() -> records.read(userIds, live.view(), reading, large::compute));
    }

    private UserPresence presence(String userId, UserRecord record, NodesView nodes, long millis) {
        if (record.isEmpty()) {
            return UserPresence.unknown(userId);
        }
        UserState state = record.state();
        int sessions = 0;
        int alive = 0;
        long ended = Long.MIN_VALUE;
        for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
            String node = record.node(at);
            sessions++;
            if (nodes.live(node, millis) != null) {
                alive++;
            } else {
                ended = Math.max(ended, nodes.ended(node));
            }
        }
        if (state.told() == Status.OFFLINE && millis - state.since() >= retentionMillis) {
            return UserPresence.unknown(userId);
        }
        // if all sessions are on dead nodes, the answer is the same as after they are reaped
        long graceEnd = sessions == 0 ? state.since() : Math.max(state.lastSeen(), ended) + graceMillis;
        boolean graced = state.told() == Status.ONLINE && millis < graceEnd;
        return new UserPresence(
                userId,
                alive > 0 || graced ? Status.ONLINE : Status.OFFLINE,
                Instant.ofEpochMilli(state.lastSeen()),
                state.version(),
                state.email(),
                alive);
    }

    @Override
    public CompletionStage<List<UserSession>> sessions(String userId) {
        return records.read(List.of(userId), live.view(), RedisReads::liveSessions)
                .thenCompose(found ->
                        records.complete(Objects.requireNonNull(found.get(0)))) // otherwise it would have failed
                .thenApply(sessions -> sessions.stream().sorted(OLDEST_FIRST).toList());
    }

    private static List<Records.Line> liveSessions(NodesView nodes, String userId, UserRecord record) {
        long millis = nodes.millis();
        List<Records.Line> lines = new ArrayList<>();
        for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
            if (nodes.live(record.node(at), millis) != null) {
                lines.add(Records.Line.of(userId, record, at));
            }
        }
        return lines;
    }

    @Override
    public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
        return friends(userId).thenApply(friends -> {
            if (friends.missing() == Roster.Missing.AWAY || !friends.uncertain().isEmpty()) {
                throw new RedisException("friends: a part of the store is away (expected: all that hold one)");
            }
            return friends.online();
        });
    }

    @Override
    public CompletionStage<FriendsOnline> friends(String userId) {
        return roster.listing(userId).thenCompose(listing -> {
            Map<String, Friend> byId = listing.friends().stream()
                    .collect(Collectors.toMap(
                            Friend::userId, friend -> friend, (one, other) -> other, LinkedHashMap::new));
            List<String> ids = List.copyOf(byId.keySet());
            return presences(ids).thenApply(presences -> {
                List<String> uncertain = new ArrayList<>(0);
                for (int i = 0; i < ids.size(); i++) {
                    UserPresence presence = presences.get(i);
                    if (presence == null || (!presence.online() && unsettled.test(keys.partitionOf(ids.get(i))))) {
                        uncertain.add(ids.get(i));
                    }
                }
                List<UserPresence> online = known(presences).stream()
                        .filter(UserPresence::online)
                        .map(presence -> presence.email() != null
                                ? presence
                                : presence.withEmail(emailOf(byId, presence.userId())))
                        .toList();
                return new FriendsOnline(online, ids.size(), listing.missing(), uncertain);
            });
        });
    }

    private static @Nullable String emailOf(Map<String, Friend> friends, String userId) {
        Friend friend = friends.get(userId);
        return friend == null ? null : friend.email();
    }

    @Override
    public CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    Cursor from = Cursor.parse(cursor, LISTING, 2);
                    return from == null
                            ? FIRST
                            : new Place((int) from.number(0, keys.partitions()), from.number(1, MAX_NUMBER));
                })
                .thenCompose(after -> page(after, limit, false));
    }

    /** Where a page begins: after the user of this number in that partition, see open.lua. Numbers begin at 1. */
    private record Place(int partition, long number) {}

    private static final Place FIRST = new Place(0, 0);

    private CompletionStage<Page<UserPresence>> page(Place after, int limit, boolean again) {
        return sizes.get().thenCompose(known -> {
            CompletionStage<Boolean> empty =
                    again ? CompletableFuture.completedFuture(true) : empty(known.each(), after, limit);
            AtomicBoolean complete = new AtomicBoolean(known.away().isEmpty() && isSettled());
            return PartitionPage.read(
                            known.each(),
                            after.partition,
                            limit,
                            p -> unlessAway(
                                    online(p, p == after.partition ? after.number : 0, limit + 1L, READ_AGAIN),
                                    complete))
                    .thenCombine(empty, (found, still) -> still ? found : null)
                    .thenCompose(found -> {
                        if (found == null) {
                            sizes.doubt();
                            return page(after, limit, true);
                        }
                        return page(after, found, complete.get());
                    });
        });
    }

    private boolean isSettled() {
        for (int p = 0; p < keys.partitions(); p++) {
            if (unsettled.test(p)) {
                return false;
            }
        }
        return true;
    }

    /** The items of a partition; none if it became unreachable since it was counted. */
    private <T> CompletionStage<List<T>> unlessAway(CompletionStage<List<T>> read, AtomicBoolean complete) {
        if (oneServer) {
            return read;
        }
        return Partial.orNothing(read, () -> {
            complete.set(false);
            sizes.doubt();
        });
    }

    /**
     * Whether the partitions that a page skips, because they were empty, still are. By one command; in a Cluster it
     * would take one each, so there the sizes are trusted.
     */
    private CompletionStage<Boolean> empty(List<Long> known, Place after, int limit) {
        List<String> passed = new ArrayList<>();
        for (int p = after.partition; p < PartitionPage.reach(known, after.partition, limit); p++) {
            if (known.get(p) == 0) {
                passed.add(keys.online(p));
            }
        }
        return passed.isEmpty() || !oneServer
                ? CompletableFuture.completedFuture(true)
                : commands.call(redis -> redis.exists(passed.toArray(String[]::new)))
                        .thenApply(there -> there == 0);
    }

    private CompletionStage<Page<UserPresence>> page(
            Place after, PartitionPage<ScoredValue<String>> found, boolean complete) {
        List<String> users = found.items().stream().map(ScoredValue::getValue).toList();
        boolean all = after.equals(FIRST) && found.last() == null;
        return presences(users).thenApply(presences -> {
            List<UserPresence> known = known(presences);
            mendUnknown(known);
            return new Page<>(
                    known.stream().filter(UserPresence::online).toList(),
                    cursorBehind(found.last()),
                    all ? users.size() : Math.max(users.size(), found.total()),
                    complete && known.size() == users.size());
        });
    }

    /** Some of the users of a partition. Foreign entries are removed from the index, and then it is read again. */
    private CompletionStage<List<ScoredValue<String>>> online(int partition, long behind, long limit, int again) {
        String key = keys.online(partition);
        Range<Long> range = Range.from(Range.Boundary.excluding(behind), Range.Boundary.excluding(MAX_NUMBER));
        return Unreadable.orElse(
                        commands.call(redis -> redis.zrangebyscoreWithScores(key, range, Limit.create(0, limit))),
                        List::of)
                .thenCompose(found -> {
                    List<ScoredValue<String>> odd = found.stream()
                            .filter(one -> one.getScore() != Math.rint(one.getScore())
                                    || keys.partitionOf(one.getValue()) != partition)
                            .toList();
                    if (odd.isEmpty()) {
                        return CompletableFuture.completedFuture(found);
                    }
                    unreadable.found(Data.ONLINE, key);
                    List<String> ids = odd.stream().map(ScoredValue::getValue).toList();
                    return commands.call(redis -> redis.zrem(key, ids.toArray(String[]::new)))
                            .thenCompose(removed -> records.mend(ids))
                            .thenCompose(mended -> again > 0
                                    ? online(partition, behind, limit, again - 1)
                                    : CompletableFuture.completedFuture(found.stream()
                                            .filter(one -> !odd.contains(one))
                                            .toList()));
                });
    }

    /** Repairs users that the index lists but that have no record: another program may have written the entry. */
    private void mendUnknown(List<UserPresence> presences) {
        List<String> unknown = presences.stream()
                .filter(presence -> presence.version() == 0)
                .map(UserPresence::userId)
                .toList();
        if (!unknown.isEmpty()) {
            sizes.doubt();
            unreadable.found(Data.ONLINE, keys.online(keys.partitionOf(unknown.get(0))));
            var unused = records.mend(unknown);
        }
    }

    private @Nullable String cursorBehind(@Nullable ScoredValue<String> last) {
        return last == null
                ? null
                : Cursor.text(LISTING, String.valueOf(keys.partitionOf(last.getValue())), String.valueOf((long)
                        last.getScore()));
    }

    @Override
    public CompletionStage<Long> count() {
        return sizes.get().thenApply(known -> {
            if (!known.away().isEmpty()) {
                throw new RedisException("count: a part of the store is away (expected: all of it)");
            }
            return known.total();
        });
    }

    @Override
    public TransitionFeed transitions() {
        return feed;
    }
}
