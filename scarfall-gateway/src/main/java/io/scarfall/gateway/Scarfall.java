package io.scarfall.gateway;

import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.ParentNamespace;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway: a port for users, a port for services, and an API for the application that embeds it. Thread-safe.
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
 * <p>A gateway is built, started and closed once each. Afterwards the process can build another one.
 */
public final class Scarfall implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Scarfall.class);

    /** How long users stay online while their node drains: longer than the first reconnect of a client takes. */
    public static final Duration DRAIN_GRACE = Duration.ofSeconds(3);

    /** The longest grace period of a drain. */
    public static final Duration MAX_DRAIN_GRACE = Duration.ofHours(1);

    private final Setup setup;
    private final Shutdown shutdown = new Shutdown();
    private final UserNamespaces namespaces;
    private final Running running = new Running();
    private final Messages messages = running.messages();
    private final Presence presence;
    private final Roster roster;

    /** Held while the gateway starts, so that {@link #close} waits for the start. */
    private final Object lifecycle = new Object();

    private boolean closed; // guarded by lifecycle

    Scarfall(Setup setup) {
        this.setup = setup;
        namespaces = new UserNamespaces(setup.config());
        presence = running.presence(setup.cluster().presence());
        roster = running.roster(setup.cluster().roster());
        if (setup.verifier() instanceof JwtVerifier own) {
            shutdown.opened(own);
        }
    }

    /** A new builder. */
    public static ScarfallBuilder builder() {
        return new ScarfallBuilder();
    }

    /**
     * Starts the gateway, and waits until both ports listen. If the store cannot be reached within some seconds, the gateway starts
     * without it and keeps retrying: see {@link #isHealthy}. If the start fails, the gateway is closed. Must not be called on an
     * event loop.
     *
     * @throws IllegalStateException if the gateway was started or closed before
     * @throws IllegalArgumentException if one value does not fit another
     * @throws java.io.UncheckedIOException if a port cannot be opened
     */
    public void start() {
        synchronized (lifecycle) {
            if (closed || running.wiring() != null) {
                throw new IllegalStateException(
                        "gateway: " + (closed ? "closed" : "started") + " (expected: to be started once)");
            }
            try {
                running.begin(new Wiring(setup, namespaces, shutdown));
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

    /** The configuration of this gateway. */
    public GatewayConfig config() {
        return setup.config();
    }

    /**
     * The port for users; the actual one if the configuration said 0.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public int userPort() {
        return running.require().userPort.address().getPort();
    }

    /**
     * The port for services; the actual one if the configuration said 0.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public int internalPort() {
        return running.require().internalPort.address().getPort();
    }

    /** Which users are online. Stages fail with {@link IllegalStateException} while the gateway does not run. */
    public Presence presence() {
        return presence;
    }

    /**
     * The friends of users. Stages fail with {@link IllegalStateException} while the gateway does not run, and those of writes
     * with {@link UnsupportedOperationException} if the roster is read-only.
     */
    public Roster roster() {
        return roster;
    }

    /** Sends to users. Stages fail with {@link IllegalStateException} while the gateway does not run. */
    public Messages delivery() {
        return messages;
    }

    /**
     * Ends all connections of a user on every node, and refuses all tokens that were issued for the user until now. Tokens contain
     * the second of their issue, so the stage completes when the current second is over: a token that is issued then is accepted.
     * A token without {@code iat} counts as older.
     *
     * @return what was ended, within some seconds; fails if the store cannot be reached, and then the call can be repeated
     */
    public CompletionStage<Ended> revokeUser(String userId) {
        return revoke(() -> Target.user(userId));
    }

    /**
     * Ends a connection of a user on whichever node it is, and revokes its token. Other connections with the same token end too.
     *
     * @param sessionId as in {@link io.scarfall.presence.UserSession#sessionId}: the id of the socket
     * @return as for {@link #revokeUser}; if there is no such session, nothing is ended and no token is revoked
     */
    public CompletionStage<Ended> revokeSession(String userId, String sessionId) {
        return revoke(() -> Target.session(userId, sessionId));
    }

    /**
     * Ends all connections with a token on every node, and refuses the token from now on.
     *
     * @param token the token as clients send it
     * @return as for {@link #revokeUser}; fails with {@link TokenRefusedException} if the token is not valid anyway
     */
    public CompletionStage<Ended> revokeToken(String token) {
        return running.whileRunning(parts -> parts.authenticator.identify(token))
                .thenCompose(identity -> revokeTokenId(String.valueOf(identity.tokenId())));
    }

    /**
     * Ends all connections with a token on every node, and refuses the token from now on.
     *
     * @param tokenId the {@code jti} of the token, or its {@link Identity#digest} if it has none
     * @return as for {@link #revokeUser}
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
     * Emits to all sockets of the user gateway on this node, including those that are not authenticated.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Broadcaster users() {
        return running.require().users;
    }

    /**
     * Emits to all sockets of the internal gateway on this node, including those that are not authenticated.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Broadcaster services() {
        return running.require().services;
    }

    /**
     * Serves one more namespace on the users' port, as {@link ScarfallBuilder#namespace} does, from now on or from the start.
     * The events of a namespace that is added after the start are counted as {@code other} in the metrics.
     *
     * @param namespace of the application, or from {@link #authenticatedNamespace}
     * @throws IllegalStateException if there is a namespace with this name
     */
    public void addNamespace(Namespace namespace) {
        namespaces.server().add(namespace);
    }

    /**
     * Serves namespaces by pattern on the users' port, such as one for each tenant, from now on or from the start. Its clients need
     * a token if the maker of the children calls {@link #authenticatedNamespace}.
     */
    public void addNamespace(ParentNamespace parent) {
        namespaces.server().add(parent);
    }

    /**
     * Removes a namespace of the application from the users' port: clients cannot connect to it any more, and its sockets on this
     * node leave.
     *
     * @return whether this gateway had it
     */
    public boolean removeNamespace(Namespace namespace) {
        return namespaces.server().remove(namespace);
    }

    /** As {@link #removeNamespace(Namespace)}, for a parent with its children. */
    public boolean removeNamespace(ParentNamespace parent) {
        return namespaces.server().remove(parent);
    }

    /**
     * Makes a namespace that only clients with a valid token join, as {@link ScarfallBuilder#authenticatedNamespace}. It is served
     * once it is given to {@link #addNamespace(Namespace)}, or as the child of a {@link ParentNamespace}:
     *
     * <pre>{@code
     * scarfall.addNamespace(new ParentNamespace(
     *         Pattern.compile("/tenant-\\d+"),
     *         name -> scarfall.authenticatedNamespace(name, table -> table.on("order", Order.class, orders.of(name)))));
     * }</pre>
     *
     * @throws IllegalStateException before {@link #start}
     */
    public Namespace authenticatedNamespace(String name, Consumer<Namespace.Builder> table) {
        return namespaces.authenticated(name, table);
    }

    /** The number of sessions of users on this node; 0 before {@link #start}. */
    public int sessionCount() {
        Wiring parts = running.wiring();
        return parts == null ? 0 : parts.registry.size();
    }

    /**
     * Whether the gateway is started, the store answers, and this node is a member of the cluster. Otherwise only users of this
     * node are reached.
     */
    public boolean isHealthy() {
        Wiring parts = running.wiring();
        return parts != null && parts.health.isHealthy();
    }

    /**
     * Completes with the reason when this gateway cannot serve any more and will not recover: an {@link Error}, such as an {@link
     * OutOfMemoryError}, has ended an event loop. From then on {@code /healthz} and {@code /readyz} report it, if they can still
     * answer. A process that does nothing else should exit and be restarted; this library never ends it. The stage may complete
     * on any thread.
     *
     * @throws IllegalStateException before {@link #start}
     */
    public CompletionStage<String> broken() {
        return running.require().health.broken();
    }

    /** As {@link #drain(Duration, Duration, Duration)}, with a grace period of {@link #DRAIN_GRACE}. */
    public void drain(Duration notice, Duration timeout) {
        drain(notice, timeout, DRAIN_GRACE);
    }

    /**
     * Drains the gateway, then closes it. {@code /healthz} and {@code /readyz} report the drain at once. After {@code notice} the
     * gateway stops listening and closes the connections of its sessions, users first, in batches over half of {@code timeout}.
     * Each connection closes after its sent output has left, so clients reconnect to other nodes. Their users stay online for the
     * grace period: friends see nothing of a user who comes back in time, and another node sets the others offline. Presence and
     * cluster follow, as in {@link #close}. Must not be called on an event loop. A {@link #close} meanwhile ends the drain early.
     *
     * @param notice how long the gateway continues to serve while load balancers notice; may be zero
     * @param timeout time limit for everything after the notice
     * @param grace how long users stay online after their connection is closed; zero for none
     * @throws IllegalArgumentException if the grace period is negative, or longer than {@link #MAX_DRAIN_GRACE}
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
     * Stops listening, disconnects all clients, settles their presence and leaves the cluster. Removes the gateway's instruments
     * from its {@link Metrics}. Takes some seconds at most. Objects that the builder was given, such as a cluster, stay open.
     * Must not be called on an event loop. Idempotent.
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
