package io.scarfall.presence.redis;

import io.scarfall.presence.Page;
import io.scarfall.presence.Presence;
import io.scarfall.presence.TransitionFeed;
import io.scarfall.presence.UserPresence;
import io.scarfall.presence.UserSession;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Who is online, for a back end that is no node: it asks Redis, and nothing else.
 *
 * <pre>{@code
 * try (RedisPresence presence = RedisPresence.connect("redis://localhost:6379")) {
 *     presence.isOnline("anna", Duration.ofSeconds(1));
 * }
 * }</pre>
 *
 * <p>Thread-safe. The methods of {@link Presence} do not block; those with a timeout do, and are for callers that may.
 */
public final class RedisPresence implements Presence, AutoCloseable {

    private final RedisPresenceCluster cluster;

    private RedisPresence(RedisPresenceCluster cluster) {
        this.cluster = cluster;
    }

    /** Connects in the background, to an address as in {@link RedisPresenceCluster.Builder#address}. */
    public static RedisPresence connect(String address) {
        return of(RedisPresenceCluster.builder().address(address));
    }

    /** The same with other settings, which have to be those of the nodes where they are about keys and times. */
    public static RedisPresence of(RedisPresenceCluster.Builder builder) {
        return new RedisPresence(builder.build());
    }

    /** As {@link RedisPresenceCluster#connected()}. */
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

    /** Whether a user is online; waits. */
    public boolean isOnline(String userId, Duration timeout) {
        UserPresence presence = await(status(List.of(userId)), timeout).get(userId);
        return presence != null && presence.online();
    }

    /** As {@link #status}; waits. */
    public Map<String, UserPresence> status(Collection<String> userIds, Duration timeout) {
        return await(status(userIds), timeout);
    }

    /**
     * Waits for an answer. Not to be called on a thread that must not block, such as one on which a stage of this completes.
     *
     * @throws IllegalStateException if there is none within that time, it failed, or the thread was interrupted; the cause
     *     says why
     */
    public static <T> T await(CompletionStage<T> answer, Duration timeout) {
        try {
            return answer.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted (expected: an answer)", e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("no answer within " + timeout, e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("failed (expected: an answer)", e.getCause());
        }
    }

    @Override
    public void close() {
        cluster.close();
    }
}
