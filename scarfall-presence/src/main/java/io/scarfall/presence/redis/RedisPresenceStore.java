package io.scarfall.presence.redis;

import io.scarfall.presence.Page;
import io.scarfall.presence.Placement;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.PresenceStore;
import io.scarfall.presence.Transition;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.node.NodeId;
import io.scarfall.presence.spi.Answer;
import io.scarfall.presence.spi.Cursor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Writes by one script each; reads by pipelines. Thread-safe. */
final class RedisPresenceStore implements PresenceStore {

    private static final char LISTING = 's';

    private final Commands commands;
    private final RedisKeys keys;
    private final Writes writes;
    private final LiveNodes live;
    private final Transitions transitions;
    private final OnlineSizes sizes;
    private final Duration grace;

    RedisPresenceStore(
            Commands commands,
            RedisKeys keys,
            Writes writes,
            LiveNodes live,
            Transitions transitions,
            OnlineSizes sizes,
            Duration grace) {
        this.commands = commands;
        this.keys = keys;
        this.writes = writes;
        this.live = live;
        this.transitions = transitions;
        this.sizes = sizes;
        this.grace = grace;
    }

    @Override
    public CompletionStage<Transition> open(UserSession session) {
        return changed(writes.open(partition(session), session));
    }

    @Override
    public CompletionStage<Boolean> touch(UserSession session) {
        return writes.touch(partition(session), session)
                .thenApply(reply -> reply.text(0).equals("1"));
    }

    @Override
    public CompletionStage<Transition> close(UserSession session) {
        return close(session, grace);
    }

    @Override
    public CompletionStage<Transition> close(UserSession session, Duration grace) {
        if (grace.isNegative() || grace.compareTo(PresenceSettings.MAX_TIME) > 0) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "grace: " + grace + " (expected: 0.." + PresenceSettings.MAX_TIME + ")"));
        }
        return changed(writes.close(partition(session), session, grace));
    }

    private CompletionStage<Transition> changed(CompletionStage<Reply> write) {
        return write.whenComplete((reply, failure) -> {
                    if (failure != null) { // and may have taken effect
                        sizes.doubt();
                    } else {
                        sizes.note(Transitions.kind(reply), reply.text(1));
                    }
                })
                .thenCompose(transitions::complete);
    }

    private int partition(UserSession session) {
        return keys.partitionOf(session.userId());
    }

    @Override
    public CompletionStage<Placement> nodesOf(Collection<String> userIds) {
        CompletionStage<LiveNodes.View> view = live.view();
        List<String> users = List.copyOf(new LinkedHashSet<>(userIds));
        return commands.users(users).thenCombine(view, (records, nodes) -> {
            long millis = nodes.millis();
            Map<String, List<NodeId>> placement = new HashMap<>();
            for (int i = 0; i < users.size(); i++) {
                placement.put(users.get(i), nodesOf(records.get(i), nodes, millis));
            }
            return userId -> placement.getOrDefault(userId, List.of());
        });
    }

    private static List<NodeId> nodesOf(UserRecord record, LiveNodes.View nodes, long millis) {
        List<NodeId> found = List.of();
        for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
            NodeId node = nodes.live(record.node(at), millis);
            if (node == null || found.contains(node)) {
                continue;
            }
            if (found.isEmpty()) {
                found = List.of(node); // most users are on one node
            } else {
                List<NodeId> several = new ArrayList<>(found);
                several.add(node);
                found = List.copyOf(several);
            }
        }
        return found;
    }

    // ---- the sessions of a node

    /** The name of a session in the set of its node. */
    private record Member(String userId, String sessionId) {

        static final Comparator<Member> ORDER =
                Comparator.comparing(Member::userId).thenComparing(Member::sessionId);

        static Member parse(String text) {
            int tab = text.indexOf('\t');
            return new Member(text.substring(tab + 1), Fields.unescape(text.substring(0, tab)));
        }
    }

    @Override
    public CompletionStage<Page<UserSession>> sessionsOf(NodeId node, @Nullable String cursor, int limit) {
        return Answer.of(() -> {
                    Answer.checkLimit(limit);
                    return Optional.ofNullable(Cursor.parse(cursor, LISTING, 2));
                })
                .thenCompose(from -> page(node, from.orElse(null), limit));
    }

    private CompletionStage<Page<UserSession>> page(NodeId node, @Nullable Cursor from, int limit) {
        Member after = from == null ? null : new Member(from.key(0), from.key(1));
        int first = after == null ? 0 : keys.partitionOf(after.userId);
        return Listing.sizes(keys.partitions(), p -> commands.call(redis -> redis.scard(keys.node(p, node))))
                .thenCompose(sizes -> Listing.read(
                        sizes,
                        first,
                        limit,
                        p -> commands.call(redis -> redis.smembers(keys.node(p, node)))
                                .thenApply(names -> names.stream()
                                        .map(Member::parse)
                                        .filter(member ->
                                                p != first || after == null || Member.ORDER.compare(member, after) > 0)
                                        .sorted(Member.ORDER)
                                        .toList())))
                .thenCompose(found -> sessions(node, found.items())
                        .thenApply(sessions -> new Page<>(
                                sessions,
                                found.last() == null
                                        ? null
                                        : Cursor.text(LISTING, found.last().userId, found.last().sessionId),
                                found.total())));
    }

    private CompletionStage<List<UserSession>> sessions(NodeId node, List<Member> members) {
        Set<Member> wanted = new HashSet<>(members);
        List<String> users = members.stream().map(Member::userId).distinct().toList();
        String holder = node.toString();
        return commands.users(users).thenApply(records -> {
            List<UserSession> sessions = new ArrayList<>(members.size());
            for (int i = 0; i < users.size(); i++) {
                UserRecord record = records.get(i);
                for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
                    if (record.node(at).equals(holder)) {
                        UserSession session = record.session(users.get(i), at);
                        if (wanted.contains(new Member(session.userId(), session.sessionId()))) {
                            sessions.add(session);
                        }
                    }
                }
            }
            return sessions;
        });
    }
}
