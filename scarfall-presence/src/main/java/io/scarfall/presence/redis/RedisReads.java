package io.scarfall.presence.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
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
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Answers what may be asked, from sessions, states and the view of live nodes. Thread-safe. */
final class RedisReads implements Presence {

    private static final char LISTING = 'o';
    private static final Comparator<UserSession> OLDEST_FIRST =
            Comparator.comparing(UserSession::connectedAt).thenComparing(UserSession::sessionId);

    private final Commands commands;
    private final RedisKeys keys;
    private final LiveNodes live;
    private final Roster roster;
    private final TransitionFeed feed;
    private final long graceMillis;
    private final long retentionMillis;

    RedisReads(
            Commands commands,
            RedisKeys keys,
            StoreTime time,
            LiveNodes live,
            Roster roster,
            PresenceSettings settings) {
        this.commands = commands;
        this.keys = keys;
        this.live = live;
        this.roster = roster;
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
        CompletionStage<LiveNodes.View> view = live.view();
        List<CompletionStage<List<String>>> records = new ArrayList<>(userIds.size());
        for (String userId : userIds) {
            records.add(commands.call(redis -> redis.hvals(keys.user(userId))));
        }
        return Answer.all(records).thenCombine(view, (texts, nodes) -> {
            long millis = nodes.millis();
            List<UserPresence> presences = new ArrayList<>(userIds.size());
            for (int i = 0; i < userIds.size(); i++) {
                presences.add(presence(userIds.get(i), texts.get(i), nodes, millis));
            }
            return presences;
        });
    }

    /** @param texts the state of the user, and the sessions */
    private UserPresence presence(String userId, List<String> texts, LiveNodes.View nodes, long millis) {
        UserState state = null;
        int sessions = 0;
        int alive = 0;
        long ended = Long.MIN_VALUE;
        for (String text : texts) {
            String node = SessionText.node(text);
            if (node == null) {
                state = UserState.parse(text);
                continue;
            }
            sessions++;
            if (nodes.live(node, millis) != null) {
                alive++;
            } else {
                ended = Math.max(ended, nodes.ended(node));
            }
        }
        if (state == null || (state.told() == Status.OFFLINE && millis - state.since() >= retentionMillis)) {
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
        return commands.call(redis -> redis.hgetall(keys.user(userId))).thenCombine(view, (record, nodes) -> {
            long millis = nodes.millis();
            return record.entrySet().stream()
                    .filter(entry -> isLive(SessionText.node(entry.getValue()), nodes, millis))
                    .map(entry -> SessionText.parse(userId, entry.getKey(), entry.getValue()))
                    .sorted(OLDEST_FIRST)
                    .toList();
        });
    }

    private static boolean isLive(@Nullable String node, LiveNodes.View nodes, long millis) {
        return node != null && nodes.live(node, millis) != null;
    }

    @Override
    public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
        return roster.friends(userId).thenCompose(friends -> {
            Map<String, Friend> byId = friends.stream()
                    .collect(Collectors.toMap(
                            Friend::userId, friend -> friend, (one, other) -> other, LinkedHashMap::new));
            return presences(List.copyOf(byId.keySet()))
                    .thenApply(presences -> presences.stream()
                            .filter(UserPresence::online)
                            .map(presence -> presence.email() != null
                                    ? presence
                                    : presence.withEmail(emailOf(byId, presence.userId())))
                            .toList());
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
                    return Optional.ofNullable(Cursor.parse(cursor, LISTING, 1)).map(from -> from.key(0));
                })
                .thenCompose(after -> page(after.orElse(null), limit));
    }

    private CompletionStage<Page<UserPresence>> page(@Nullable String after, int limit) {
        int first = after == null ? 0 : keys.partitionOf(after);
        return sizes().thenCompose(sizes -> Listing.read(sizes, first, limit, p -> {
                    Range.Boundary<String> from =
                            p == first && after != null ? Range.Boundary.excluding(after) : Range.Boundary.unbounded();
                    return commands.call(redis -> redis.zrangebylex(
                            keys.online(p), Range.from(from, Range.Boundary.unbounded()), Limit.create(0, limit + 1L)));
                }))
                .thenCompose(found -> presences(found.items())
                        .thenApply(presences -> new Page<>(
                                presences.stream().filter(UserPresence::online).toList(),
                                found.last() == null ? null : Cursor.text(LISTING, found.last()),
                                found.total())));
    }

    @Override
    public CompletionStage<Long> count() {
        return sizes().thenApply(
                        sizes -> sizes.stream().mapToLong(Long::longValue).sum());
    }

    private CompletionStage<List<Long>> sizes() {
        return Listing.sizes(keys.partitions(), p -> commands.call(redis -> redis.zcard(keys.online(p))));
    }

    @Override
    public TransitionFeed transitions() {
        return feed;
    }
}
