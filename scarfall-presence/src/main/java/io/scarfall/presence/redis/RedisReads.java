package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.scarfall.presence.Friend;
import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.Roster;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.spi.Answer;
import io.scarfall.presence.spi.Cursor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers what may be asked, from sessions, states and the view of live nodes. Thread-safe. */
final class RedisReads implements Presence {

    private static final char LISTING = 'o';
    private static final long MAX_NUMBER = 1L << 53;

    /** Records of more users than this are not read on the threads of the connections. */
    private static final int MANY = 256;

    private static final Comparator<UserSession> OLDEST_FIRST =
            Comparator.comparing(UserSession::connectedAt).thenComparing(UserSession::sessionId);

    private final Commands commands;
    private final RedisKeys keys;
    private final LiveNodes live;
    private final Roster roster;
    private final TransitionFeed feed;
    private final OnlineSizes sizes;
    private final LargeWork large;
    private final boolean oneServer;
    private final long graceMillis;
    private final long retentionMillis;

    /** @param oneServer whether one command may name keys of many partitions */
    RedisReads(
            Commands commands,
            RedisKeys keys,
            StoreTime time,
            LiveNodes live,
            Roster roster,
            OnlineSizes sizes,
            LargeWork large,
            boolean oneServer,
            PresenceSettings settings) {
        this.commands = commands;
        this.keys = keys;
        this.live = live;
        this.roster = roster;
        this.sizes = sizes;
        this.large = large;
        this.oneServer = oneServer;
        this.feed = new RedisTransitionFeed(commands, keys, time);
        this.graceMillis = settings.offlineGrace().toMillis();
        this.retentionMillis = settings.offlineRetention().toMillis();
    }

    @Override
    public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
        return presences(List.copyOf(new LinkedHashSet<>(userIds))).thenApply(presences -> {
            Map<String, UserPresence> byUser = new LinkedHashMap<>();
            presences.forEach(presence -> byUser.put(presence.userId(), presence));
            return Collections.unmodifiableMap(byUser);
        });
    }

    private CompletionStage<List<UserPresence>> presences(List<String> userIds) {
        if (userIds.size() <= MANY) {
            return read(userIds).thenApply(Supplier::get);
        }
        return large.admit(() -> read(userIds).thenCompose(large::compute));
    }

    /** Reads the records; what is supplied is made of them on the thread that asks for it. */
    private CompletionStage<Supplier<List<UserPresence>>> read(List<String> userIds) {
        CompletionStage<LiveNodes.View> view = live.view();
        return commands.users(userIds).thenCombine(view, (records, nodes) -> () -> {
            long millis = nodes.millis();
            List<UserPresence> presences = new ArrayList<>(userIds.size());
            for (int i = 0; i < userIds.size(); i++) {
                presences.add(presence(userIds.get(i), records.get(i), nodes, millis));
            }
            return presences;
        });
    }

    private UserPresence presence(String userId, UserRecord record, LiveNodes.View nodes, long millis) {
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
        // where all sessions are on dead nodes, the answer is what it will be once these are reaped
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
        CompletionStage<LiveNodes.View> view = live.view();
        return commands.users(List.of(userId)).thenCombine(view, (records, nodes) -> {
            long millis = nodes.millis();
            UserRecord record = records.get(0);
            List<UserSession> sessions = new ArrayList<>();
            for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
                if (nodes.live(record.node(at), millis) != null) {
                    sessions.add(record.session(userId, at));
                }
            }
            sessions.sort(OLDEST_FIRST);
            return List.copyOf(sessions);
        });
    }

    @Override
    public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
        return friends(userId).thenApply(FriendsOnline::online);
    }

    @Override
    public CompletionStage<FriendsOnline> friends(String userId) {
        return roster.friends(userId).thenCompose(friends -> {
            Map<String, Friend> byId = friends.stream()
                    .collect(Collectors.toMap(
                            Friend::userId, friend -> friend, (one, other) -> other, LinkedHashMap::new));
            return presences(List.copyOf(byId.keySet()))
                    .thenApply(presences -> new FriendsOnline(
                            presences.stream()
                                    .filter(UserPresence::online)
                                    .map(presence -> presence.email() != null
                                            ? presence
                                            : presence.withEmail(emailOf(byId, presence.userId())))
                                    .toList(),
                            presences.size()));
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

    /** Where a page begins: behind the user of this number in that partition, see open.lua. Numbers begin at 1. */
    private record Place(int partition, long number) {}

    private static final Place FIRST = new Place(0, 0);

    private CompletionStage<Page<UserPresence>> page(Place after, int limit, boolean again) {
        return sizes.get().thenCompose(known -> {
            CompletionStage<Boolean> empty =
                    again ? CompletableFuture.completedFuture(true) : empty(known, after, limit);
            return Listing.read(known, after.partition, limit, p -> {
                        long behind = p == after.partition ? after.number : 0;
                        Range<Long> range = Range.from(Range.Boundary.excluding(behind), Range.Boundary.unbounded());
                        return commands.call(redis ->
                                redis.zrangebyscoreWithScores(keys.online(p), range, Limit.create(0, limit + 1L)));
                    })
                    .thenCombine(empty, (found, still) -> still ? found : null)
                    .thenCompose(found -> {
                        if (found == null) {
                            sizes.doubt();
                            return page(after, limit, true);
                        }
                        return page(after, found);
                    });
        });
    }

    /**
     * Whether the partitions are still empty that a page passes over because they were. By one command; in a Cluster it
     * would be one each, and the sizes are taken for what they are.
     */
    private CompletionStage<Boolean> empty(List<Long> known, Place after, int limit) {
        List<String> passed = new ArrayList<>();
        for (int p = after.partition; p < Listing.reach(known, after.partition, limit); p++) {
            if (known.get(p) == 0) {
                passed.add(keys.online(p));
            }
        }
        return passed.isEmpty() || !oneServer
                ? CompletableFuture.completedFuture(true)
                : commands.call(redis -> redis.exists(passed.toArray(String[]::new)))
                        .thenApply(there -> there == 0);
    }

    private CompletionStage<Page<UserPresence>> page(Place after, Listing<ScoredValue<String>> found) {
        List<String> users = found.items().stream().map(ScoredValue::getValue).toList();
        boolean all = after.equals(FIRST) && found.last() == null;
        return presences(users)
                .thenApply(presences -> new Page<>(
                        presences.stream().filter(UserPresence::online).toList(),
                        cursorBehind(found.last()),
                        all ? users.size() : Math.max(users.size(), found.total())));
    }

    private @Nullable String cursorBehind(@Nullable ScoredValue<String> last) {
        return last == null
                ? null
                : Cursor.text(LISTING, String.valueOf(keys.partitionOf(last.getValue())), String.valueOf((long)
                        last.getScore()));
    }

    @Override
    public CompletionStage<Long> count() {
        return sizes.get()
                .thenApply(known -> known.stream().mapToLong(Long::longValue).sum());
    }

    @Override
    public TransitionFeed transitions() {
        return feed;
    }
}
