package io.scarfall.presence.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.scarfall.presence.node.NodeBus;
import io.scarfall.presence.node.NodeId;
import io.scarfall.presence.spi.Answer;
import io.scarfall.presence.spi.LogValue;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A channel per life of a node; in a Cluster a sharded one, so a message goes only to the server that has its slot, which
 * also knows whether anybody listens. Messages arrive on a connection of their own, made at the first {@link #listen}.
 * Thread-safe.
 *
 * <p>A Cluster that has no sharded channels (before Redis 7), or does not allow them, carries plain ones to all its servers.
 * They are subscribed to at the same server, so where somebody listens it says so; that nobody does it cannot know. After a
 * slot has moved, a message may come twice.
 */
final class RedisNodeBus implements NodeBus {

    private static final Logger log = LoggerFactory.getLogger(RedisNodeBus.class);

    private final RedisConnections connections;
    private final RedisKeys keys;
    private final int maxMessageBytes;
    private final Map<String, ChannelInbox> inboxes = new ConcurrentHashMap<>();
    /** The connections that have a receiver already: usually one, in a Cluster one per server that has a channel of ours. */
    private final Set<StatefulRedisPubSubConnection<String, byte[]>> receiving = ConcurrentHashMap.newKeySet();

    private volatile boolean sharded;

    RedisNodeBus(RedisConnections connections, RedisKeys keys, int maxMessageBytes) {
        this.connections = connections;
        this.sharded = connections.isCluster();
        this.keys = keys;
        this.maxMessageBytes = maxMessageBytes;
    }

    @Override
    public CompletionStage<Boolean> send(NodeId to, byte[] message) {
        if (message.length > maxMessageBytes) {
            return CompletableFuture.failedFuture(new IllegalArgumentException(
                    "message: " + message.length + " bytes (expected: <= " + maxMessageBytes + ")"));
        }
        return orPlain(
                () -> publish(CommandType.SPUBLISH, to, message).thenApply(listeners -> listeners > 0),
                () -> publish(CommandType.PUBLISH, to, message).thenApply(listeners -> {
                    if (listeners == 0 && connections.isCluster()) {
                        throw new RedisException("nobody listens at this server (unknown: at another)");
                    }
                    return listeners > 0;
                }));
    }

    private CompletionStage<Long> publish(CommandType command, NodeId to, byte[] message) {
        return connections.call(redis -> redis.dispatch(
                command,
                new IntegerOutput<>(StringCodec.UTF8),
                new CommandArgs<>(StringCodec.UTF8).addKey(keys.bus(to)).add(message)));
    }

    /** By sharded channels; by plain ones, from then on, where there are none. */
    private <T> CompletionStage<T> orPlain(
            Supplier<CompletionStage<T>> bySharded, Supplier<CompletionStage<T>> byPlain) {
        if (!sharded) {
            return byPlain.get();
        }
        return bySharded
                .get()
                .handle((answer, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(answer);
                    }
                    Throwable why = Answer.cause(failure);
                    if (!isUnknownCommand(why)) {
                        return CompletableFuture.<T>failedFuture(why);
                    }
                    if (sharded) {
                        sharded = false;
                        log.info("this Redis Cluster has no sharded channels for us: plain ones are used");
                    }
                    return byPlain.get();
                })
                .thenCompose(answer -> answer);
    }

    /** Unknown to this version of Redis, or not allowed to this user. */
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
     * Subscribes once more to what is listened to. In a Cluster a channel may be at another server by now, which knows
     * nothing of it; where nothing has changed it changes nothing. Called at the pace of beats.
     */
    void listenAgain() {
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

    private CompletionStage<Void> subscribe(String channel) {
        return connections.pubSub(channel).thenCompose(to -> {
            if (receiving.add(to)) {
                to.addListener(new Receiver());
                to.addListener(connections.lossOfMessages());
            }
            return this.<Void>orPlain(
                    () -> to.async().ssubscribe(channel), () -> to.async().subscribe(channel));
        });
    }

    private void unsubscribe(String channel) {
        connections
                .pubSub(channel)
                .thenCompose(to ->
                        sharded ? to.async().sunsubscribe(channel) : to.async().unsubscribe(channel))
                .whenComplete((done, failure) -> {
                    if (failure != null) { // messages to it are dropped here, and nobody else is asked to listen
                        log.debug("still subscribed error={}", LogValue.of(Answer.cause(failure)));
                    }
                });
    }

    private final class Receiver extends RedisPubSubAdapter<String, byte[]> {

        @Override
        public void message(String channel, byte[] message) {
            ChannelInbox inbox = inboxes.get(channel);
            if (inbox != null) {
                inbox.receive(message);
            }
        }

        @Override
        public void smessage(String channel, byte[] message) {
            message(channel, message);
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
