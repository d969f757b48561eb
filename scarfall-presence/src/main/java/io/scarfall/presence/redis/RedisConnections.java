package io.scarfall.presence.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.metrics.CommandLatencyRecorder;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.scarfall.presence.internal.store.Answer;
import io.scarfall.presence.internal.store.LogValue;
import io.scarfall.presence.redis.RedisServers.Route;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to each Redis server that holds keys, and what goes through it. Thread-safe. Nothing blocks.
 *
 * <p><b>Order, and nothing late.</b> Lettuce would repeat after a reconnect what was under way, and would keep what is sent
 * meanwhile. Here both fail instead: whoever sent it learns that, and sends what then is right. What the dead connection
 * had already handed to the network may still reach Redis, behind newer writes: so writes carry the <i>generation</i>, which
 * is raised whenever a connection is lost or made, and Redis refuses one that is lower than what it has seen of the node.
 * In a Cluster, writes go straight to the connection of their partition and do not follow redirections, on which a later
 * write could overtake them; they fail, and the topology is read again. All else follows redirections.
 *
 * <p><b>Several.</b> Another one to the same Redis has its own connections and threads, so that neither delays the other. They
 * share the generation, so a beat on one of them tells of a loss on the other.
 *
 * <p><b>Redis away.</b> It is connected to as soon as it is there. Until then, and whenever it is not, everything fails at
 * once.
 */
final class RedisConnections implements Commands {

    private static final Logger log = LoggerFactory.getLogger(RedisConnections.class);
    private static final Duration LEAST_DELAY = Duration.ofMillis(50);
    static final Duration LONGEST_DELAY = Duration.ofSeconds(1);
    /** Before a first connection, or a reading of the topology, is tried again. */
    static final Duration REPEAT_DELAY = Duration.ofMillis(200);

    private static final Duration LONGEST_UNSETTLED = Duration.ofMinutes(1);
    /** So often in a row a Cluster is not taken as it is where masters cannot be reached: usually they can soon. */
    private static final int INCOMPLETE_ATTEMPTS = 3;
    /** How many records one command reads: longer ones would hold up other commands. */
    static final int READ_AT_ONCE = 128;
    /** How Redis's errors begin that are about who asks. */
    private static final List<String> REFUSALS =
            List.of("WRONGPASS", "NOAUTH", "NOPERM", "ERR invalid password", "ERR AUTH");

    private static final String NOT_YET = "not connected to Redis yet";
    private static final String PARTITION_AWAY = "no connection to the master of this partition";
    private static final String CLOSED = "connections: closed (expected: to be used before that)";

    /** How the messages begin of what fails before it is sent: ours, and those of Lettuce, which has no type for it. */
    private static final List<String> UNSENT = List.of(
            NOT_YET,
            CLOSED,
            PARTITION_AWAY,
            Writes.NOT_SENT,
            "Currently not connected",
            "Connection is closed",
            "Request queue size exceeded");

    private final RedisOptions options;
    private final RedisKeys keys;
    private final String purpose;
    private final ClientResources resources;
    private final RedisServers servers;
    private final AtomicLong generation;
    private final Witness witness;
    /** Why Redis was not reached, as it was logged last. */
    private final AtomicReference<String> lastFailure;

    private final CompletableFuture<@Nullable Void> connected = new CompletableFuture<>();
    /** What waits for {@link #connected}. Apart from it, so that what has waited long enough is not kept. */
    private final Map<Object, CompletableFuture<@Nullable Void>> waiting = new ConcurrentHashMap<>();

    private final Set<StatefulRedisConnection<String, String>> reloading = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Route route;
    private volatile Runnable moved = () -> {};

    /** When a connection was last lost, or a partition moved. */
    private volatile long unsettledNanos;

    /** When the connection of each partition was last lost, made, or replaced by another. */
    private final AtomicLongArray changedNanos;

    private final AtomicLong published = new AtomicLong();
    private final AtomicInteger incomplete = new AtomicInteger();
    private final Unreadable unreadable;
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
        this.purpose = purpose;
        this.generation = generation;
        this.witness = new Witness(generation::get);
        this.lastFailure = lastFailure;
        this.options = options;
        this.keys = keys;
        this.unreadable = unreadable;
        this.unsettledNanos = System.nanoTime() - LONGEST_UNSETTLED.toNanos();
        this.changedNanos = new AtomicLongArray(keys.partitions());
        for (int p = 0; p < keys.partitions(); p++) {
            changedNanos.set(p, unsettledNanos);
        }
        this.resources = ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .commandLatencyRecorder(CommandLatencyRecorder.disabled())
                .reconnectDelay(() ->
                        Delay.exponential(LEAST_DELAY.toMillis(), LONGEST_DELAY.toMillis(), TimeUnit.MILLISECONDS, 2))
                .nettyCustomizer(new FlushOnce())
                .build();
        this.servers = options.cluster()
                ? new ClusterServers(this, options, keys, resources)
                : new StandaloneServers(this, options, keys, resources);
        connected.whenComplete((done, failure) -> endWaits());
        Script.load();
        connect();
    }

    /**
     * Connections and threads beside these, to the same Redis. They are to be closed too.
     *
     * @param purpose what they are for, as logs name it
     */
    RedisConnections another(String purpose) {
        return new RedisConnections(options, keys, purpose, generation, lastFailure, unreadable);
    }

    /** Completes when Redis was reached for the first time; fails if its keys are laid out in another way. */
    CompletionStage<@Nullable Void> connected() {
        return connected;
    }

    /** Whether {@link #connected()} is complete, also by a failure. */
    boolean isConnected() {
        return connected.isDone();
    }

    /**
     * As {@link #connected()}, but fails after the timeout of a command, and at once where as many wait as commands may be
     * unanswered: as a command fails before there is a connection.
     */
    CompletionStage<@Nullable Void> firstConnection() {
        if (waiting.size() >= options.maxPendingCommands()) {
            return CompletableFuture.failedFuture(notConnected());
        }
        CompletableFuture<@Nullable Void> wait = new CompletableFuture<>();
        Object key = new Object();
        waiting.put(key, wait);
        if (isConnected()) {
            endWaits();
        } else {
            later(
                    () -> {
                        waiting.remove(key);
                        wait.completeExceptionally(notConnected());
                    },
                    options.commandTimeout());
        }
        return wait;
    }

    /** Lets go on what waits for the first connection; if there will be none, each command says why. */
    private void endWaits() {
        for (Iterator<CompletableFuture<@Nullable Void>> waits =
                        waiting.values().iterator();
                waits.hasNext(); ) {
            CompletableFuture<@Nullable Void> wait = waits.next();
            waits.remove();
            wait.complete(null);
        }
    }

    /** What look-ups of these connections find out about Redis. */
    Witness witness() {
        return witness;
    }

    /** Is told of what cannot be read. */
    Unreadable unreadable() {
        return unreadable;
    }

    @Override
    public long generation() {
        return generation.get();
    }

    @Override
    public CompletionStage<Reply> write(int partition, String... args) {
        Route to = route;
        if (to == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        StatefulRedisConnection<String, String> connection = to.writers().get(partition);
        if (connection == null) {
            return CompletableFuture.failedFuture(new RedisException(PARTITION_AWAY));
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
        Route to = route;
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
        if (options.cluster()) {
            return each(userIds, keys::user, UserRecord::of, UserRecord.UNREADABLE, UserRecord.AWAY);
        }
        List<CompletionStage<List<UserRecord>>> reads = new ArrayList<>();
        for (int from = 0; from < userIds.size(); from += READ_AT_ONCE) {
            List<String> some = userIds.subList(from, Math.min(userIds.size(), from + READ_AT_ONCE));
            String witnessKey = witness.key();
            List<String> names = new ArrayList<>(some.size() + 1);
            some.forEach(userId -> names.add(keys.user(userId)));
            if (witnessKey != null) {
                names.add(witnessKey);
            }
            reads.add(call(redis -> redis.mget(names.toArray(String[]::new)))
                    .thenApply(found -> records(found, some.size(), witnessKey)));
        }
        return joined(reads);
    }

    /**
     * Reads a key of each user, in a Cluster. One by one: of several keys in a slot that is being moved, some are elsewhere, and
     * all would fail.
     *
     * @param unreadable stands for a value of another type
     * @param away stands for a value whose partition is away
     */
    private <T> CompletionStage<List<T>> each(
            List<String> userIds,
            UnaryOperator<String> keyOf,
            Function<@Nullable String, T> read,
            T unreadable,
            T away) {
        List<CompletionStage<T>> reads = new ArrayList<>(userIds.size());
        for (String userId : userIds) {
            reads.add(Unreadable.orElse(
                    call(redis -> redis.get(keyOf.apply(userId))).thenApply(read), () -> unreadable));
        }
        return Partial.of(reads)
                .thenApply(parts ->
                        parts.stream().map(part -> part == null ? away : part).toList());
    }

    private static <T> CompletionStage<List<T>> joined(List<CompletionStage<List<T>>> reads) {
        return Answer.all(reads).thenApply(parts -> parts.size() == 1 ? parts.get(0) : join(parts));
    }

    private List<UserRecord> records(List<KeyValue<String, String>> found, int count, @Nullable String witnessKey) {
        List<UserRecord> records = new ArrayList<>(count);
        for (KeyValue<String, String> value : found.subList(0, count)) {
            records.add(value.hasValue() ? UserRecord.of(value.getValue()) : UserRecord.EMPTY);
        }
        if (witnessKey != null && !found.get(count).hasValue()) {
            witness.isMissing(witnessKey);
        }
        return records;
    }

    @Override
    public CompletionStage<List<ReapedSessions>> reaped(List<String> userIds) {
        if (options.cluster()) {
            return each(userIds, keys::reaped, RedisConnections::reaped, ReapedSessions.NONE, ReapedSessions.NONE);
        }
        List<CompletionStage<List<ReapedSessions>>> reads = new ArrayList<>();
        for (int from = 0; from < userIds.size(); from += READ_AT_ONCE) {
            String[] names = userIds.subList(from, Math.min(userIds.size(), from + READ_AT_ONCE)).stream()
                    .map(keys::reaped)
                    .toArray(String[]::new);
            reads.add(call(redis -> redis.mget(names))
                    .thenApply(found -> found.stream()
                            .map(value -> reaped(value.getValueOrElse(null)))
                            .toList()));
        }
        return joined(reads);
    }

    private static ReapedSessions reaped(@Nullable String text) {
        return text == null ? ReapedSessions.NONE : new ReapedSessions(text);
    }

    private static <T> List<T> join(List<List<T>> parts) {
        List<T> all = new ArrayList<>();
        parts.forEach(all::addAll);
        return all;
    }

    /**
     * A connection for messages, to the server that has this channel; the same one each time while that is so. It subscribes
     * again by itself when it was lost.
     */
    CompletionStage<StatefulRedisPubSubConnection<String, byte[]>> pubSub(String channel) {
        if (route == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        return servers.pubSub(channel);
    }

    /** As {@link #pubSub}, to any server: in a Cluster another one each time that it was lost. */
    CompletionStage<? extends StatefulRedisPubSubConnection<String, byte[]>> pubSubAnywhere() {
        if (route == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        return servers.pubSubAnywhere();
    }

    /** Runs a command at any server that is connected: at the next one each time. */
    <T> CompletionStage<T> callAnywhere(
            Function<RedisAsyncCommands<String, String>, ? extends CompletionStage<T>> command) {
        Route to = route;
        if (to == null) {
            return CompletableFuture.failedFuture(notConnected());
        }
        List<StatefulRedisConnection<String, String>> all = to.distinctWriters().stream()
                .filter(StatefulRedisConnection::isOpen)
                .toList();
        if (all.isEmpty()) {
            return CompletableFuture.failedFuture(new RedisException(PARTITION_AWAY));
        }
        return command.apply(
                all.get(Math.floorMod(published.getAndIncrement(), all.size())).async());
    }

    /** What is called when servers were lost, came back, or took partitions over. */
    void whenMoved(Runnable action) {
        moved = action;
    }

    /** Whether a master cannot be reached, or within this time a connection was lost or a partition moved. */
    boolean isUnsettled(Duration within) {
        Route to = route;
        return System.nanoTime() - unsettledNanos < within.toNanos() || (to != null && !to.isComplete());
    }

    @SuppressWarnings("ReferenceEquality") // a connection is itself
    private void changed(StatefulRedisConnection<String, String> connection) {
        Route to = route;
        long now = System.nanoTime();
        for (int p = 0; to != null && p < keys.partitions(); p++) {
            if (to.writers().get(p) == connection) {
                changedNanos.set(p, now);
            }
        }
    }

    private void unsettled() {
        unsettledNanos = System.nanoTime();
        moved.run();
    }

    /**
     * Whether the master of a partition cannot be reached, or became reachable within this time: it may have lost what it had,
     * and nodes may not have written their sessions again.
     */
    boolean isUnsettled(int partition, Duration within) {
        Route to = route;
        StatefulRedisConnection<String, String> writer =
                to == null ? null : to.writers().get(partition);
        return writer == null || !writer.isOpen() || System.nanoTime() - changedNanos.get(partition) < within.toNanos();
    }

    /** The partitions to whose master there is no connection, as far as is known; all while there was none yet. */
    BitSet away() {
        BitSet away = new BitSet(keys.partitions());
        Route to = route;
        for (int p = 0; p < keys.partitions(); p++) {
            StatefulRedisConnection<String, String> writer =
                    to == null ? null : to.writers().get(p);
            away.set(p, writer == null || !writer.isOpen());
        }
        return away;
    }

    /** Raises the generation too when a connection for messages is lost, since some may have been: the next beat tells. */
    RedisConnectionStateListener lossOfMessages() {
        return new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                generation.incrementAndGet();
            }
        };
    }

    /** Whether there is a connection, as far as is known; in a Cluster, whether there was one. */
    boolean isOpen() {
        Route to = route;
        return to != null && (options.cluster() || to.writers().get(0).isOpen());
    }

    boolean isCluster() {
        return options.cluster();
    }

    void close() {
        closed = true;
        route = null;
        RuntimeException ended = new RedisException(CLOSED);
        refused = ended;
        connected.completeExceptionally(ended);
        servers.close().whenComplete((done, failure) -> resources.shutdown(0, 2, TimeUnit.SECONDS));
    }

    private RuntimeException notConnected() {
        RuntimeException fatal = refused;
        String why = String.valueOf(lastFailure.get());
        return fatal != null ? fatal : new RedisException(why.isEmpty() ? NOT_YET : NOT_YET + ": " + why);
    }

    /** Whether this failed before it was sent, so that it had no effect. */
    static boolean isUnsent(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof LayoutException
                || (failure instanceof RedisException
                        && message != null
                        && UNSENT.stream().anyMatch(message::startsWith));
    }

    // ---- connecting

    private void connect() {
        if (closed) {
            return;
        }
        CompletionStage<Route> attempt;
        try {
            attempt = servers.connect();
        } catch (RuntimeException e) {
            attempt = CompletableFuture.failedFuture(e);
        }
        attempt.thenCompose(this::prepare).whenComplete((made, failure) -> {
            if (failure == null && !made.isComplete() && incomplete.incrementAndGet() < INCOMPLETE_ATTEMPTS) {
                later(this::connect, REPEAT_DELAY);
            } else if (failure == null) {
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
            } else if (Answer.cause(failure) instanceof LayoutException layout) {
                log.error("not connected to Redis error={}", LogValue.of(layout.getMessage()));
                refused = layout;
                connected.completeExceptionally(layout);
            } else if (!closed) {
                tell(Answer.cause(failure));
                later(this::connect, REPEAT_DELAY);
            }
        });
    }

    /** Runs a task after a while. The JDK's timers would take a lock, which an event loop must not wait for. */
    void later(Runnable task, Duration delay) {
        resources
                .timer()
                .newTimeout(
                        due -> resources.eventExecutorGroup().execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Says once why Redis is not reached, however often it is tried: a wrong password needs a person. */
    private void tell(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String why = root.toString();
        if (!why.equals(lastFailure.getAndSet(why))) {
            boolean refuses = REFUSALS.stream().anyMatch(why::contains);
            log.warn(
                    "not connected to Redis yet{} error={}",
                    refuses ? ", which refuses this user or password: tried again until it does not" : "",
                    LogValue.of(why));
        }
    }

    /** Loads the scripts, and checks that the keys are laid out as here. */
    private CompletionStage<Route> prepare(Route made) {
        List<CompletionStage<String>> loads = new ArrayList<>();
        for (StatefulRedisConnection<String, String> connection : made.distinctWriters()) {
            loads.addAll(load(connection));
        }
        return Answer.all(loads)
                .thenCompose(loaded -> checkLayout(made.commands()))
                .thenApply(checked -> made);
    }

    /** Checks again that the keys are laid out as here: Redis may have lost them, and another may have written them. */
    CompletionStage<Void> checkLayout() {
        return call(this::checkLayout);
    }

    private CompletionStage<Void> checkLayout(RedisClusterAsyncCommands<String, String> commands) {
        String partitions = String.valueOf(keys.partitions());
        return commands.<List<Object>>eval(
                        Script.META.source(),
                        ScriptOutputType.MULTI,
                        new String[] {keys.meta()},
                        RedisKeys.FORMAT,
                        partitions,
                        RedisKeys.FORMAT_BEFORE)
                .thenAccept(answer -> {
                    Reply layout = unreadable.reply(answer);
                    if (!layout.text(0).equals(RedisKeys.FORMAT)) {
                        throw new LayoutException("format: " + RedisKeys.FORMAT, layout.text(0));
                    }
                    if (!layout.text(1).equals(partitions)) {
                        throw new LayoutException("partitions: " + partitions, layout.text(1));
                    }
                });
    }

    private static List<CompletionStage<String>> load(StatefulRedisConnection<String, String> connection) {
        List<CompletionStage<String>> loads = new ArrayList<>();
        for (Script script : Script.values()) {
            loads.add(connection.async().scriptLoad(script.source()));
        }
        return loads;
    }

    /** After a write that failed: what made it fail will not last. */
    private void repair(Throwable failure, StatefulRedisConnection<String, String> connection) {
        if (failure instanceof RedisNoScriptException) {
            reload(connection);
        } else {
            String message = failure.getMessage();
            if (message != null && (message.startsWith("MOVED") || message.startsWith("ASK"))) {
                servers.refresh();
            }
        }
    }

    /** Loads the scripts into the server behind a connection. */
    void reload(StatefulRedisConnection<String, String> connection) {
        if (!reloading.add(connection)) {
            return; // many writes may find that they are missing
        }
        Answer.all(load(connection)).whenComplete((loaded, failure) -> {
            reloading.remove(connection);
            if (failure != null) {
                log.debug("scripts not loaded error={}", LogValue.of(Answer.cause(failure)));
            }
        });
    }

    /** Notices from now on when this connection is lost or made. */
    void watch(StatefulRedisConnection<String, String> connection) {
        connection.addListener(new Watch(connection));
    }

    /** Where commands go; null before there is a connection, and when this is closed. */
    @Nullable
    Route route() {
        return route;
    }

    /** Partitions are at other servers now, or masters cannot be reached any more. */
    @SuppressWarnings("ReferenceEquality") // a connection is itself
    void moveTo(Route made) {
        Route before = route;
        generation.incrementAndGet();
        long now = System.nanoTime();
        for (int p = 0; p < keys.partitions(); p++) {
            if (before == null || made.writers().get(p) != before.writers().get(p)) {
                changedNanos.set(p, now);
            }
        }
        route = made;
        unsettled();
    }

    boolean isClosed() {
        return closed;
    }

    /** Raises the generation, and loads the scripts again: the server behind the connection may be another. */
    private final class Watch implements RedisConnectionStateListener {

        private final StatefulRedisConnection<String, String> connection;

        Watch(StatefulRedisConnection<String, String> connection) {
            this.connection = connection;
        }

        @Override
        public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
            long raised = generation.incrementAndGet();
            log.debug("connected again to Redis generation={}", raised);
            changed(connection);
            reload(connection);
            unsettled();
        }

        @Override
        public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
            long raised = generation.incrementAndGet();
            log.debug("connection to Redis lost generation={}", raised);
            changed(connection);
            unsettled();
            servers.refresh();
        }
    }

    /** The keys in Redis are laid out in another way. */
    private static final class LayoutException extends IllegalStateException {

        private static final long serialVersionUID = 1L;

        LayoutException(String expected, String found) {
            super(expected + " (expected: " + found + ", as the keys in Redis are laid out)");
        }
    }
}
