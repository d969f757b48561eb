package io.scarfall.presence.redis;

import io.scarfall.presence.NodeId;
import io.scarfall.presence.Page;
import io.scarfall.presence.StoreListener.Data;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Placement;
import io.scarfall.presence.internal.PresenceStore;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.Cursor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** Writes by one script each; reads by pipelines. Thread-safe. */
final class RedisPresenceStore implements PresenceStore {

    private static final char LISTING = 's';

    private final Commands commands;
    private final RedisKeys keys;
    private final Records records;
    private final Unreadable unreadable;
    private final Writes writes;
    private final LiveNodes live;
    private final Witness witness;
    private final Transitions transitions;
    private final OnlineSizes sizes;
    private final Duration grace;
    private final IntPredicate unsettled;

    /**
     * @param unsettled whether the master of a partition may have lost sessions that other nodes have not written
     *     again
     */
    RedisPresenceStore(
            Commands commands,
            RedisKeys keys,
            Records records,
            Unreadable unreadable,
            Writes writes,
            LiveNodes live,
            Witness witness,
            Transitions transitions,
            OnlineSizes sizes,
            Duration grace,
            IntPredicate unsettled) {
        this.unsettled = unsettled;
        this.commands = commands;
        this.keys = keys;
        this.records = records;
        this.unreadable = unreadable;
        this.writes = writes;
        this.live = live;
        this.witness = witness;
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
        return Answer.of(() -> Answer.checkGrace(grace))
                .thenCompose(checked -> changed(writes.close(partition(session), session, checked)));
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
        List<String> users = List.copyOf(new LinkedHashSet<>(userIds));
        CompletionStage<Context> context = live.viewOrLast()
                .thenCompose(nodes -> nodes.hasEnded(nodes.placingMillis())
                        ? commands.reaped(users).thenApply(reaped -> Context.of(nodes, users, reaped))
                        : CompletableFuture.completedFuture(new Context(nodes, Map.of())));
        return records.read(users, context, RedisPresenceStore::where).thenCombine(context, (found, known) -> {
            Map<String, Where> placement = new HashMap<>();
            for (int i = 0; i < users.size(); i++) {
                Where where = found.get(i);
                String user = users.get(i);
                if (where == null) {
                    where = Where.UNKNOWN;
                } else if (unsettled.test(keys.partitionOf(user))) {
                    where = new Where(where.nodes, true, where.hasReaped);
                }
                placement.put(user, where);
            }
            return new Found(placement, known.nodes.isCurrent(), witness.isDoubtful());
        });
    }

    /** What a look-up needs besides the records. Reaped sessions are read only if some may be remembered. */
    private record Context(NodesView nodes, Map<String, ReapedSessions> reaped) {

        static Context of(NodesView nodes, List<String> users, List<ReapedSessions> reaped) {
            Map<String, ReapedSessions> byUser = new HashMap<>();
            for (int i = 0; i < users.size(); i++) {
                byUser.put(users.get(i), reaped.get(i));
            }
            return new Context(nodes, byUser);
        }
    }

    /** The nodes of one user, and whether there may be more. */
    private record Where(List<NodeId> nodes, boolean isIncomplete, boolean hasReaped) {

        static final Where NOWHERE = new Where(List.of(), false, false);

        /** The user's partition is unreachable. */
        static final Where UNKNOWN = new Where(List.of(), true, false);
    }

    /**
     * The result of a look-up.
     *
     * @param nodesKnown whether the live nodes are known; if not, users may also be on nodes that have joined since
     */
    private record Found(Map<String, Where> byUser, boolean nodesKnown, boolean isDoubtful) implements Placement {

        private Where where(String userId) {
            return byUser.getOrDefault(userId, Where.NOWHERE);
        }

        @Override
        public List<NodeId> nodesOf(String userId) {
            return where(userId).nodes();
        }

        @Override
        public boolean isIncomplete(String userId) {
            return !nodesKnown || where(userId).isIncomplete();
        }

        @Override
        public boolean hasReaped(String userId) {
            return where(userId).hasReaped();
        }
    }

    private static Where where(Context context, String userId, UserRecord record) {
        NodesView nodes = context.nodes;
        long millis = nodes.placingMillis();
        boolean hasReaped =
                context.reaped.getOrDefault(userId, ReapedSessions.NONE).mayBeConnected(record, nodes, millis);
        List<NodeId> found = List.of();
        boolean isIncomplete = false;
        for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
            NodeId node = nodes.live(record.node(at), millis);
            if (node == null) {
                isIncomplete = true; // the node may be cut off, and its devices still connected
                continue;
            }
            if (found.contains(node)) {
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
        return found.isEmpty() && !isIncomplete && !hasReaped
                ? Where.NOWHERE
                : new Where(found, isIncomplete, hasReaped);
    }

    // ---- the sessions of a node

    /** The name of a session in the set of its node. */
    private record Member(String userId, String sessionId) {

        static final Comparator<Member> ORDER =
                Comparator.comparing(Member::userId).thenComparing(Member::sessionId);

        /** @throws IllegalArgumentException if it is none */
        static Member parse(String text) {
            int tab = text.indexOf('\t');
            if (tab < 1 || tab == text.length() - 1) {
                throw Fields.malformed();
            }
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
        AtomicBoolean complete = new AtomicBoolean(true);
        List<CompletionStage<Long>> counts = new ArrayList<>(keys.partitions());
        for (int partition = 0; partition < keys.partitions(); partition++) {
            String key = keys.node(partition, node);
            counts.add(records.size(Data.NODE, partition, key, () -> commands.call(redis -> redis.scard(key))));
        }
        return Partial.of(counts)
                .thenCompose(known -> {
                    complete.set(!known.contains(null));
                    List<Long> sizes =
                            known.stream().map(size -> size == null ? 0L : size).toList();
                    return PartitionPage.read(
                            sizes,
                            first,
                            limit,
                            p -> Partial.orNothing(
                                    members(node, p, p == first ? after : null), () -> complete.set(false)));
                })
                .thenCompose(found -> sessions(node, found.items(), complete)
                        .thenApply(sessions -> new Page<>(
                                sessions,
                                found.last() == null
                                        ? null
                                        : Cursor.text(LISTING, found.last().userId, found.last().sessionId),
                                found.total(),
                                complete.get())));
    }

    /** The sessions of a node in a partition, in their order. */
    private CompletionStage<List<Member>> members(NodeId node, int partition, @Nullable Member after) {
        String key = keys.node(partition, node);
        return commands.call(redis -> redis.smembers(key))
                .thenApply(names -> members(key, names).stream()
                        .filter(member -> after == null || Member.ORDER.compare(member, after) > 0)
                        .sorted(Member.ORDER)
                        .toList());
    }

    private List<Member> members(String key, Set<String> names) {
        List<Member> members = new ArrayList<>(names.size());
        for (String name : names) {
            try {
                members.add(Member.parse(name));
            } catch (IllegalArgumentException e) {
                unreadable.found(Data.NODE, key);
                var unused = commands.call(redis -> redis.srem(key, name));
            }
        }
        return members;
    }

    /** @param complete set to false if users are unreachable */
    private CompletionStage<List<UserSession>> sessions(NodeId node, List<Member> members, AtomicBoolean complete) {
        Set<Member> wanted = new HashSet<>(members);
        List<String> users = members.stream().map(Member::userId).distinct().toList();
        return records.read(users, CompletableFuture.completedFuture(node.toString()), RedisPresenceStore::sessionsOn)
                .whenComplete((found, failure) -> {
                    if (failure == null && found.contains(null)) {
                        complete.set(false);
                    }
                })
                .thenCompose(found -> records.complete(found.stream()
                        .filter(Objects::nonNull)
                        .flatMap(List::stream)
                        .filter(line -> wanted.contains(new Member(
                                line.session().userId(), line.session().sessionId())))
                        .toList()));
    }

    private static List<Records.Line> sessionsOn(String node, String userId, UserRecord record) {
        List<Records.Line> lines = new ArrayList<>(1);
        for (int at = record.firstSession(); at >= 0; at = record.sessionBehind(at)) {
            if (record.node(at).equals(node)) {
                lines.add(Records.Line.of(userId, record, at));
            }
        }
        return lines;
    }
}
