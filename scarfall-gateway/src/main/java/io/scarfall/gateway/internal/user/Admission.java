package io.scarfall.gateway.internal.user;

import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.revocation.Revoker;
import io.scarfall.gateway.internal.session.SessionPlaces;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.Places.Claim;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the store about a token before the socket may act or gets anything. Was the token revoked? And if sessions beyond a
 * bound are refused: is a place of the user free? One round trip asks both. If the store does not answer, this node's
 * knowledge decides. Thread-safe; nothing blocks.
 */
public final class Admission {

    private static final Logger log = LoggerFactory.getLogger(Admission.class);

    private static final CompletionStage<@Nullable Claim> NO_CLAIM = CompletableFuture.completedStage(null);

    private final Revoker revoker;
    private final RevocationList revocations;
    private final SessionPlaces places;
    private final ThisNode node;
    private final StoreClock storeClock;
    private final Clock clock;
    private final Duration timeout;

    /** @param timeout how long to wait for the store's answer */
    public Admission(
            Revoker revoker,
            RevocationList revocations,
            SessionPlaces places,
            ThisNode node,
            StoreClock storeClock,
            Clock clock,
            Duration timeout) {
        this.revoker = revoker;
        this.revocations = revocations;
        this.places = places;
        this.node = node;
        this.storeClock = storeClock;
        this.clock = clock;
        this.timeout = timeout;
    }

    /**
     * Admits a socket as a new session of a user. The caller must open the session with the grant, or give the grant back.
     * Call it on the home loop.
     *
     * @return completes on the home loop; fails only with {@link TokenRefusedException}, also if the socket has left
     */
    CompletionStage<Grant> admit(Socket socket, Identity identity) {
        NodeId self = node.id();
        return ask(socket, identity, self == null || !places.refuseNew() ? null : session(socket, identity, self));
    }

    /** As {@link #admit}, for a later token of an open session. */
    CompletionStage<Grant> check(Socket socket, Identity identity) {
        return ask(socket, identity, null);
    }

    /** Refuses clients whose token was revoked. It must follow the guard that sets {@link Identity#of}. */
    public ConnectGuard guard() {
        return socket -> {
            Identity identity = Identity.of(socket);
            return identity == null
                    ? null
                    : check(socket, identity)
                            .exceptionallyCompose(error -> CompletableFuture.failedFuture(
                                    Authenticator.connectRefusal(socket, Authenticator.refused(error))));
        };
    }

    /** The session as a claim of a place needs it. */
    private UserSession session(Socket socket, Identity identity, NodeId self) {
        Instant now = clock.instant();
        return new UserSession(identity.userId(), socket.id(), self, now, now, null, null, null);
    }

    private CompletionStage<Grant> ask(Socket socket, Identity identity, @Nullable UserSession placed) {
        assert socket.isHome();
        Grant grant = new Grant(socket, identity, storeClock.millis(), placed);
        CompletableFuture<Grant> decision = new CompletableFuture<>();
        CompletableFuture<Boolean> checked = revoker.check(identity).toCompletableFuture();
        CompletableFuture<?> all = CompletableFuture.allOf(checked, grant.claim.toCompletableFuture());
        if (all.isDone()) {
            decide(grant, checked, decision);
            return decision;
        }
        Future<?> timer = socket.schedule(() -> decide(grant, checked, decision), timeout);
        all.whenComplete((done, error) -> socket.execute(() -> {
            timer.cancel(false);
            decide(grant, checked, decision);
        }));
        return decision;
    }

    private void decide(Grant grant, CompletableFuture<Boolean> checked, CompletableFuture<Grant> decision) {
        if (decision.isDone()) {
            return;
        }
        Claim claim = grant.claim.toCompletableFuture().getNow(null);
        grant.placed = claim != null && claim.granted();
        grant.answered = checked.getNow(false) && (grant.reservation == null || claim != null);
        TokenRefusedException refusal = null;
        if (grant.socket.hasLeft()) {
            refusal = TokenRefusedException.unavailable();
        } else if (revocations.refuses(grant.identity, grant.shownMillis)) {
            refusal = TokenRefusedException.revoked();
        } else if (claim != null && !claim.granted()) {
            refusal = Authenticator.tooManySessions();
        }
        if (refusal == null) {
            if (!grant.answered) {
                log.debug("session admitted without an answer of the store socket={}", grant.socket.id());
            }
            decision.complete(grant);
        } else {
            grant.giveBack();
            decision.completeExceptionally(refusal);
        }
    }

    /** A permission for a socket, which the caller uses or gives back. Confined to the socket's home loop. */
    final class Grant {

        private final Socket socket;
        private final Identity identity;
        private final long shownMillis;
        private final @Nullable UserSession reservation;

        /** Completes with null if the store cannot answer. */
        private final CompletionStage<@Nullable Claim> claim;

        private boolean answered;
        private boolean placed;

        Grant(Socket socket, Identity identity, long shownMillis, @Nullable UserSession reservation) {
            this.socket = socket;
            this.identity = identity;
            this.shownMillis = shownMillis;
            this.reservation = reservation;
            claim = reservation == null
                    ? NO_CLAIM
                    : places.claim(reservation, false).handle((answer, error) -> {
                        if (error != null) {
                            log.debug(
                                    "could not claim a place session={} error={}",
                                    socket.id(),
                                    LogText.of(error.toString()));
                        }
                        return answer;
                    });
        }

        Identity identity() {
            return identity;
        }

        /** When the token was shown, by the store's clock. */
        long shownMillis() {
            return shownMillis;
        }

        /** Whether the store has answered all questions. */
        boolean isAnswered() {
            return answered;
        }

        /** Whether the session has its place already. */
        boolean isPlaced() {
            return placed;
        }

        /** Gives the place back, also one that is granted later. Call it if the session will not be opened. */
        void giveBack() {
            UserSession given = reservation;
            if (given != null) {
                claim.thenAccept(answer -> {
                    if (answer == null
                            || answer.granted()) { // null: the store may have granted it, but the answer was lost
                        places.release(given);
                    }
                });
            }
        }
    }
}
