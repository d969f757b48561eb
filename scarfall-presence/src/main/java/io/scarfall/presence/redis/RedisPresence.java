package io.scarfall.presence.redis;

import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Queries about users, for a back end that is not a node: it needs Redis, and nothing else.
 *
 * <pre>{@code
 * try (RedisPresence presence = RedisPresence.connect("redis://localhost:6379")) {
 *     presence.isOnline("anna", Duration.ofSeconds(1));
 *     presence.onlineFriends("anna").thenAccept(friends -> ...);
 * }
 * }</pre>
 *
 * <table>
 * <caption>The queries</caption>
 * <tr><td>{@link #status(String)}, {@link #status(Collection)}</td>
 *     <td>whether users are online, when they were last seen, on how many devices</td></tr>
 * <tr><td>{@link #sessions}</td><td>the sessions of a user: device, address, times</td></tr>
 * <tr><td>{@link #onlineFriends}</td><td>the friends of a user who are online</td></tr>
 * <tr><td>{@link #online}, {@link #count}</td><td>all online users, in pages, and their number</td></tr>
 * <tr><td>{@link #transitions}</td><td>every change, from a position that the reader keeps, or for a group of readers whose
 *     position Redis keeps: at least once, resumable, in order per user</td></tr>
 * <tr><td>{@link #roster}</td><td>the lists of friends, which may also be changed here</td></tr>
 * </table>
 *
 * <p>Thread-safe. Methods that return a stage do not block; methods with a timeout do, and so does {@link #await} around any
 * stage. Stages complete on threads of the connection: code that is chained to them must not block.
 *
 * <p>It connects in the background, and reconnects whenever a connection is lost. A query before the first connection waits for
 * it: with a timeout for that time, as a stage for {@code commandTimeout} (2 s) at most. Later, while Redis is away, every query
 * fails at once; an outage never looks as if users were offline. The number of waiting and unanswered commands, and their time,
 * are bounded: {@link RedisPresenceCluster.Builder#maxPendingCommands}, {@code commandTimeout}.
 */
public final class RedisPresence implements Presence, AutoCloseable {

    private final RedisState cluster;

    private RedisPresence(RedisState cluster) {
        this.cluster = cluster;
    }

    /**
     * Connects in the background, to an address as in {@link RedisPresenceCluster.Builder#address}.
     *
     * @throws IllegalArgumentException if the address is malformed
     */
    public static RedisPresence connect(String address) {
        return of(RedisPresenceCluster.builder().address(address));
    }

    /** The same with other options. Those for keys and times must be the same as those of the nodes. */
    public static RedisPresence of(RedisPresenceCluster.Builder builder) {
        return new RedisPresence(builder.buildToAsk());
    }

    /** As {@link io.scarfall.presence.ClusterState#connected()}. There is no need to wait for it. */
    public CompletionStage<@Nullable Void> connected() {
        return cluster.connected();
    }

    @Override
    public CompletionStage<Map<String, UserPresence>> status(Collection<String> userIds) {
        return cluster.presence().status(userIds);
    }

    @Override
    public CompletionStage<List<UserSession>> sessions(String userId) {
        return cluster.presence().sessions(userId);
    }

    @Override
    public CompletionStage<List<UserPresence>> onlineFriends(String userId) {
        return cluster.presence().onlineFriends(userId);
    }

    @Override
    public CompletionStage<FriendsOnline> friends(String userId) {
        return cluster.presence().friends(userId);
    }

    @Override
    public CompletionStage<Page<UserPresence>> online(@Nullable String cursor, int limit) {
        return cluster.presence().online(cursor, limit);
    }

    @Override
    public CompletionStage<Long> count() {
        return cluster.presence().count();
    }

    @Override
    public TransitionFeed transitions() {
        return cluster.presence().transitions();
    }

    /** The lists of friends, which all nodes share. */
    public Roster roster() {
        return cluster.roster();
    }

    /**
     * Whether a user is online. Blocks until the answer.
     *
     * @throws IllegalStateException as {@link #await}
     */
    public boolean isOnline(String userId, Duration timeout) {
        return status(userId, timeout).online();
    }

    /**
     * As {@link #status(String)}. Blocks until the answer.
     *
     * @throws IllegalStateException as {@link #await}
     */
    public UserPresence status(String userId, Duration timeout) {
        return ask(() -> status(userId), timeout);
    }

    /**
     * As {@link #status(Collection)}. Blocks until the answer.
     *
     * @throws IllegalStateException as {@link #await}
     */
    public Map<String, UserPresence> status(Collection<String> userIds, Duration timeout) {
        return ask(() -> status(userIds), timeout);
    }

    /** Also waits for the first connection, and longer than a stage does. */
    private <T> T ask(Supplier<CompletionStage<T>> question, Duration timeout) {
        long start = System.nanoTime();
        CompletableFuture<@Nullable Void> connected = connected().toCompletableFuture();
        if (!connected.isDone()) {
            await(connected, timeout, "no connection to Redis within " + timeout);
        }
        Duration left = timeout.minusNanos(System.nanoTime() - start);
        return await(question.get(), left, "no answer within " + timeout);
    }

    /**
     * Waits for an answer. Not for threads that must not block, such as those on which stages of this class complete.
     *
     * @throws IllegalStateException if there is no answer in time, it failed, or the thread was interrupted; the
     *     cause shows the reason
     */
    public static <T> T await(CompletionStage<T> answer, Duration timeout) {
        return await(answer, timeout, "no answer within " + timeout);
    }

    private static <T extends @Nullable Object> T await(CompletionStage<T> answer, Duration timeout, String late) {
        try {
            return answer.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted (expected: an answer)", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException(late, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("failed (expected: an answer)", e.getCause());
        }
    }

    /** Closes the connection in the background. Operations in progress fail. Idempotent. */
    @Override
    public void close() {
        cluster.close();
    }
}
