package io.scarfall.presence.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to each Redis server that holds keys, and the commands that go over it. Thread-safe. Nothing blocks.
 *
 * <p><b>Order, and no late commands.</b> By default Lettuce repeats unanswered commands after a reconnect, and keeps the
 * commands that are sent meanwhile. Here both fail: the caller learns of it, and sends what is right by then. Bytes that the
 * dead connection has handed to the network may still reach Redis, after newer writes. So each write carries the
 * <i>generation</i>, which rises whenever a connection is lost or made, and Redis refuses a write with a lower generation
 * than it has seen from the node. In a Cluster, a write goes straight to the connection of its partition. It does not follow
 * redirections, because a later write could overtake it there: it fails, and the topology is read again. All other commands
 * follow redirections.
 *
 * <p><b>Several connections.</b> {@link #another} has connections and threads of its own to the same Redis, so that neither
 * delays the other. They share the generation: a beat over one of them reports a loss on the other.
 *
 * <p><b>Redis away.</b> It connects as soon as Redis is there. Until then, and whenever Redis is away, every command fails at
 * once.
 */
final class RedisConnections implements Commands, RedisServers.Owner {

    private static final Logger log = LoggerFactory.getLogger(RedisConnections.class);

    /** After so many attempts a Cluster is used although some masters cannot be reached. Usually they soon can. */
    private static final int INCOMPLETE_ATTEMPTS = 3;

    /** How the errors of Redis begin that refuse the user or the password. */
    private static final List<String> REFUSALS =
            List.of("WRONGPASS", "NOAUTH", "NOPERM", "ERR invalid password", "ERR AUTH");

    private static final String NOT_YET = "not connected to Redis yet";
    private static final String PARTITION_AWAY = "no connection to the master of this partition";
    private static final String CLOSED = "connections: closed (expected: to be used before that)";

    private final RedisOptions options;
    private final RedisKeys keys;
    private final String purpose;
    private final ClientResources resources;
    private final RedisServers servers;
    private final AtomicLong generation;
    private final Witness witness;
    private final Unreadable unreadable;
    private final UserReads users;
    private final KeyLayout layout;
    private final ScriptLoader scripts = new ScriptLoader();
    private final PartitionChanges changes;

    /** The reason why Redis was not reached that was logged last. */
    private final AtomicReference<String> lastFailure;

    private final CompletableFuture<@Nullable Void> connected = new CompletableFuture<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicInteger incomplete = new AtomicInteger();
    private volatile RedisServers.@Nullable Route route;
    private volatile Runnable moved = () -> {};
    private volatile @Nullable RuntimeException refused;
    private volatile boolean closed;

    RedisConnections(RedisOptions options, RedisKeys keys) {
        this(
                options,
                keys,
                "sessions",
                new AtomicLong(),
                new AtomicReference<>(""),
                new Unreadable(options.listener(), options.time().nanoTime()));
    }

    private RedisConnections(
            RedisOptions options,
            RedisKeys keys,
            String purpose,
            AtomicLong generation,
            AtomicReference<String> lastFailure,
            Unreadable unreadable) {
        this.options = options;
        this.keys = keys;
        this.purpose = purpose;
        this.generation = generation;
        this.lastFailure = lastFailure;
        this.unreadable = unreadable;
        this.witness = new Witness(generation::get);
        this.users = new UserReads(this, keys, witness, options.cluster());
        this.layout = new KeyLayout(keys, unreadable);
        this.changes = new PartitionChanges(keys.partitions());
        this.resources = ClientSettings.resources();
        this.servers = options.cluster()
                ? new ClusterServers(this, options, keys, resources)
                : new StandaloneServers(this, options, keys, resources);
        Script.load();
        connect();
    }

    /**
     * More connections and threads, to the same Redis. The caller closes them too.
     *
     * @param purpose what they are for, as logs name it
     */
    RedisConnections another(String purpose) {
        return new RedisConnections(options, keys, purpose, generation, lastFailure, unreadable);
    }

    /** Completes when Redis was reached for the first time; fails if its keys have another layout. */
    CompletionStage<@Nullable Void> connected() {
        return connected;
    }

    /** Whether {@link #connected()} is complete, also by a failure. */
    boolean isConnected() {
        return connected.isDone();
    }

    /** What look-ups over these connections find out about Redis. */
    Witness witness() {
        return witness;
    }

    /** Counts data that cannot be read. */
    Unreadable unreadable() {
        return unreadable;
    }

    // ---- commands

    @Override
    public long generation() {
        return generation.get();
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        RedisServers.Route to = route;
        if (to == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        StatefulRedisConnection<String, String> connection = to.writers().get(partition);
        if (connection == null) {
            return CompletableFuture.failedFuture(new NotSentException(PARTITION_AWAY));
        }
        String[] key = {keys.fence(partition)};
        return connection
                .async()
                .<List<Object>>evalsha(Script.SESSIONS.sha(), ScriptOutputType.MULTI, key, args)
                .thenApply(unreadable::reply)
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        repair(Answer.cause(failure), connection);
                    }
                });
    }

    /** After a write that failed: removes the reason, so that later writes succeed. */
    private void repair(Throwable failure, StatefulRedisConnection<String, String> connection) {
        if (failure instanceof RedisNoScriptException) {
            scripts.reload(connection);
        } else {
            String message = failure.getMessage();
            if (message != null && (message.startsWith("MOVED") || message.startsWith("ASK"))) {
                servers.refresh();
            }
        }
    }

    @Override
    public CompletionStage<Reply> run(Script script, String[] keys, String... args) {
        return call(redis -> redis.<List<Object>>evalsha(script.sha(), ScriptOutputType.MULTI, keys, args))
                .handle((reply, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(reply);
                    }
                    if (!(Answer.cause(failure) instanceof RedisNoScriptException)) {
                        return CompletableFuture.<List<Object>>failedFuture(Answer.cause(failure));
                    }
                    return call(redis -> redis.<List<Object>>eval(script.source(), ScriptOutputType.MULTI, keys, args));
                })
                .thenCompose(Function.identity())
                .thenApply(unreadable::reply);
    }

    @Override
    public <T> CompletionStage<T> call(
            Function<RedisClusterAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        RedisServers.Route to = route;
        if (to == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        try {
            return command.apply(to.commands());
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    @Override
    public CompletionStage<List<UserRecord>> users(List<String> userIds) {
        return users.users(userIds);
    }

    @Override
    public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        return users.reaped(userIds);
    }

    /** Runs a command at any server that is connected: at the next one each time. */
    <T> CompletionStage<T> callAnywhere(
            Function<RedisAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        RedisServers.Route to = route;
        if (to == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        List<StatefulRedisConnection<String, String>> all = to.distinctWriters().stream()
                .filter(StatefulRedisConnection::isOpen)
                .toList();
        if (all.isEmpty()) {
            return CompletableFuture.failedFuture(new NotSentException(PARTITION_AWAY));
        }
        return command.apply(
                all.get(Math.floorMod(published.getAndIncrement(), all.size())).async());
    }

    /** Why commands fail before the first connection, and after the close. */
    RuntimeException notConnected() {
        RuntimeException fatal = refused;
        String why = String.valueOf(lastFailure.get());
        return fatal != null ? fatal : new NotSentException(why.isEmpty() ? NOT_YET : NOT_YET + ": " + why);
    }

    // ---- messages

    /**
     * A connection for messages, to the server of this channel; the same one as long as the channel stays there. It
     * subscribes again by itself after it was lost.
     */
    CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub(String channel) {
        return route == null ? CompletableFuture.failedFuture(notConnected()) : servers.pubSub(channel);
    }

    /** As {@link #pubSub}, to any server. In a Cluster it reconnects to another server each time. */
    CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>> pubSubAnywhere() {
        return route == null ? CompletableFuture.failedFuture(notConnected()) : servers.pubSubAnywhere();
    }

    /** Raises the generation when a connection for messages is lost, since messages may be lost: the next beat reports it. */
    RedisConnectionStateListener lossOfMessages() {
        return new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                generation.incrementAndGet();
            }
        };
    }

    // ---- which servers can be reached

    /** Sets what is called when servers were lost, came back, or took partitions over. */
    void whenMoved(Runnable action) {
        moved = action;
    }

    /** As {@link PartitionChanges#isUnsettled(RedisServers.Route, Duration)}. */
    boolean isUnsettled(Duration within) {
        return changes.isUnsettled(route, within);
    }

    /** As {@link PartitionChanges#isUnsettled(RedisServers.Route, int, Duration)}. */
    boolean isUnsettled(int partition, Duration within) {
        return changes.isUnsettled(route, partition, within);
    }

    /** The partitions without a connection to their master, as far as is known; all before the first connection. */
    BitSet away() {
        return changes.away(route);
    }

    /** Whether there is a connection, as far as is known; in a Cluster, whether there was one. */
    boolean isOpen() {
        RedisServers.Route to = route;
        return to != null && (options.cluster() || to.writers().get(0).isOpen());
    }

    boolean isCluster() {
        return options.cluster();
    }

    // ---- connecting

    private void connect() {
        if (closed) {
            return;
        }
        CompletionStage<RedisServers.Route> attempt;
        try {
            attempt = servers.connect();
        } catch (RuntimeException e) {
            attempt = CompletableFuture.failedFuture(e);
        }
        attempt.thenCompose(this::prepare).whenComplete((made, failure) -> {
            if (failure == null && !made.isComplete() && incomplete.incrementAndGet() < INCOMPLETE_ATTEMPTS) {
                later(this::connect, RedisServers.REPEAT_DELAY);
            } else if (failure == null) {
                begin(made);
            } else if (Answer.cause(failure) instanceof LayoutException other) {
                log.error(
                        "cannot use this Redis, its keys have another layout error={}",
                        LogValue.of(other.getMessage()));
                refused = other;
                connected.completeExceptionally(other);
            } else if (!closed) {
                report(Answer.cause(failure));
                later(this::connect, RedisServers.REPEAT_DELAY);
            }
        });
    }

    /** Loads the scripts, and checks the layout of the keys. */
    private CompletionStage<RedisServers.Route> prepare(RedisServers.Route made) {
        return scripts.load(made.distinctWriters())
                .thenCompose(loaded -> layout.check(made.commands()))
                .thenApply(checked -> made);
    }

    private void begin(RedisServers.Route made) {
        log.info(
                "connected to Redis purpose={} cluster={} partitions={}",
                purpose,
                options.cluster(),
                keys.partitions());
        route = made;
        connected.complete(null);
        if (closed) {
            route = null;
        } else if (!made.isComplete()) {
            servers.refresh();
        }
    }

    /** Logs once why Redis cannot be reached, however often it is tried: a wrong password needs a person. */
    private void report(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = root.toString();
        if (!why.equals(lastFailure.getAndSet(why))) {
            boolean refuses = REFUSALS.stream().anyMatch(why::contains);
            log.warn(
                    "not connected to Redis yet{}; retrying error={}",
                    refuses ? ": authentication refused" : "",
                    LogValue.of(why));
        }
    }

    /** Checks the layout of the keys again: Redis may have lost them, and another process may have written them since. */
    CompletionStage<Void> checkLayout() {
        return call(layout::check);
    }

    void close() {
        closed = true;
        route = null;
        RuntimeException ended = new NotSentException(CLOSED);
        refused = ended;
        connected.completeExceptionally(ended);
        servers.close().whenComplete((done, failure) -> resources.shutdown(0, 2, TimeUnit.SECONDS));
    }

    // ---- what the servers report

    @Override
    public RedisServers.@Nullable Route route() {
        return route;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /** Runs a task after a while. The JDK's timers take a lock, for which an event loop must not wait. */
    @Override
    public void later(Runnable task, Duration delay) {
        resources
                .timer()
                .newTimeout(
                        due -> resources.eventExecutorGroup().execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void reload(StatefulRedisConnection<String, String> connection) {
        scripts.reload(connection);
    }

    @Override
    public void moveTo(RedisServers.Route made) {
        generation.incrementAndGet();
        changes.moved(route, made);
        route = made;
        moved.run();
    }

    @Override
    public void watch(StatefulRedisConnection<String, String> connection) {
        connection.addListener(new Watch(connection));
    }

    /** Raises the generation, and loads the scripts again: the server of the connection may be another one. */
    private final class Watch implements RedisConnectionStateListener {

        private final StatefulRedisConnection<String, String> connection;

        Watch(StatefulRedisConnection<String, String> connection) {
            this.connection = connection;
        }

        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
            long raised = generation.incrementAndGet();
            log.debug("reconnected to Redis generation={}", raised);
            changes.changed(route, connection);
            scripts.reload(connection);
            moved.run();
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            long raised = generation.incrementAndGet();
            log.debug("connection to Redis lost generation={}", raised);
            changes.changed(route, connection);
            moved.run();
            servers.refresh();
        }
    }
}
