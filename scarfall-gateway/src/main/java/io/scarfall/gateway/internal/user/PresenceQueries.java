package io.scarfall.gateway.internal.user;

import io.scarfall.engineio.internal.Causes;
import io.scarfall.engineio.internal.FailureLog;
import io.scarfall.gateway.internal.limit.SessionLimits;
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
 * Answers users' queries about who is online, and refuses answers that cannot be true. The asking user is online. So a store
 * that does not list this user has lost more data, or takes this node for dead. Thread-safe.
 */
final class PresenceQueries {

    private static final FailureLog UNREADABLE = new FailureLog(
            LoggerFactory.getLogger(PresenceQueries.class), "cannot read presence, refusing queries", System::nanoTime);

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
     * Answers a query. An outage is an error, and never an empty list. Before and after the query, the store is asked
     * whether it knows the asking user, because it may lose or regain its data in between. The number of a user's queries in
     * progress is bounded, and the listed users have a cost. Call it on the socket's home loop.
     *
     * @param most the most users that the query may list, whose cost is spent before; 0 if that is not known
     * @param listed how many users the query listed or examined
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
                                        // on the thread that read the users: the list may be long
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

    /** An answer, and the number of users listed for it. */
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

    /** Fails if other nodes may not have written their sessions again: the list could be too short. */
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
                throw new IllegalStateException("the store does not list the asking user as online");
            }
        });
    }

    private static Failure failure(Throwable error) {
        Throwable cause = Causes.of(error);
        if (cause instanceof IllegalArgumentException) {
            return Failure.of("cursor: malformed (expected: the nextCursor of a page)", Failure.INVALID);
        }
        UNREADABLE.failed(cause);
        return Failure.of("presence cannot be read now, retry later", Failure.UNAVAILABLE);
    }
}
