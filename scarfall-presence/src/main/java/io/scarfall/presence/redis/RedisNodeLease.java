package io.scarfall.presence.redis;

import io.lettuce.core.RedisException;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeLease;
import io.scarfall.presence.internal.NodeNameTakenException;
import io.scarfall.presence.internal.store.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Joins, beats and leaves by scripts on one hash. Thread-safe. */
final class RedisNodeLease implements NodeLease {

    private final Commands commands;
    private final Supplier<CompletionStage<Void>> layout;
    private final BooleanSupplier writable;
    private final String[] nodes;
    private final RedisKeys keys;
    private final @Nullable Witness witness;
    private final String[] nodesAndOwners;
    /** Distinguishes this process from others that ask for a lease of the same name. */
    private final String process = UUID.randomUUID().toString();

    private final String address = ProcessAddress.text();
    private final StoreTime time;
    private final LiveNodes live;
    private final String leaseMillis;
    private final Runnable beaten;
    /** The connections' generation at the last beat of a node that was answered. */
    private final Map<NodeId, Long> generations = new ConcurrentHashMap<>();

    /**
     * @param commands of a connection that no other command delays
     * @param layout checks the layout of the keys in Redis, which may have lost them
     * @param writable whether the connection for sessions is open: without it a beat fails although the lease is
     *     renewed, because the node cannot do its work
     * @param witness what look-ups check; null in a Cluster
     * @param beaten called after each beat that was answered
     */
    RedisNodeLease(
            Commands commands,
            Supplier<CompletionStage<Void>> layout,
            BooleanSupplier writable,
            RedisKeys keys,
            StoreTime time,
            LiveNodes live,
            Duration lease,
            @Nullable Witness witness,
            Runnable beaten) {
        this.commands = commands;
        this.layout = layout;
        this.writable = writable;
        this.nodes = new String[] {keys.nodes()};
        this.keys = keys;
        this.witness = witness;
        this.nodesAndOwners = new String[] {keys.nodes(), keys.owners()};
        this.time = time;
        this.live = live;
        this.leaseMillis = String.valueOf(lease.toMillis());
        this.beaten = beaten;
    }

    @Override
    public CompletionStage<NodeId> join(String name) {
        return Answer.of(() -> new NodeId(name, 1))
                .thenCompose(valid -> layout.get())
                .thenCompose(checked -> {
                    long sent = time.nanos();
                    long generation = commands.generation();
                    return commands.run(
                                    Script.JOIN, nodesAndOwners, time.argument(), name, leaseMillis, process, address)
                            .thenApply(reply -> {
                                live.learn(reply.number(1), reply.list(2), sent);
                                if (reply.number(0) == 0) {
                                    throw new NodeNameTakenException(name, reply.text(3));
                                }
                                NodeId node = new NodeId(name, reply.number(0));
                                generations.put(node, generation);
                                return node;
                            });
                });
    }

    @Override
    public CompletionStage<Beat> beat(NodeId node, boolean settled) {
        long sent = time.nanos();
        long generation = commands.generation();
        long connections = witness == null ? 0 : witness.generation();
        return commands.run(
                        Script.BEAT, keysOf(node), time.argument(), node.toString(), leaseMillis, settled ? "1" : "0")
                .thenApply(reply -> {
                    boolean renewed = reply.text(0).equals("1");
                    NodesView view = live.learn(reply.number(1), reply.list(2), sent);
                    if (!writable.getAsBoolean()) {
                        throw new RedisException("not connected to Redis for sessions (expected: to be)");
                    }
                    Long before = renewed ? generations.put(node, generation) : generations.remove(node);
                    if (renewed && witness != null) {
                        witness.beaten(keys.alive(node), connections);
                    }
                    boolean lapsed = reply.text(3).equals("1");
                    beaten.run();
                    return new Beat(
                            renewed,
                            Instant.EPOCH.plus(view.micros(), ChronoUnit.MICROS),
                            view.leases(),
                            lapsed || before == null || before != generation);
                });
    }

    @Override
    public CompletionStage<Void> leave(NodeId node) {
        generations.remove(node);
        return commands.run(Script.LEAVE, keysToLeave(node), time.argument(), node.toString(), leaseMillis)
                .thenAccept(left -> {});
    }

    private String[] keysOf(NodeId node) {
        return witness == null ? nodes : new String[] {keys.nodes(), keys.alive(node)};
    }

    private String[] keysToLeave(NodeId node) {
        return witness == null ? nodesAndOwners : new String[] {keys.nodes(), keys.owners(), keys.alive(node)};
    }
}
