package io.scarfall.gateway.internal.user;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.node.FailureLog;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.presence.Presence;
import io.scarfall.presence.UserPresence;
import io.scarfall.socketio.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Answers users' questions about who is online, and refuses answers that cannot be true: the user who asks is online, so a
 * store that does not list this user has lost more, or takes this node for dead. Thread-safe.
 */
final class PresenceQueries {

    private static final FailureLog UNREADABLE = new FailureLog(
            LoggerFactory.getLogger(PresenceQueries.class),
            "presence cannot be read, queries are refused",
            System::nanoTime);

    private static final String BLIND = "the store may not know who is connected to other nodes";

    private final Presence presence;
    private final SessionSync sessions;
    private final ThisNode node;

    PresenceQueries(Presence presence, SessionSync sessions, ThisNode node) {
        this.presence = presence;
        this.sessions = sessions;
        this.node = node;
    }

    /**
     * Answers a query. An outage is an error and never an empty list. The store is asked before and after whether it knows the
     * user who asks, since in between it may lose everything, or get it again. The queries of a user that are under way are
     * bounded, and what they list costs. To be called on the socket's home loop.
     *
     * @param most how many users are listed at most, which is paid before; 0 if that is not known
     * @param listed how many were listed, or looked at
     */
    <T> @Nullable Object answer(
            LiveSession asker,
            int most,
            Function<Presence, CompletionStage<T>> find,
            ToIntFunction<T> listed,
            Function<T, Object> answer)
            throws Exception {
        Socket socket = asker.socket();
        SessionLimits limits = SessionLimits.of(socket);
        long retryAfterMs = limits.spendOnListed(socket, most);
        if (retryAfterMs > 0) {
            return Failure.rateLimited(retryAfterMs);
        }
        Object outcome = limits.inTurn(
                socket,
                () -> found(
                                asker,
                                presence -> find.apply(presence)
                                        // on the thread that has read it: it may be long
                                        .thenApply(found -> new Listed(answer.apply(found), listed.applyAsInt(found))))
                        .handle((found, error) -> {
                            socket.execute(() -> limits.settle(socket, most, error == null ? found.count : 0));
                            return error == null ? found.answer : failure(error);
                        }));
        if (outcome instanceof Failure) {
            limits.settle(socket, most, 0);
        }
        return outcome;
    }

    /** An answer, and how many users were listed for it. */
    private record Listed(Object answer, int count) {}

    private CompletionStage<Listed> found(LiveSession asker, Function<Presence, CompletionStage<Listed>> find) {
        boolean answered = asker.isAnswered();
        CompletionStage<?> before = answered ? known(asker) : KNOWN;
        if (node.storeDoubt().isBlind()) {
            return CompletableFuture.failedFuture(new IllegalStateException(BLIND));
        }
        return find.apply(presence)
                .thenCombine(before, (found, known) -> found)
                .thenApply(this::seen)
                .thenCompose(found -> (answered ? known(asker) : KNOWN).thenApply(known -> found));
    }

    /** Other nodes may not have written their sessions again: a list would be too short. */
    private Listed seen(Listed found) {
        if (node.storeDoubt().isBlind()) {
            throw new IllegalStateException(BLIND);
        }
        return found;
    }

    private static final CompletionStage<?> KNOWN = CompletableFuture.completedStage(null);

    private CompletionStage<?> known(LiveSession asker) {
        return presence.status(List.of(asker.userId())).thenAccept(own -> {
            if (own.values().stream().noneMatch(UserPresence::online)) {
                sessions.repair(asker);
                throw new IllegalStateException("the store does not know that the asking user is online");
            }
        });
    }

    private static Failure failure(Throwable error) {
        Throwable cause = Causes.of(error);
        if (cause instanceof IllegalArgumentException) {
            return Failure.of("cursor: malformed (expected: the nextCursor of a page)", Failure.INVALID);
        }
        UNREADABLE.failed(cause);
        return Failure.of("presence cannot be read at this moment", Failure.UNAVAILABLE);
    }
}
