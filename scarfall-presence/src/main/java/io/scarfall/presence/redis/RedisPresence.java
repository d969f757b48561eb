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
 * Who is online, for a back end that is no node: it asks Redis, and nothing else.
 *
 * <pre>{@code
 * try (RedisPresence presence = RedisPresence.connect("redis://localhost:6379")) {
 *     presence.isOnline("anna", Duration.ofSeconds(1));
 *     presence.onlineFriends("anna").thenAccept(friends -> ...);
 * }
 * }</pre>
 *
 * <table>
 * <caption>What may be asked</caption>
 * <tr><td>{@link #status(String)}, {@link #status(Collection)}</td>
 *     <td>whether users are online, since when not, on how many devices</td></tr>
 * <tr><td>{@link #sessions}</td><td>the sessions of a user: device, address, times</td></tr>
 * <tr><td>{@link #onlineFriends}</td><td>who is online of those whom a user lists</td></tr>
 * <tr><td>{@link #online}, {@link #count}</td><td>everybody who is online, in pages, and how many</td></tr>
 * <tr><td>{@link #transitions}</td><td>every change, to be followed from a position that the reader keeps, or by a group of
 *     readers whose position Redis keeps: at least once, resumable, in order per user</td></tr>
 * <tr><td>{@link #roster}</td><td>who lists whom, which may be changed here too</td></tr>
 * </table>
 *
 * <p>Thread-safe. What answers by a stage does not block; what takes a timeout does, and is for callers that may, as is
 * {@link #await} around any stage. Stages complete on threads of the connection: what is chained to them must not block.
 *
 * <p>It connects in the background, and again whenever a connection is lost. What is asked before the first connection waits
 * for it: calls with a timeout as long as that says, stages for {@code commandTimeout} (2 s) at most. Afterwards, while Redis
 * is away, everything fails at once: an outage never looks like nobody. How many commands may wait or be unanswered, and for
 * how long, is bounded: {@link RedisPresenceCluster.Builder#maxPendingCommands}, {@code commandTimeout}.
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

    /** The same with other settings, which have to be those of the nodes where they are about keys and times. */
    public static RedisPresence of(RedisPresenceCluster.Builder builder) {
        return new RedisPresence(builder.buildToAsk());
    }

    /** As {@link io.scarfall.presence.ClusterState#connected()}. Nothing needs to wait for it. */
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

    /** Who lists whom as a friend: the lists that all nodes see. */
    public Roster roster() {
        return cluster.roster();
    }

    /**
     * Whether a user is online; waits.
     *
     * @throws IllegalStateException as {@link #await}
     */
    public boolean isOnline(String userId, Duration timeout) {
        return status(userId, timeout).online();
    }

    /**
     * As {@link #status(String)}; waits.
     *
     * @throws IllegalStateException as {@link #await}
     */
    public UserPresence status(String userId, Duration timeout) {
        return ask(() -> status(userId), timeout);
    }

    /**
     * As {@link #status(Collection)}; waits.
     *
     * @throws IllegalStateException as {@link #await}
     */
    public Map<String, UserPresence> status(Collection<String> userIds, Duration timeout) {
        return ask(() -> status(userIds), timeout);
    }

    /** Waits for the first connection too, and longer than a stage would. */
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
     * Waits for an answer. Not to be called on a thread that must not block, such as one on which a stage of this completes.
     *
     * @throws IllegalStateException if there is none within that time, it failed, or the thread was interrupted; the cause
     *     says why
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

    /** Ends the connection, in the background. What is under way fails. Idempotent. */
    @Override
    public void close() {
        cluster.close();
    }
}
