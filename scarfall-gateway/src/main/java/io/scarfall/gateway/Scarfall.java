package io.scarfall.gateway;

import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.socketio.Broadcaster;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway: a port for users, a port for services, and what an embedding back end works with. Thread-safe.
 *
 * <pre>{@code
 * Scarfall scarfall = Scarfall.builder().jwtSecret(secret).port(3000).internalPort(4000).build();
 * Messages messages = scarfall.delivery(); // can be injected before the gateway runs
 * scarfall.start();
 * scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
 * messages.sendMessage(List.of("alice"), "Your order is ready", Map.of("order", 42));
 * scarfall.presence().status(List.of("alice"));
 * ...
 * scarfall.close();
 * }</pre>
 *
 * <p>A gateway is built, then started, then closed, each once. A process may build another one afterwards.
 */
public final class Scarfall implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Scarfall.class);

    /** How long users stay online whose node drains: longer than the first attempt of a client to come back takes. */
    public static final Duration DRAIN_GRACE = Duration.ofSeconds(3);

    /** The longest grace of a drain. */
    public static final Duration MAX_DRAIN_GRACE = Duration.ofHours(1);

    private final Setup setup;
    private final Shutdown shutdown = new Shutdown();
    private final Running running = new Running();
    private final Messages messages = running.messages();
    private final Presence presence;
    private final Roster roster;

    /** Held while the gateway starts, so that a close waits for it. */
    private final Object lifecycle = new Object();

    private boolean closed; // guarded by lifecycle

    Scarfall(Setup setup) {
        this.setup = setup;
        presence = running.presence(setup.cluster().presence());
        roster = running.roster(setup.cluster().roster());
        if (setup.verifier() instanceof JwtVerifier own) {
            shutdown.opened(own);
        }
    }

    /** Starts to build a gateway. */
    public static ScarfallBuilder builder() {
        return new ScarfallBuilder();
    }

    /**
     * Starts the gateway, and waits until both ports listen. A store that cannot be reached is waited for some seconds; then
     * the gateway serves what it can without, and goes on asking: see {@link #isHealthy}. If the start fails the gateway is
     * closed. Not to be called on an event loop.
     *
     * @throws IllegalStateException if it was started or closed before
     * @throws IllegalArgumentException if a value does not fit the others
     * @throws java.io.UncheckedIOException if a port cannot be listened on
     */
    public void start() {
        synchronized (lifecycle) {
            if (closed || running.wiring() != null) {
                throw new IllegalStateException(
                        "gateway: " + (closed ? "closed" : "started") + " (expected: to be started once)");
            }
            try {
                running.begin(new Wiring(setup, shutdown));
            } catch (RuntimeException e) {
                close();
                throw e;
            }
        }
        Wiring parts = running.require();
        log.info(
                "gateway started node={} users={} services={} presence={}",
                config().nodeName(),
                parts.userPort.address(),
                parts.internalPort.address(),
                setup.cluster().getClass().getSimpleName());
    }

    /** Everything of this gateway that is a value. */
    public GatewayConfig config() {
        return setup.config();
    }

    /**
     * The port for users, also where the configuration said 0.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public int userPort() {
        return running.require().userPort.address().getPort();
    }

    /**
     * The port for services, also where the configuration said 0.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public int internalPort() {
        return running.require().internalPort.address().getPort();
    }

    /** Tells who is online. Its stages fail with {@link IllegalStateException} while the gateway does not run. */
    public Presence presence() {
        return presence;
    }

    /**
     * Tells, and where it can be written says, who lists whom as a friend. Its stages fail with {@link
     * IllegalStateException} while the gateway does not run.
     */
    public Roster roster() {
        return roster;
    }

    /**
     * Sends to users, and tells what became of it. Its stages fail with {@link IllegalStateException} while the gateway does
     * not run.
     */
    public Messages delivery() {
        return messages;
    }

    /**
     * Ends all connections of a user, on every node, and refuses from now on what was issued for the user until now. The stage
     * completes within some seconds, at the earliest when the present second is over, since tokens tell the second of their
     * issue: a token that is issued then is admitted. A token without {@code iat} counts as older.
     *
     * @return what was ended; fails if the store cannot be reached, and then may be called again
     */
    public CompletionStage<Ended> revokeUser(String userId) {
        return revoke(() -> Target.user(userId));
    }

    /**
     * Ends a connection of a user, wherever it is, and revokes the token that it stands on: other connections by the same token
     * end too.
     *
     * @param sessionId as in {@link io.scarfall.presence.UserSession#sessionId}: the id of the socket
     * @return as {@link #revokeUser}; nothing was ended if there is no such session any more, and then no token is revoked
     */
    public CompletionStage<Ended> revokeSession(String userId, String sessionId) {
        return revoke(() -> Target.session(userId, sessionId));
    }

    /**
     * Ends all connections that stand on a token, on every node, and refuses it from now on.
     *
     * @param token as clients send it
     * @return as {@link #revokeUser}; fails with {@link io.scarfall.gateway.TokenRefusedException} if it does not count anyway
     */
    public CompletionStage<Ended> revokeToken(String token) {
        return running.whileRunning(parts -> parts.authenticator.identify(token))
                .thenCompose(identity -> revokeTokenId(String.valueOf(identity.tokenId())));
    }

    /**
     * Ends all connections that stand on a token, on every node, and refuses it from now on.
     *
     * @param tokenId its {@code jti}, or where it has none, its {@link Identity#digest}
     * @return as {@link #revokeUser}
     */
    public CompletionStage<Ended> revokeTokenId(String tokenId) {
        return revoke(() -> Target.token(tokenId));
    }

    private CompletionStage<Ended> revoke(Supplier<Target> target) {
        return running.whileRunning(parts -> {
            try {
                return parts.revoker.revoke(target.get());
            } catch (IllegalArgumentException e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    /**
     * Emits to all sockets of the user gateway on this node, also to those that have not authenticated.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Broadcaster users() {
        return running.require().users;
    }

    /**
     * Emits to all sockets of the internal gateway on this node, also to those that have not authenticated.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Broadcaster services() {
        return running.require().services;
    }

    /** How many users' sessions there are on this node; 0 before {@link #start}. */
    public int sessionCount() {
        Wiring parts = running.wiring();
        return parts == null ? 0 : parts.registry.size();
    }

    /**
     * Whether the gateway was started, the store answers and this node is a member of the cluster. While it is not, only
     * this node's users are reached.
     */
    public boolean isHealthy() {
        Wiring parts = running.wiring();
        return parts != null && parts.health.isHealthy();
    }

    /**
     * Completes with the reason when this gateway can serve no more and will not recover: an event loop was ended by an {@link
     * Error}, such as an {@link OutOfMemoryError}. From then on {@code /healthz} and {@code /readyz} say so where they are still
     * answered. A process that does nothing else should end and be started again; this library never ends it. The stage may
     * complete on any thread.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public CompletionStage<String> broken() {
        return running.require().health.broken();
    }

    /** As {@link #drain(Duration, Duration, Duration)}, with a grace of {@link #DRAIN_GRACE}. */
    public void drain(Duration notice, Duration timeout) {
        drain(notice, timeout, DRAIN_GRACE);
    }

    /**
     * Takes leave of everybody, then closes. At once {@code /healthz} and {@code /readyz} say that this node leaves. When the
     * notice is over it stops listening and closes the transports of its sessions, those of users first, in batches that are
     * spread over half of the timeout, each when what was sent to it has left; clients that reconnect by themselves then do,
     * elsewhere. Their users stay online for the grace, so that friends hear nothing of those who come back in time; those
     * who do not go offline then, which another node tells. Last come presence and cluster, as in {@link #close}. Not to be
     * called on an event loop. A {@link #close} in the meantime is in its place.
     *
     * @param notice how long to go on serving, for load balancers to notice; may be zero
     * @param timeout how long all the rest may take
     * @param grace how long users stay online, from when their connection is closed; zero for not at all
     * @throws IllegalArgumentException if the grace is negative, or longer than {@link #MAX_DRAIN_GRACE}
     */
    public void drain(Duration notice, Duration timeout, Duration grace) {
        Check.upTo("grace", grace, MAX_DRAIN_GRACE);
        Wiring parts = running.wiring();
        if (parts == null) {
            close();
            return;
        }
        log.info("draining sessions={} notice={} timeout={} grace={}", sessionCount(), notice, timeout, grace);
        if (shutdown.announce(notice)) {
            return; // another thread has called close
        }
        shutdown.limit(timeout);
        if (!grace.isZero()) {
            parts.sessions.migrate(grace);
        }
        shutdown.await(
                "close the connections of users",
                parts.userPort.drain(timeout.dividedBy(2)),
                timeout.multipliedBy(3).dividedBy(4));
        shutdown.await(
                "close the connections of services",
                parts.internalPort.drain(timeout.dividedBy(8)),
                timeout.dividedBy(8));
        close();
    }

    /**
     * Stops listening, disconnects all clients, settles their presence and leaves the cluster; removes the gateway's
     * instruments from its {@link Metrics}. Waits some seconds at most. What the builder was given, such as a cluster, is
     * left open. Not to be called on an event loop. Idempotent.
     */
    @Override
    public void close() {
        synchronized (lifecycle) {
            closed = true;
        }
        shutdown.run();
        running.end();
    }
}
