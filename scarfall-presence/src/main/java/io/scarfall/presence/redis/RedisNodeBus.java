package io.scarfall.presence.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.internal.NodeBus;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel per life of a node. In a Cluster it is a sharded channel: a message goes only to the server of its slot,
 * which also knows whether a node listens. Messages arrive on a connection of their own, made at the first {@link
 * #listen}. Thread-safe.
 *
 * <p><b>No message depends on one master of a Cluster.</b> A node also subscribes to the plain channel of the same
 * name, at any server, and at another one as soon as that connection is lost. Servers pass plain messages on to each
 * other, so any of them accepts one. A sender uses the plain channel if the sharded one fails or does not answer for
 * {@value #PATIENCE_MILLIS} ms; and, for a while after connections were lost or slots moved, if no node listens to
 * the sharded one. So a message may arrive twice.
 *
 * <p>A Cluster without sharded channels (before Redis 7), or one that does not allow them, sends plain messages to
 * all its servers. Nodes subscribe at the server of the slot, so that server knows if a node listens; but it cannot
 * know that none does.
 */
final class RedisNodeBus implements NodeBus {

    private static final Logger log = LoggerFactory.getLogger(RedisNodeBus.class);

    private static final long PATIENCE_MILLIS = 250;
    private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(1);

    /** For this long after a change of servers, a node may not have subscribed at the new server yet. */
    private static final Duration UNSETTLED = Duration.ofSeconds(10);

    private final RedisConnections connections;
    private final RedisKeys keys;
    private final int maxMessageBytes;
    private final Map<String, ChannelInbox> inboxes = new ConcurrentHashMap<>();
    /**
     * The connections that have a receiver already: usually one; in a Cluster one per server with a channel of ours.
     */
    private final Set<StatefulRedisPubSubConnection<String, byte[]>> receiving = ConcurrentHashMap.newKeySet();

    /** Since when the sharded channel of a node does not answer; channels that answer are not in it. */
    private final Map<NodeId, Long> unanswered = new ConcurrentHashMap<>();

    private volatile boolean sharded;

    /** Whether sharded channels are known to exist. */
    private volatile boolean proven;

    RedisNodeBus(RedisConnections connections, RedisKeys keys, int maxMessageBytes) {
        this.connections = connections;
        this.sharded = connections.isCluster();
        this.keys = keys;
        this.maxMessageBytes = maxMessageBytes;
        connections.whenMoved(this::listenAgain);
    }

    @Override
    public CompletionStage<Boolean> send(NodeId to, byte[] message) {
        if (message.length > maxMessageBytes) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "message: " + message.length + " bytes (expected: <= " + maxMessageBytes + ")"));
        }
        return way(to, message).exceptionally(failure -> {
            Throwable why = Answer.cause(failure);
            if (NotSentException.isUnsent(why)) {
                return false; // certainly lost
            }
            throw new CompletionException(why);
        });
    }

    private CompletionStage<Boolean> way(NodeId to, byte[] message) {
        if (!connections.isCluster()) {
            return publish(CommandType.PUBLISH, to, message).thenApply(listeners -> listeners > 0);
        }
        if (!sharded) {
            return orElse(plain(publish(CommandType.PUBLISH, to, message)), failure -> anywhere(to, message));
        }
        long now = System.nanoTime();
        Long since = unanswered.putIfAbsent(to, now);
        // on both, if the sharded one does not answer: so it shows when it answers again
        CompletionStage<Boolean> beside = since != null && now - since > PATIENCE_NANOS ? anywhere(to, message) : null;
        return publish(CommandType.SPUBLISH, to, message)
                .handle((listeners, failure) -> {
                    if (failure == null) {
                        unanswered.remove(to);
                        if (listeners > 0 || !connections.isUnsettled(UNSETTLED)) {
                            return CompletableFuture.completedFuture(listeners > 0);
                        }
                    } else {
                        noteUnknown(Answer.cause(failure));
                    }
                    return beside != null ? beside : anywhere(to, message);
                })
                .thenCompose(answer -> answer);
    }

    /** By the plain channel, which all servers pass on. */
    private CompletionStage<Boolean> anywhere(NodeId to, byte[] message) {
        return plain(connections.callAnywhere(redis ->
                redis.dispatch(CommandType.PUBLISH, new IntegerOutput<>(StringCodec.UTF8), arguments(to, message))));
    }

    private static CompletionStage<Boolean> plain(CompletionStage<Long> published) {
        return published.thenApply(listeners -> {
            if (listeners == 0) {
                throw new RedisException("no node listens at this server (another server may have it)");
            }
            return true;
        });
    }

    private static <T> CompletionStage<T> orElse(
            CompletionStage<T> answer, Function<Throwable, CompletionStage<T>> instead) {
        return answer.handle((value, failure) -> failure == null
                        ? CompletableFuture.completedFuture(value)
                        : instead.apply(Answer.cause(failure)))
                .thenCompose(outcome -> outcome);
    }

    private CommandArgs<String, String> arguments(NodeId to, byte[] message) {
        return new CommandArgs<>(StringCodec.UTF8).addKey(keys.bus(to)).add(message);
    }

    private CompletionStage<Long> publish(CommandType command, NodeId to, byte[] message) {
        return connections.call(
                redis -> redis.dispatch(command, new IntegerOutput<>(StringCodec.UTF8), arguments(to, message)));
    }

    /** Switches to plain channels if there are no sharded ones; returns whether that is so. */
    private boolean noteUnknown(Throwable failure) {
        if (!isUnknownCommand(failure)) {
            return false;
        }
        if (sharded) {
            sharded = false;
            log.info("sharded pub/sub unavailable or not permitted; using plain pub/sub");
        }
        return true;
    }

    /** Unknown to this version of Redis, or not allowed for this user. */
    private static boolean isUnknownCommand(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof RedisCommandExecutionException
                && message != null
                && (message.startsWith("ERR unknown command")
                        || (message.startsWith("NOPERM") && message.contains("command")));
    }

    @Override
    public CompletionStage<Inbox> listen(NodeId self, Listener listener) {
        ChannelInbox inbox = new ChannelInbox(self, listener);
        if (inboxes.putIfAbsent(inbox.channel, inbox) != null) {
            return CompletableFuture.failedFuture(
                    new IllegalStateException("node: " + self + " (expected: one that does not listen yet)"));
        }
        return subscribe(inbox.channel)
                .handle((done, failure) -> {
                    if (failure != null) {
                        inboxes.remove(inbox.channel, inbox);
                        return CompletableFuture.<Inbox>failedFuture(Answer.cause(failure));
                    }
                    return CompletableFuture.<Inbox>completedFuture(inbox);
                })
                .thenCompose(answer -> answer);
    }

    @Override
    public int maxMessageBytes() {
        return maxMessageBytes;
    }

    /**
     * Subscribes to all channels again. In a Cluster a channel may have moved to a server that does not know the
     * subscription; without a move it changes nothing. Called with each beat, and when servers changed.
     */
    void listenAgain() {
        long now = System.nanoTime();
        unanswered.values().removeIf(since -> now - since > FORGET_NANOS);
        for (String channel : inboxes.keySet()) {
            subscribe(channel).whenComplete((done, failure) -> {
                if (failure != null) {
                    log.debug("not listening error={}", LogValue.of(Answer.cause(failure)));
                } else if (!inboxes.containsKey(channel)) {
                    unsubscribe(channel); // closed meanwhile
                }
            });
        }
    }

    /** Completes when messages can arrive on either channel. */
    private CompletionStage<?> subscribe(String channel) {
        CompletionStage<Void> first = connections.pubSub(channel).thenCompose(to -> {
            receive(to, true);
            return sharded ? to.async().ssubscribe(channel) : to.async().subscribe(channel);
        });
        if (!connections.isCluster()) {
            return first;
        }
        CompletionStage<Void> own = orElse(
                first,
                failure -> noteUnknown(failure)
                        ? connections
                                .pubSub(channel)
                                .thenCompose(to -> to.async().subscribe(channel))
                        : CompletableFuture.failedFuture(failure));
        if (proven) {
            return Partial.of(List.of(own, subscribeAnywhere(channel)));
        }
        // one after the other: without sharded channels both would be the same, and each message would arrive twice
        return own.handle((done, failure) -> {
                    proven = sharded && failure == null;
                    return failure == null && !sharded ? own : Partial.of(List.of(own, subscribeAnywhere(channel)));
                })
                .thenCompose(subscribed -> subscribed);
    }

    private CompletionStage<Void> subscribeAnywhere(String channel) {
        return connections.pubSubAnywhere().thenCompose(to -> {
            receive(to, false);
            return to.async().subscribe(channel);
        });
    }

    /**
     * @param watched whether it is the connection to the server of a channel: when it is lost, messages may be lost
     */
    private void receive(StatefulRedisPubSubConnection<String, byte[]> from, boolean watched) {
        if (receiving.add(from)) {
            from.addListener(new Receiver(watched));
            if (watched) {
                from.addListener(connections.lossOfMessages());
            }
        }
    }

    private void unsubscribe(String channel) {
        List<CompletionStage<Void>> ends = new ArrayList<>();
        ends.add(connections
                .pubSub(channel)
                .thenCompose(to ->
                        sharded ? to.async().sunsubscribe(channel) : to.async().unsubscribe(channel)));
        if (connections.isCluster()) {
            ends.add(connections.pubSubAnywhere().thenCompose(to -> to.async().unsubscribe(channel)));
        }
        ends.forEach(end -> end.whenComplete((done, failure) -> {
            if (failure != null) { // its messages are dropped here, and it is asked for no other subscription
                log.debug("still subscribed error={}", LogValue.of(Answer.cause(failure)));
            }
        }));
    }

    private final class Receiver extends RedisPubSubAdapter<String, byte[]> {

        private final boolean takesSharded;

        /**
         * @param takesSharded false for the connection to any server, which also reports messages of connections to
         *     certain ones
         */
        Receiver(boolean takesSharded) {
            this.takesSharded = takesSharded;
        }

        @Override
        public void message(String channel, byte[] message) {
            ChannelInbox inbox = inboxes.get(channel);
            if (inbox != null) {
                inbox.receive(message);
            }
        }

        @Override
        public void smessage(String channel, byte[] message) {
            if (takesSharded) {
                message(channel, message);
            }
        }
    }

    private final class ChannelInbox implements Inbox {

        private final NodeId self;
        private final String channel;
        private final Listener listener;

        ChannelInbox(NodeId self, Listener listener) {
            this.self = self;
            this.channel = keys.bus(self);
            this.listener = listener;
        }

        void receive(byte[] message) {
            try {
                listener.received(message);
            } catch (Throwable e) { // also an Error: it must not end the connection
                log.error("listener failed: node={} bytes={}", self, message.length, e);
            }
        }

        @Override
        public void close() {
            if (inboxes.remove(channel, this)) {
                unsubscribe(channel);
            }
        }
    }
}
