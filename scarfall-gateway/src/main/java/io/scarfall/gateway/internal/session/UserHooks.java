package io.scarfall.gateway.internal.session;

import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.UserCall;
import io.scarfall.gateway.UserListener;
import io.scarfall.gateway.UserListener.Change;
import io.scarfall.gateway.internal.blocking.BlockingCalls;
import io.scarfall.presence.Status;
import io.scarfall.presence.TransitionFeed.StatusChange;
import io.scarfall.presence.internal.Transition;
import io.scarfall.socketio.DisconnectReason;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Calls the application's listeners of users. Those about one session are called in order, the blocking ones in the session's
 * order of blocking work. Thread-safe, except for methods that must run on a home loop.
 */
public final class UserHooks {

    private static final Logger log = LoggerFactory.getLogger(UserHooks.class);

    private static final CompletionStage<@Nullable Object> DONE = CompletableFuture.completedStage(null);

    private final List<Hook> hooks;
    private final Function<LiveSession, UserCall> calls;
    private final Metrics.Counter errors;
    private final FailureLog failures =
            new FailureLog(log, Level.ERROR, "listener of users failed, continuing", System::nanoTime);

    /** Blocking calls about users without a session, one at a time; null if there are none. */
    private final @Nullable BlockingCalls changes;

    /** A listener, and whether it blocks. */
    public record Hook(UserListener listener, boolean blocks) {}

    /**
     * @param calls makes what a listener gets of a session
     * @param executor the application's, for blocking listeners; null for threads of their own
     * @param timeLimit how long a blocking listener may take
     */
    public UserHooks(
            List<Hook> hooks,
            Function<LiveSession, UserCall> calls,
            @Nullable Executor executor,
            Duration timeLimit,
            Metrics metrics) {
        this.hooks = List.copyOf(hooks);
        this.calls = calls;
        errors = metrics.counter("scarfall.handler.errors", "port", "users");
        changes = hooks.stream().anyMatch(Hook::blocks) ? new BlockingCalls(executor, 1, timeLimit) : null;
    }

    /** Whether the application has no listener. */
    boolean isEmpty() {
        return hooks.isEmpty();
    }

    /**
     * A session is open, and its client knows. Call it on the home loop. Does nothing if it was called before, or if the session
     * has ended.
     *
     * @return completes when the listeners have returned, on any thread; never fails
     */
    CompletionStage<?> connected(LiveSession session) {
        if (isEmpty() || !session.isOpen() || !session.announce()) {
            return DONE;
        }
        UserCall user = calls.apply(session);
        Change change = change(session.opened());
        return each(session, listener -> listener.connected(user, change));
    }

    /** The socket of a session is about to leave, and is still in its rooms. Call it on the home loop. */
    void disconnecting(LiveSession session, DisconnectReason reason) {
        if (!isEmpty() && session.isAnnounced()) {
            UserCall user = calls.apply(session);
            Set<String> rooms = session.socket().rooms();
            var unused = each(session, listener -> listener.disconnecting(user, reason, rooms));
        }
    }

    /**
     * The store was told that a session has ended.
     *
     * @param kind the effect; null if it is not known
     * @return completes when the listeners have returned, on any thread; never fails
     */
    CompletionStage<?> disconnected(LiveSession session, DisconnectReason reason, Transition.@Nullable Kind kind) {
        CompletableFuture<@Nullable Object> done = new CompletableFuture<>();
        atHome(session, done, () -> {
            if (!session.isAnnounced()) {
                done.complete(null);
                return;
            }
            Runnable tell = () -> {
                UserCall user = calls.apply(session);
                each(session, listener -> listener.disconnected(user, reason, change(kind)))
                        .whenComplete((called, none) -> done.complete(null));
            };
            session.limits().posted().whenComplete((ended, never) -> atHome(session, done, tell));
        });
        return done;
    }

    /** Runs a step on the home loop; completes the stage if that is not possible. */
    private void atHome(LiveSession session, CompletableFuture<@Nullable Object> done, Runnable step) {
        try {
            session.socket().execute(step);
        } catch (RejectedExecutionException e) { // the application has ended its event loops before the gateway
            failed(e);
            done.complete(null);
        }
    }

    private static Change change(Transition.@Nullable Kind kind) {
        if (kind == null) {
            return Change.UNKNOWN;
        }
        return switch (kind) {
            case CAME_ONLINE -> Change.CAME_ONLINE;
            case WENT_OFFLINE -> Change.WENT_OFFLINE;
            case UNCHANGED -> Change.NONE;
        };
    }

    private CompletionStage<?> each(LiveSession session, Consumer<UserListener> call) {
        CompletionStage<?> last = DONE; // what is posted last ends last
        for (Hook hook : hooks) {
            if (hook.blocks()) {
                last = session.limits()
                        .post(() -> {
                            call.accept(hook.listener());
                            return null;
                        })
                        .exceptionally(this::failed);
            } else {
                run(() -> call.accept(hook.listener()));
            }
        }
        return last;
    }

    /** The status of a user has changed. */
    public void changed(Transition transition) {
        if (isEmpty()) {
            return;
        }
        boolean online = transition.kind() == Transition.Kind.CAME_ONLINE;
        StatusChange change = new StatusChange(
                transition.userId(),
                online ? Status.ONLINE : Status.OFFLINE,
                transition.version(),
                transition.lastSeen(),
                transition.email());
        for (Hook hook : hooks) {
            if (hook.blocks() && changes != null) {
                changes.call(() -> {
                            hook.listener().statusChanged(change);
                            return null;
                        })
                        .exceptionally(this::failed);
            } else {
                run(() -> hook.listener().statusChanged(change));
            }
        }
    }

    private void run(Runnable call) {
        try {
            call.run();
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            failed(e);
        }
    }

    private @Nullable Object failed(Throwable error) {
        errors.increment();
        failures.failed("port=users", error);
        return null;
    }
}
