package io.scarfall.gateway;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.engineio.MemoryBudget;
import io.scarfall.engineio.ResponseHeaders;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.engineio.internal.LogText;
import io.scarfall.gateway.ControlConfig.WhenFull;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.Expiry;
import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.control.Revoker;
import io.scarfall.gateway.internal.control.SessionPlaces;
import io.scarfall.gateway.internal.delivery.DeliveryCounts;
import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.delivery.NodeLinks;
import io.scarfall.gateway.internal.delivery.SendFailure;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.http.HealthRoutes;
import io.scarfall.gateway.internal.http.OriginGuard;
import io.scarfall.gateway.internal.http.SecurityHeaders;
import io.scarfall.gateway.internal.limit.LimitCounter;
import io.scarfall.gateway.internal.limit.PortLimits;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.metrics.LoopLag;
import io.scarfall.gateway.internal.metrics.TrafficCounter;
import io.scarfall.gateway.internal.node.Membership;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.service.ServiceGateway;
import io.scarfall.gateway.internal.user.Admission;
import io.scarfall.gateway.internal.user.BlockingHandlers;
import io.scarfall.gateway.internal.user.FriendsRefresh;
import io.scarfall.gateway.internal.user.LiveSession;
import io.scarfall.gateway.internal.user.LiveSessions;
import io.scarfall.gateway.internal.user.PresenceNotifier;
import io.scarfall.gateway.internal.user.UserGateway;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.Beat;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.internal.Revocation.Target;
import io.scarfall.presence.internal.Transition;
import io.scarfall.presence.memory.MemoryCluster;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.SocketConfig;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JsonLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running gateway: a port for users, a port for services, and what an embedding back end works with. Thread-safe.
 *
 * <pre>{@code
 * Scarfall scarfall = Scarfall.builder().jwtSecret(secret).port(3000).internalPort(4000).start();
 * scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
 * scarfall.delivery().sendMessage(List.of("alice"), "Your order is ready", Map.of("order", 42));
 * scarfall.presence().status(List.of("alice"));
 * ...
 * scarfall.close();
 * }</pre>
 */
public final class Scarfall implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Scarfall.class);

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** How long handlers that may block are waited for when a gateway closes, and again when they were interrupted. */
    private static final Duration HANDLERS_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration INTERRUPT_TIMEOUT = Duration.ofSeconds(1);

    /** How long users stay online whose node drains: longer than the first attempt of a client to come back takes. */
    public static final Duration DRAIN_GRACE = Duration.ofSeconds(3);

    /** The longest grace of a drain. */
    public static final Duration MAX_DRAIN_GRACE = Duration.ofHours(1);

    /** Between the pages of an audit, so that the sessions of a full node are compared at a pace. */
    private static final Duration BETWEEN_PAGES = Duration.ofMillis(50);

    private static final Duration BETWEEN_TICKS = Duration.ofMillis(100);

    private static final double MILLIS_PER_DAY = 86_400_000;

    /** By so much a notice may be late. */
    private static final Duration BETWEEN_NOTICES = Duration.ofMillis(50);

    /** The names of the ports in metrics. */
    private static final String USERS = "users";

    private static final String INTERNAL = "internal";
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LAG_INTERVAL = Duration.ofSeconds(1);
    private static final String LOOP_ENDED = "an event loop has ended";

    /** An event loop that has not run a task for so long serves nobody. */
    private static final Duration STUCK = Duration.ofSeconds(5);

    private final GatewayConfig config;
    private final NodeAccess cluster;
    private final EventLoops loops;
    private final LoopLag loopLag;
    private final UserDelivery delivery;
    private final Authenticator authenticator;
    private final LiveSessions sessions;
    private final Revoker revoker;
    private final Membership membership;
    private final Broadcaster users;
    private final Broadcaster services;
    private final EngineServer userPort;
    private final EngineServer internalPort;

    /** What {@link #close} does, the last first. */
    private final Deque<Runnable> undo = new ArrayDeque<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private volatile boolean started;
    private volatile boolean leaving;

    /** When a drain has to be over, in {@link System#nanoTime}; null while none has begun. */
    private volatile @Nullable Long drainedByNanos;

    /** Every line needs only the lines above it. */
    private Scarfall(Builder builder) {
        config = builder.config();
        Clock clock = builder.clock;
        builder.checkTokenSources();
        Metrics metrics = builder.metrics;
        InetSocketAddress internalAddress = internalAddress(config, builder.serviceKeys);
        cluster = builder.cluster();
        try {
            RevocationList revocations = new RevocationList();
            TokenVerifier verifier = builder.tokenVerifier(config, this::opened);
            loops = builder.loops == null ? opened(EventLoops.start(0)) : builder.loops;
            MemoryBudget memory = config.wire().memory().budget();
            ScheduledExecutorService timers = builder.timers == null ? loops.timers() : builder.timers;
            authenticator = new Authenticator(
                    verifier,
                    revocations,
                    config.tokenInQuery(),
                    config.delivery().maxUserIdLength(),
                    timers);
            loopLag = new LoopLag(loops.executors(), metrics, System::nanoTime);
            ScheduledExecutorService scheduler = builder.timers == null ? scheduler("scarfall-upkeep") : builder.timers;
            LongSupplier nanoTime = builder.nanoTime;
            undo.push(scheduler::shutdownNow);
            // beats wait for no other upkeep
            ScheduledExecutorService beats = builder.timers == null ? scheduler("scarfall-beats") : builder.timers;
            undo.push(beats::shutdownNow);

            ThisNode node = new ThisNode(config.nodeName());
            LimitCounter limits = new LimitCounter(metrics);
            LocalUsers localUsers = new LocalUsers();
            StoreClock storeClock = new StoreClock(nanoTime);
            NodeLinks links = new NodeLinks(cluster.bus(), node, storeClock, nanoTime, config.delivery());
            DeliveryCounts counts = new DeliveryCounts(metrics, limits);
            delivery = new UserDelivery(
                    localUsers,
                    cluster.store(),
                    links,
                    config.delivery(),
                    counts,
                    memory,
                    config.sessions().noticeWindow(),
                    clock,
                    nanoTime);
            PresenceNotifier notifier = new PresenceNotifier(
                    cluster.presence(),
                    cluster.roster(),
                    delivery,
                    metrics,
                    cluster.settings().lease(),
                    nanoTime);
            Roster.AddedListener added = notifier::added;
            cluster.roster().addListener(added);
            undo.push(() -> cluster.roster().removeListener(added));
            SessionPlaces places = new SessionPlaces(cluster.places(), links, config.control(), limits);
            sessions = new LiveSessions(
                    cluster.store(),
                    cluster.roster(),
                    node,
                    localUsers,
                    notifier,
                    revocations,
                    places,
                    storeClock,
                    config.sessions(),
                    config.tokens().warning(),
                    metrics,
                    clock,
                    nanoTime,
                    task -> scheduler.schedule(task, BETWEEN_PAGES.toMillis(), TimeUnit.MILLISECONDS));
            revoker = new Revoker(
                    cluster,
                    revocations,
                    sessions,
                    authenticator.sockets(),
                    links,
                    storeClock,
                    config.control(),
                    timers,
                    metrics);
            Upkeep upkeep = new Upkeep(delivery, links, sessions, revoker, places, notifier, storeClock);
            membership = new Membership(cluster, node, upkeep, metrics, beats, nanoTime);
            undo.push(() -> await("leave the cluster", membership.leave(), CLOSE_TIMEOUT));
            undo.push(() -> await("settle presence", sessions.drain(), CLOSE_TIMEOUT));

            Admission admission = new Admission(
                    revoker,
                    revocations,
                    places,
                    node,
                    storeClock,
                    clock,
                    config.sessions().authTimeout());
            UserGateway userGateway = new UserGateway(
                    authenticator,
                    sessions,
                    admission,
                    delivery,
                    cluster.presence(),
                    config.sessions(),
                    builder.answersUnknownEvents,
                    metrics,
                    clock);
            BlockingHandlers blocking = new BlockingHandlers(builder.blockingExecutor, limits, metrics);
            undo.push(() -> end(blocking));
            builder.addEvents(userGateway, this::call, blocking);
            Namespace userSpace = userGateway.namespace();
            Namespace serviceSpace = new ServiceGateway(
                            builder.serviceKeys,
                            delivery,
                            cluster.roster(),
                            revoker,
                            authenticator,
                            config.sessions().authTimeout(),
                            builder.answersUnknownEvents,
                            metrics,
                            clock)
                    .namespace();
            users = userSpace.broadcaster();
            services = serviceSpace.broadcaster();

            WarmUp.await();
            every(scheduler, config.sessions().cleanupInterval(), sessions::cleanUp);
            every(scheduler, config.sessions().cleanupInterval(), membership::adopt);
            FriendsRefresh friends = new FriendsRefresh(
                    cluster.roster(), localUsers::userCount, localUsers::userIds, config.friends(), nanoTime);
            every(scheduler, BETWEEN_TICKS, friends::tick);
            every(scheduler, BETWEEN_TICKS, links::tick);
            Executor notices = loops.executors().get(0);
            every(scheduler, BETWEEN_NOTICES, () -> delivery.tick(notices));
            await("join the cluster", membership.joined().thenCompose(joined -> revoker.upToDate()), JOIN_TIMEOUT);
            List<Namespace> spaces = builder.namespaces(userSpace, authenticator, admission.guard());
            SocketConfig packets = SocketConfig.DEFAULT.withJson(config.wire().json());
            PortLimits userLimits = new PortLimits(
                    USERS,
                    config.limits(),
                    spaces,
                    Map.of(RateLimits.SEND_MESSAGE, wait -> SendFailure.rateLimited(wait, clock)),
                    limits,
                    metrics,
                    nanoTime);
            PortLimits internalLimits = new PortLimits(
                    INTERNAL,
                    config.limits().forServices(),
                    List.of(serviceSpace),
                    Map.of(),
                    limits,
                    metrics,
                    nanoTime);
            HttpRoutes health = new HealthRoutes(this::whyNotServing, this::whyNotReady, this::whyDegraded);
            userPort = opened(EngineServer.start(
                    holding(config.delivery(), builder.userEngine(config, limits, memory, health)),
                    new SocketServer(packets, spaces, userLimits),
                    loops));
            internalPort = opened(EngineServer.start(
                    holding(config.delivery(), builder.internalEngine(config, internalAddress, limits, memory, health)),
                    new SocketServer(packets, List.of(serviceSpace), internalLimits),
                    loops));
            every(scheduler, LAG_INTERVAL, loopLag::probe);
            every(scheduler, LAG_INTERVAL, loops::isAlive);
            every(scheduler, SWEEP_INTERVAL, userLimits::sweep);
            showGauges(metrics, localUsers, links, memory);
            showKeys(metrics, verifier);
            started = true;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        log.info(
                "gateway started node={} users={} services={} presence={}",
                config.nodeName(),
                userPort.address(),
                internalPort.address(),
                cluster.getClass().getSimpleName());
    }

    /** Shows how much there is of what; what is counted as it happens is counted where it does. */
    private void showGauges(Metrics metrics, LocalUsers localUsers, NodeLinks links, MemoryBudget memory) {
        showPort(metrics, userPort, USERS);
        showPort(metrics, internalPort, INTERNAL);
        metrics.gauge("scarfall.sessions", sessions::size);
        metrics.gauge("scarfall.users", localUsers::userCount);
        metrics.gauge("scarfall.sessions.unsettled", sessions::unsettledCount);
        metrics.gauge("scarfall.sessions.unclosed", sessions::unclosedCount);
        metrics.gauge("scarfall.links.unanswered", links::unanswered);
        metrics.gauge("scarfall.held.bytes", memory::heldBytes);
        metrics.gauge("scarfall.held.bytes.max", memory::maxBytes);
        metrics.gauge("scarfall.healthy", () -> membership.isHealthy() ? 1 : 0);
        metrics.gauge("scarfall.store.away.partitions", cluster::awayPartitions);
    }

    private static void showKeys(Metrics metrics, TokenVerifier verifier) {
        DoubleSupplier age = verifier instanceof JwtVerifier jwt ? jwt::keysAgeSeconds : () -> Double.NaN;
        metrics.gauge("scarfall.keys.age.seconds", age);
    }

    private static void showPort(Metrics metrics, EngineServer server, String port) {
        metrics.gauge("scarfall.connections", server::sessionCount, "port", port);
        for (String transport : List.of("polling", "websocket")) {
            metrics.gauge(
                    "scarfall.transports", () -> server.sessionCount(transport), "port", port, "transport", transport);
        }
        metrics.gauge("scarfall.certificate.remaining.days", () -> daysUntil(server.certificateEnd()), "port", port);
    }

    private static double daysUntil(@Nullable Instant end) {
        return end == null ? Double.NaN : Duration.between(Instant.now(), end).toMillis() / MILLIS_PER_DAY;
    }

    private <T extends AutoCloseable> T opened(T resource) {
        undo.push(() -> {
            try {
                resource.close();
            } catch (Exception e) {
                log.warn("cannot close {}", resource.getClass().getSimpleName(), e);
            }
        });
        return resource;
    }

    /** Waits for what a start or stop needs. What does not come in time is logged, and goes on by itself. */
    private void await(String what, CompletionStage<?> stage, Duration timeout) {
        Long drainedBy = drainedByNanos;
        long millis = timeout.toMillis();
        if (drainedBy != null) {
            millis = Math.max(0, Math.min(millis, TimeUnit.NANOSECONDS.toMillis(drainedBy - System.nanoTime())));
        }
        try {
            stage.toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            log.warn("could not {} in time error={}", what, LogText.of(e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ScheduledExecutorService scheduler(String name) {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1, daemons(name));
        scheduler.setRemoveOnCancelPolicy(true);
        return scheduler;
    }

    private void end(BlockingHandlers handlers) {
        if (!handlers.idle().toCompletableFuture().isDone()) {
            await("finish blocking handlers", handlers.idle(), HANDLERS_TIMEOUT);
        }
        handlers.stop();
        await("interrupt blocking handlers", handlers.idle(), INTERRUPT_TIMEOUT);
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private static void every(ScheduledExecutorService scheduler, Duration delay, Runnable task) {
        Runnable guarded = () -> {
            try {
                task.run();
            } catch (Throwable e) { // of whatever kind, it would end the repetition for good
                log.error("upkeep failed", e);
            }
        };
        long millis = Math.max(1, delay.toMillis());
        var unused = scheduler.scheduleWithFixedDelay(guarded, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** What the membership of this node asks of the rest. */
    private record Upkeep(
            UserDelivery delivery,
            NodeLinks links,
            LiveSessions sessions,
            Revoker revoker,
            SessionPlaces places,
            PresenceNotifier notifier,
            StoreClock storeClock)
            implements Membership.Callbacks {

        @Override
        public void received(byte[] message) {
            delivery.received(message, revoker);
        }

        @Override
        public void joined() {
            revoker.doubt();
            notifier.doubt();
            sessions.reopenAll();
        }

        @Override
        public boolean isSettled() {
            return sessions.isSettled();
        }

        @Override
        public void beat(Beat beat) {
            storeClock.learn(beat.time());
            links.retain(beat.live());
            if (beat.doubtful()) {
                revoker.doubt();
                notifier.doubt();
                sessions.reopenAll();
                sessions.audit();
            }
            revoker.beat(beat.live());
            places.beat(beat.live());
            sessions.settle();
            notifier.beat(beat.time());
        }

        @Override
        public void reaped(Transition transition) {
            notifier.notify(transition);
        }
    }

    /** The bound of a payload holds those of a message, or it would end the session of a client that the others only refuse. */
    private static EngineConfig holding(DeliveryConfig delivery, EngineConfig engine) {
        if (delivery.leastPayloadBytes() > engine.maxPayloadBytes()) {
            throw new IllegalArgumentException("maxMessageBytes, maxMetadataBytes: " + delivery.maxMessageBytes() + ", "
                    + delivery.maxMetadataBytes() + " (expected: with " + DeliveryConfig.ENVELOPE_BYTES
                    + " for the event around them at most maxPayloadBytes, " + engine.maxPayloadBytes() + ")");
        }
        return engine;
    }

    /** Without keys anybody who reaches the internal port may send: so only this machine does. */
    private static InetSocketAddress internalAddress(GatewayConfig config, ServiceKeys keys) {
        InetAddress address;
        try {
            address = InetAddress.getByName(config.internalHost());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(
                    "internalHost: " + config.internalHost() + " (expected: a known host)", e);
        }
        if (keys.isEmpty() && !config.openInternal() && !address.isLoopbackAddress()) {
            throw new IllegalArgumentException("internalHost: " + config.internalHost()
                    + " (expected: a loopback address, or service keys, or openInternal)");
        }
        return new InetSocketAddress(address, config.internalPort());
    }

    /** Starts to build a gateway. */
    public static Builder builder() {
        return new Builder();
    }

    /** Everything of this gateway that is a value. */
    public GatewayConfig config() {
        return config;
    }

    /** The port for users, also where the configuration said 0. */
    public int userPort() {
        return userPort.address().getPort();
    }

    /** The port for services, also where the configuration said 0. */
    public int internalPort() {
        return internalPort.address().getPort();
    }

    /** Tells who is online. */
    public Presence presence() {
        return cluster.presence();
    }

    /** Tells, and where it can be written says, who lists whom as a friend. */
    public Roster roster() {
        return cluster.roster();
    }

    /** Sends to users, and tells what became of it. */
    public UserDelivery delivery() {
        return delivery;
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
        return authenticator.identify(token).thenCompose(identity -> revokeTokenId(String.valueOf(identity.tokenId())));
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
        try {
            return revoker.revoke(target.get());
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Emits to all sockets of the user gateway on this node, also to those that have not authenticated. */
    public Broadcaster users() {
        return users;
    }

    /** Emits to all sockets of the internal gateway on this node, also to those that have not authenticated. */
    public Broadcaster services() {
        return services;
    }

    /** How many users' sessions there are on this node. */
    public int sessionCount() {
        return sessions.size();
    }

    /** Whether the store answers and this node is a member of the cluster; while not, only this node's users are reached. */
    public boolean isHealthy() {
        return membership.isHealthy();
    }

    /**
     * Completes with the reason when this gateway can serve no more and will not recover: an event loop was ended by an {@link
     * Error}, such as an {@link OutOfMemoryError}. From then on {@code /healthz} and {@code /readyz} say so where they are still
     * answered. A process that does nothing else should end and be started again; this library never ends it. The stage may
     * complete on any thread.
     */
    public CompletionStage<String> broken() {
        return loops.broken().thenApply(ended -> LOOP_ENDED);
    }

    /** Why this node does not serve, as {@code /healthz} says it; null if it does. */
    private @Nullable String whyNotServing() {
        if (leaving) {
            return "draining";
        }
        if (!loops.isAlive()) {
            return LOOP_ENDED;
        }
        return loopLag.worstNanos() > STUCK.toNanos() ? "an event loop is stuck" : null;
    }

    /** Why this node is not all that it is there for, as {@code /readyz} says it; null if it is. */
    private @Nullable String whyNotReady() {
        String reason = whyNotServing();
        if (reason != null) {
            return reason;
        }
        if (!started) {
            return "starting";
        }
        if (isHealthy()) {
            return null;
        }
        return membership.isNameTaken() ? "the node name is taken" : "the store cannot be reached";
    }

    /** Why this node, which is ready, does not serve all users; null if it does. */
    private @Nullable String whyDegraded() {
        return cluster.awayPartitions() > 0 ? "part of the store is away" : null;
    }

    private UserCall call(LiveSession session) {
        return new UserCall(session.identity(), session.socket(), delivery, cluster.presence(), cluster.roster());
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
        if (grace.isNegative() || grace.compareTo(MAX_DRAIN_GRACE) > 0) {
            throw new IllegalArgumentException("grace: " + grace + " (expected: 0 to " + MAX_DRAIN_GRACE + ")");
        }
        leaving = true;
        log.info("draining sessions={} notice={} timeout={} grace={}", sessionCount(), notice, timeout, grace);
        try {
            if (closing.await(notice.toMillis(), TimeUnit.MILLISECONDS)) {
                return; // closed by somebody else
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        drainedByNanos = System.nanoTime() + timeout.toNanos();
        if (!grace.isZero()) {
            sessions.migrate(grace);
        }
        await(
                "take leave of users",
                userPort.drain(timeout.dividedBy(2)),
                timeout.multipliedBy(3).dividedBy(4));
        await("take leave of services", internalPort.drain(timeout.dividedBy(8)), timeout.dividedBy(8));
        close();
    }

    /**
     * Stops listening, disconnects everybody, settles their presence and leaves the cluster. Waits some seconds at most. What
     * the builder was given, such as a cluster, is left open. Not to be called on an event loop. Idempotent.
     */
    @Override
    public void close() {
        leaving = true;
        closing.countDown();
        while (true) {
            Runnable next;
            synchronized (undo) {
                next = undo.poll();
            }
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    /**
     * Collects what a gateway is to be. Everything has a default but the proof of users' identities, which is one of {@link
     * #jwtSecret}, {@link #jwtPublicKey}, {@link #jwks} and {@link #tokenVerifier}. Values out of their range are refused by {@link #start}, with {@code name: value (expected:
     * ...)}. Not thread-safe.
     */
    public static final class Builder {

        private static final String LOOPBACK = "127.0.0.1";
        private static final Attribute<Expiry> EXPIRY = Attribute.named("expiry");

        private @Nullable String host;
        private int port = 3000;
        private String internalHost = LOOPBACK;
        private int internalPort = 4000;
        private boolean openInternal;
        private boolean internalNullOrigin;
        private String path = "/socket.io";
        private List<String> corsOrigins = List.of("*");
        private Duration pingInterval = Duration.ofSeconds(25);
        private Duration pingTimeout = Duration.ofSeconds(20);
        private boolean tokenInQuery;
        private boolean answersUnknownEvents = true;
        private String nodeName = UUID.randomUUID().toString();
        private Duration authTimeout = SessionConfig.DEFAULT.authTimeout();
        private Duration touchInterval = SessionConfig.DEFAULT.touchInterval();
        private Duration sessionExpiry = SessionConfig.DEFAULT.sessionExpiry();
        private Duration idleTimeout = SessionConfig.DEFAULT.idleTimeout();
        private Duration cleanupInterval = SessionConfig.DEFAULT.cleanupInterval();
        private int maxPageSize = SessionConfig.DEFAULT.maxPageSize();
        private Duration offlineGrace = SessionConfig.DEFAULT.offlineGrace();
        private Duration noticeWindow = SessionConfig.DEFAULT.noticeWindow();
        private int maxRecipients = DeliveryConfig.DEFAULT.maxRecipients();
        private int maxUserIdLength = DeliveryConfig.DEFAULT.maxUserIdLength();
        private int maxMessageBytes = DeliveryConfig.DEFAULT.maxMessageBytes();
        private int maxMetadataBytes = DeliveryConfig.DEFAULT.maxMetadataBytes();
        private long maxFanOutBytes = DeliveryConfig.DEFAULT.maxFanOutBytes();
        private int maxUnanswered = DeliveryConfig.DEFAULT.maxUnanswered();
        private RateLimits rateLimits = LimitConfig.DEFAULT.rates();
        private int maxSessionsPerUser = LimitConfig.DEFAULT.maxSessionsPerUser();
        private int maxFailedAuthentications = LimitConfig.DEFAULT.maxFailedAuthentications();
        private Metrics metrics = Metrics.NONE;
        private Duration applyTimeout = DeliveryConfig.DEFAULT.applyTimeout();
        private Duration answerTimeout = DeliveryConfig.DEFAULT.answerTimeout();
        private ConnectionLimits connectionLimits = WireConfig.DEFAULT.connections();
        private HttpLimits httpLimits = WireConfig.DEFAULT.http();
        private JsonLimits jsonLimits = WireConfig.DEFAULT.json();
        private MemoryLimits memoryLimits = WireConfig.DEFAULT.memory();
        private List<String> trustedProxies = List.of();
        private boolean proxyProtocol;
        private @Nullable TlsFiles tls;
        private boolean internalTls;
        private Duration revocationExpiry = ControlConfig.DEFAULT.revocationExpiry();
        private int maxRevocations = ControlConfig.DEFAULT.maxRevocations();
        private int maxUserSessions = ControlConfig.DEFAULT.maxUserSessions();
        private WhenFull whenFull = ControlConfig.DEFAULT.whenFull();

        private Duration friendsRefreshInterval = FriendsConfig.DEFAULT.refreshInterval();
        private int maxFriendsRefreshesPerSecond = FriendsConfig.DEFAULT.refreshesPerSecond();

        private final List<String> tokenSources = new ArrayList<>();
        private @Nullable Function<GatewayConfig, JwtVerifier> jwtVerifier;
        private @Nullable TokenVerifier tokenVerifier;
        private List<String> jwtIssuers = List.of();
        private List<String> jwtAudiences = List.of();
        private Duration jwtSkew = TokenConfig.DEFAULT.skew();
        private Duration tokenWarning = TokenConfig.DEFAULT.warning();
        private ServiceKeys serviceKeys = ServiceKeys.NONE;
        private Clock clock = Clock.systemUTC();
        private @Nullable ScheduledExecutorService timers;
        private LongSupplier nanoTime = System::nanoTime;
        private @Nullable NodeAccess cluster;
        private @Nullable Roster roster;
        private @Nullable EventLoops loops;
        private @Nullable Executor blockingExecutor;
        private HttpRoutes httpFallback = request -> null;
        private HttpRoutes internalHttpFallback = request -> null;
        private boolean healthRoutes = true;
        private boolean securityHeaders = true;
        private ResponseHeaders responseHeaders = response -> {};
        private Consumer<EngineConfig.Builder> userEngine = engine -> {};
        private Consumer<EngineConfig.Builder> internalEngine = engine -> {};
        private final List<OwnEvent> events = new ArrayList<>();
        private final List<BiFunction<Authenticator, ConnectGuard, Namespace>> namespaces = new ArrayList<>();

        private Builder() {}

        // Who users and services are.

        /**
         * The secret that users' JSON Web Tokens are signed with, by HS256: at least 32 bytes, and none that is published.
         */
        public Builder jwtSecret(String secret) {
            Objects.requireNonNull(secret, "secret");
            return jwtVerifier("jwtSecret", config -> JwtVerifier.bySecret(secret, config.tokens(), clock));
        }

        /**
         * The public key of those who sign users' JSON Web Tokens.
         *
         * @param pem {@code PUBLIC KEY} or {@code CERTIFICATE}, or up to four of them while keys change: any of them counts
         */
        public Builder jwtPublicKey(JwtAlgorithm algorithm, String pem) {
            Objects.requireNonNull(pem, "pem");
            return jwtVerifier(
                    "jwtPublicKey", config -> JwtVerifier.byPublicKey(algorithm, pem, config.tokens(), clock));
        }

        /** Where the issuer of users' JSON Web Tokens publishes its keys, and by which algorithms it may sign. */
        public Builder jwks(URI uri, JwtAlgorithm... algorithms) {
            return jwks(JwksConfig.of(uri, algorithms));
        }

        /** Where the issuer of users' JSON Web Tokens publishes its keys, and how long they count. */
        public Builder jwks(JwksConfig jwks) {
            Objects.requireNonNull(jwks, "jwks");
            return jwtVerifier("jwks", config -> JwtVerifier.byJwks(jwks, config.tokens(), clock));
        }

        private Builder jwtVerifier(String source, Function<GatewayConfig, JwtVerifier> verifier) {
            tokenSources.remove(source);
            tokenSources.add(source);
            jwtVerifier = verifier;
            return this;
        }

        /** The issuers of which a token's {@code iss} must name one; any if not called. */
        public Builder jwtIssuer(String... issuers) {
            jwtIssuers = List.of(issuers);
            return this;
        }

        /** The audiences of which a token's {@code aud} must name one; any if not called. */
        public Builder jwtAudience(String... audiences) {
            jwtAudiences = List.of(audiences);
            return this;
        }

        /** How far the clocks of the tokens' issuer and of this node may be apart; 5 s, at most 60 s. */
        public Builder jwtSkew(Duration skew) {
            jwtSkew = skew;
            return this;
        }

        /** Verifies users' tokens in another way, in place of {@link #jwtSecret} and its like. */
        public Builder tokenVerifier(TokenVerifier verifier) {
            tokenVerifier = Objects.requireNonNull(verifier, "verifier");
            return this;
        }

        /**
         * How long before the end of its token a client is told, by the event {@code token_expiring}, to send another one by
         * {@code authenticate}; 60 s, and for tokens that live less than five minutes more, a fifth of that. Zero: never.
         */
        public Builder tokenWarning(Duration value) {
            tokenWarning = value;
            return this;
        }

        /**
         * Whether a token in the query parameter {@code token} counts; false. Such tokens end up in the logs of proxies.
         */
        public Builder tokenInQuery(boolean allowed) {
            tokenInQuery = allowed;
            return this;
        }

        /**
         * Whether an event without a handler that asks for an ack gets {@code {status: "error", error, code: "unknown_event"}},
         * on both ports; {@code true} if not called. The reference implementation does not answer such an event.
         */
        public Builder answerUnknownEvents(boolean answer) {
            answersUnknownEvents = answer;
            return this;
        }

        /** The keys of services: {@code name:key,name:key}. None: services need no key, and must be on this machine. */
        public Builder serviceKeys(String keys) {
            return serviceKeys(ServiceKeys.parse(keys));
        }

        /** The keys of services. */
        public Builder serviceKeys(ServiceKeys keys) {
            serviceKeys = Objects.requireNonNull(keys, "keys");
            return this;
        }

        // Where to listen.

        /** The address that the user gateway listens on; all addresses if not called. */
        public Builder host(String address) {
            host = address;
            return this;
        }

        /** The port of the user gateway; 3000. 0 takes any free port: see {@link Scarfall#userPort}. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /** The address that the internal gateway listens on; {@code 127.0.0.1}. */
        public Builder internalHost(String address) {
            internalHost = Objects.requireNonNull(address, "address");
            return this;
        }

        /** The port of the internal gateway; 4000. 0 takes any free port: see {@link Scarfall#internalPort}. */
        public Builder internalPort(int value) {
            internalPort = value;
            return this;
        }

        /**
         * Whether the internal gateway may listen beyond loopback without service keys; false. Every program that reaches it then
         * sends to every user. Pages of the web do not: see {@link #internalNullOrigin}.
         */
        public Builder openInternal(boolean allowed) {
            openInternal = allowed;
            return this;
        }

        /**
         * Whether pages without an origin ({@code Origin: null} or {@code file://}) may use the internal gateway; false. They are
         * pages that a browser opened from a file, and sandboxed frames, which every page of the web can make: without service
         * keys, true lets every page that is looked at on this machine act as a service.
         */
        public Builder internalNullOrigin(boolean allowed) {
            internalNullOrigin = allowed;
            return this;
        }

        /** The path of Socket.IO on both ports; {@code /socket.io}. */
        public Builder path(String value) {
            path = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * The origins whose pages may connect, such as {@code https://example.com} or {@code https://*.example.com}; the
         * single {@code *}, which is the default, stands for all. None: only pages of the server itself.
         */
        public Builder corsOrigins(List<String> origins) {
            corsOrigins = List.copyOf(origins);
            return this;
        }

        /** Between two heartbeats; 25 s. */
        public Builder pingInterval(Duration value) {
            pingInterval = value;
            return this;
        }

        /** How long the answer to a heartbeat may take; 20 s. */
        public Builder pingTimeout(Duration value) {
            pingTimeout = value;
            return this;
        }

        /** The event loops of both gateways, which stay open when the gateway is closed; own ones if not called. */
        public Builder eventLoops(EventLoops value) {
            loops = value;
            return this;
        }

        // Sessions.

        /** How long a socket may stay unauthenticated; 10 s. */
        public Builder authTimeout(Duration value) {
            authTimeout = value;
            return this;
        }

        /** At most how often the activity of a session is noted in the store; 30 s. */
        public Builder touchInterval(Duration value) {
            touchInterval = value;
            return this;
        }

        /**
         * After what time the store may forget a session that nobody wrote; 24 h. Sessions are written again after half of
         * it. A store with an expiry of its own is given the same time.
         */
        public Builder sessionExpiry(Duration value) {
            sessionExpiry = value;
            return this;
        }

        /** How long a session must have been idle before the clean-up removes it, where its socket is gone; 30 min. */
        public Builder idleTimeout(Duration value) {
            idleTimeout = value;
            return this;
        }

        /**
         * How long a user stays online whose last connection was lost: closed, broken or silent; 3 s. Friends hear nothing of
         * a user who is back in time; for the others the first beat of a node after the grace (2 s) tells it. There is no
         * grace after the client's own {@code disconnect}, and none for a client that the server sent away.
         *
         * @param value zero for none, at most {@link SessionConfig#MAX_GRACE}
         */
        public Builder offlineGrace(Duration value) {
            offlineGrace = value;
            return this;
        }

        /**
         * In what time a device gets at most one {@code user_status_update} about a user; 250 ms. The first one after a quiet
         * time is sent at once, and of those that follow within the window the newest, when it ends.
         *
         * @param value zero for all of them, at most {@link SessionConfig#MAX_WINDOW}
         */
        public Builder noticeWindow(Duration value) {
            noticeWindow = value;
            return this;
        }

        /** How often this node's sockets and the store's sessions are compared and repaired; 5 min. */
        public Builder cleanupInterval(Duration value) {
            cleanupInterval = value;
            return this;
        }

        // Friends whom other systems list.

        /**
         * How often the list of friends of each user of this node is read again, also while the user is silent, where other
         * systems write it; 60 s, at least 1 s. Zero: only when the user connects and does something.
         */
        public Builder friendsRefreshInterval(Duration value) {
            friendsRefreshInterval = value;
            return this;
        }

        /** How many of those lists this node reads per second at most, with however many users; 1,000. */
        public Builder maxFriendsRefreshesPerSecond(int value) {
            maxFriendsRefreshesPerSecond = value;
            return this;
        }

        // Limits.

        /** How many recipients a message may have; 1,000. */
        public Builder maxRecipients(int value) {
            maxRecipients = value;
            return this;
        }

        /** How many characters the id of a user may have; 128. */
        public Builder maxUserIdLength(int value) {
            maxUserIdLength = value;
            return this;
        }

        /** How large a message may be, as JSON; 1,000,000 bytes. */
        public Builder maxMessageBytes(int value) {
            maxMessageBytes = value;
            return this;
        }

        /** How large the metadata of a message may be, as JSON; 65,536 bytes. */
        public Builder maxMetadataBytes(int value) {
            maxMetadataBytes = value;
            return this;
        }

        /** How large a message may be for all its recipients together; 64 MiB. */
        public Builder maxFanOutBytes(long value) {
            maxFanOutBytes = value;
            return this;
        }

        /** How many messages of one sender may wait for their outcome at once; 1,024. */
        public Builder maxUnanswered(int value) {
            maxUnanswered = value;
            return this;
        }

        /** How many users a page of a list may have; 1,000. */
        public Builder maxPageSize(int value) {
            maxPageSize = value;
            return this;
        }

        /** How long after it was sent another node may still hand a message over; later it has failed; 2 s. */
        public Builder applyTimeout(Duration value) {
            applyTimeout = value;
            return this;
        }

        /**
         * How long the answer of another node is waited for, before the outcome of a message is uncertain; 12 s, at most a
         * minute.
         */
        public Builder answerTimeout(Duration value) {
            answerTimeout = value;
            return this;
        }

        // What users may spend, and what is counted.

        /**
         * How fast users' events may come, in all namespaces of their port; {@link RateLimits#DEFAULT}. An event that comes
         * faster is answered with {@code code: "rate_limited"} and {@code retryAfterMs}; who goes on regardless is closed.
         * The internal gateway has no such limits: services are trusted.
         */
        public Builder rateLimits(RateLimits value) {
            rateLimits = value;
            return this;
        }

        /**
         * How many authenticated sockets a user may have on this node; 100. One more is refused with {@code code:
         * "too_many_sessions"} and {@code retry: true}.
         */
        public Builder maxSessionsPerUser(int value) {
            maxSessionsPerUser = value;
            return this;
        }

        /** After how many bad proofs in a row, of a user or a service, a connection is closed; 5. */
        public Builder maxFailedAuthentications(int value) {
            maxFailedAuthentications = value;
            return this;
        }

        /** Where the gateway's numbers go; nowhere if not called. */
        public Builder metrics(Metrics value) {
            metrics = value;
            return this;
        }

        // The network.

        /**
         * How many connections and sessions there may be, in all and per address; {@link ConnectionLimits#DEFAULT}. The
         * services' port has the same, without those per address.
         */
        public Builder connectionLimits(ConnectionLimits value) {
            connectionLimits = Objects.requireNonNull(value, "value");
            return this;
        }

        /** Limits of HTTP requests on both ports; {@link HttpLimits#DEFAULT}. */
        public Builder httpLimits(HttpLimits value) {
            httpLimits = Objects.requireNonNull(value, "value");
            return this;
        }

        /** Limits of the JSON in a packet, on both ports; {@link JsonLimits#DEFAULT}. */
        public Builder jsonLimits(JsonLimits value) {
            jsonLimits = Objects.requireNonNull(value, "value");
            return this;
        }

        /** How much memory clients may make this gateway hold; {@link MemoryLimits#DEFAULT}. */
        public Builder memoryLimits(MemoryLimits value) {
            memoryLimits = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * The proxies that are believed when they tell for whom they speak, by {@code X-Forwarded-For}, {@code
         * X-Forwarded-Proto} or {@link #proxyProtocol}: addresses, or blocks such as {@code 10.0.0.0/8}. Nobody if not
         * called.
         */
        public Builder trustedProxies(List<String> blocks) {
            trustedProxies = List.copyOf(blocks);
            return this;
        }

        /**
         * Whether every connection of a trusted proxy to the users' port begins with a header of the PROXY protocol; false.
         */
        public Builder proxyProtocol(boolean value) {
            proxyProtocol = value;
            return this;
        }

        /** Serves https and wss on the users' port, with this certificate; plain text if not called. */
        public Builder tls(TlsFiles files) {
            tls = Objects.requireNonNull(files, "files");
            return this;
        }

        /** Whether the services' port speaks TLS too, with the same certificate; false. */
        public Builder internalTls(boolean value) {
            internalTls = value;
            return this;
        }

        // Control of sessions on all nodes together: each node is to have the same.

        /**
         * How long a revocation is kept; 30 days. As long as the longest token lives: what it concerned counts again afterwards.
         */
        public Builder revocationExpiry(Duration value) {
            revocationExpiry = value;
            return this;
        }

        /** How many revocations may be kept; 1,000,000. One more fails. */
        public Builder maxRevocations(int value) {
            maxRevocations = value;
            return this;
        }

        /**
         * How many sessions a user may have on all nodes together, beside {@link #maxSessionsPerUser} on each; any number if not
         * called.
         *
         * @param value 0 for any number
         * @param full who has to go when there are as many: the new one, with {@code code: "too_many_sessions"}, or the one
         *     that came first, with {@code code: "session_replaced"}
         */
        public Builder maxUserSessions(int value, WhenFull full) {
            maxUserSessions = value;
            whenFull = full;
            return this;
        }

        // The cluster.

        /** The name of this node, unique among those that run at once; a random one if not called. */
        public Builder nodeName(String name) {
            nodeName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * The state that this node shares with others, which stays open when the gateway is closed; one in memory, for this
         * node alone, if not called.
         *
         * @throws IllegalArgumentException if neither {@link MemoryCluster} nor {@code RedisPresenceCluster} made it
         */
        public Builder cluster(ClusterState value) {
            cluster = NodeAccess.of(value);
            return this;
        }

        /** Who lists whom as a friend, for a node without {@link #cluster}; a roster in memory if not called. */
        public Builder roster(Roster value) {
            roster = value;
            return this;
        }

        /** Tells the time of messages and of tokens; for tests. */
        public Builder clock(Clock value) {
            clock = value;
            return this;
        }

        /**
         * Runs and measures what has its time and belongs to no connection: beats, what is sent again between nodes, the
         * clean-up, rates; for tests. What a connection waits for (a pong, a token) is not moved by it.
         *
         * @param timers one thread at a time; shut down when the gateway is closed
         * @param nanoTime as {@link System#nanoTime}
         */
        public Builder timers(ScheduledExecutorService timers, LongSupplier nanoTime) {
            this.timers = Objects.requireNonNull(timers, "timers");
            this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
            return this;
        }

        // What an embedder adds.

        /** Adds an event to the user gateway, with any arguments or none, which only authenticated users may send. */
        public Builder on(String event, UserEventHandler<Arguments> handler) {
            events.add((gateway, calls, blocking) ->
                    gateway.on(event, (session, arguments) -> handler.handle(calls.apply(session), arguments)));
            return this;
        }

        /**
         * Adds an event to the user gateway, which only authenticated users may send.
         *
         * @param type what its first argument is read as, by Jackson. What does not fit, be it nothing or JSON's null, is
         *     answered by {@code code: "invalid"}
         */
        public <T> Builder on(String event, Class<T> type, UserEventHandler<T> handler) {
            events.add((gateway, calls, blocking) ->
                    gateway.on(event, type, (session, argument) -> handler.handle(calls.apply(session), argument)));
            return this;
        }

        /**
         * Adds an event to the user gateway whose handler may block: it runs on a thread of its own, see {@link
         * #blockingExecutor}. The events of one session that are added so are handled one at a time and in their order. When
         * 64 of them wait, the client is read no further until half of them are done. When the gateway closes, handlers have
         * two seconds to end, then are interrupted, and waited for a second more; events that still wait are dropped.
         */
        public <T> Builder onBlocking(String event, Class<T> type, UserEventHandler<T> handler) {
            events.add((gateway, calls, blocking) -> gateway.onBlocking(event, type, blocking, (session, argument) -> {
                UserCall call = calls.apply(session);
                return (Callable<@Nullable Object>) () -> handler.handle(call, argument);
            }));
            return this;
        }

        /**
         * Where blocking handlers run. If not called: on virtual threads where the JVM has them (Java 21 and newer), so that
         * any number may be blocked at once; else on up to 64 threads, and a handler waits while all of them are blocked.
         * Before Java 24 a handler that blocks inside {@code synchronized} holds one of as many threads as there are
         * processors: if many do, give an executor. What it rejects is answered with {@code code: "overloaded"}.
         */
        public Builder blockingExecutor(Executor executor) {
            blockingExecutor = executor;
            return this;
        }

        /**
         * Adds a namespace to the port of the users, as it is: its own guards say who may join. Its clients may send no more at
         * once than {@link MemoryLimits#maxUnauthenticatedBytes} until they authenticate, or a handler calls {@link Socket#trust}.
         */
        public Builder namespace(Namespace namespace) {
            namespaces.add((authenticator, unrevoked) -> namespace);
            return this;
        }

        /**
         * Adds a namespace to the port of the users that only clients with a good token join, in CONNECT or a header: {@link
         * Identity#of} says in handlers who a socket is. A socket is disconnected when its token expires or is revoked. Sockets of such a
         * namespace are no devices of a user: they get no messages, and no presence follows from them.
         *
         * @param name with a slash in front
         * @param table adds events and handlers
         */
        public Builder authenticatedNamespace(String name, Consumer<Namespace.Builder> table) {
            namespaces.add((authenticator, unrevoked) -> {
                Namespace.Builder builder = Namespace.builder(name)
                        .guard(authenticator.guard(true))
                        .guard(unrevoked)
                        .onConnect(socket -> {
                            disconnectOnExpiry(socket);
                            authenticator.sockets().joined(socket);
                        })
                        .onDisconnect((socket, reason) -> {
                            endExpiry(socket);
                            authenticator.sockets().left(socket);
                        });
                table.accept(builder);
                return builder.guard(Authenticator.admission())
                        .onDisconnect((socket, reason) -> SessionLimits.release(socket))
                        .build();
            });
            return this;
        }

        private void disconnectOnExpiry(Socket socket) {
            Identity identity = Objects.requireNonNull(Identity.of(socket));
            Expiry expiry = new Expiry(socket, clock, tokenWarning, socket::disconnect);
            expiry.renew(identity.expiresAt());
            socket.set(EXPIRY, expiry);
        }

        /** Or the timer would hold the socket for as long as its token lives. */
        private static void endExpiry(Socket socket) {
            Expiry expiry = socket.get(EXPIRY);
            if (expiry != null) {
                expiry.cancel();
            }
        }

        /** Whether both ports answer {@code GET /healthz} and {@code GET /readyz}; true. */
        public Builder healthRoutes(boolean value) {
            healthRoutes = value;
            return this;
        }

        /** Answers HTTP requests outside the path on the users' port: pages. */
        public Builder httpFallback(HttpRoutes fallback) {
            httpFallback = fallback;
            return this;
        }

        /** Answers HTTP requests outside the path on the services' port. */
        public Builder internalHttpFallback(HttpRoutes fallback) {
            internalHttpFallback = fallback;
            return this;
        }

        /** Whether every HTTP response gets the headers that harden browsers, with Helmet's defaults; true. */
        public Builder securityHeaders(boolean value) {
            securityHeaders = value;
            return this;
        }

        /** Adds headers to every HTTP response of both ports, after the security headers; a page's own headers win over both. */
        public Builder responseHeaders(ResponseHeaders headers) {
            responseHeaders = headers;
            return this;
        }

        /** Changes what is not named here of how the users' port serves; called last. */
        public Builder userEngine(Consumer<EngineConfig.Builder> changes) {
            userEngine = changes;
            return this;
        }

        /** Changes what is not named here of how the services' port serves; called last. */
        public Builder internalEngine(Consumer<EngineConfig.Builder> changes) {
            internalEngine = changes;
            return this;
        }

        /**
         * Starts the gateway, and waits until it listens. A store that cannot be reached is waited for some seconds; then the
         * gateway serves what it can without, and goes on asking: see {@link Scarfall#isHealthy}.
         *
         * @throws IllegalArgumentException if a value is out of its range
         * @throws java.io.UncheckedIOException if a port cannot be listened on
         */
        public Scarfall start() {
            return new Scarfall(this);
        }

        // What follows is called once, by the constructor of Scarfall.

        /** Adds an event of an embedder to a table. */
        @FunctionalInterface
        private interface OwnEvent {
            void addTo(UserGateway gateway, Function<LiveSession, UserCall> calls, BlockingHandlers blocking);
        }

        private GatewayConfig config() {
            return new GatewayConfig(
                    host,
                    port,
                    internalHost,
                    internalPort,
                    openInternal,
                    internalNullOrigin,
                    path,
                    corsOrigins,
                    pingInterval,
                    pingTimeout,
                    tokenInQuery,
                    nodeName,
                    new SessionConfig(
                            authTimeout,
                            touchInterval,
                            sessionExpiry,
                            idleTimeout,
                            cleanupInterval,
                            maxPageSize,
                            offlineGrace,
                            noticeWindow),
                    new DeliveryConfig(
                            maxRecipients,
                            maxUserIdLength,
                            maxMessageBytes,
                            maxMetadataBytes,
                            maxFanOutBytes,
                            maxUnanswered,
                            applyTimeout,
                            answerTimeout),
                    new TokenConfig(jwtIssuers, jwtAudiences, jwtSkew, tokenWarning),
                    new WireConfig(
                            connectionLimits,
                            httpLimits,
                            jsonLimits,
                            memoryLimits,
                            TrustedProxies.of(trustedProxies),
                            proxyProtocol,
                            tls,
                            internalTls),
                    new LimitConfig(rateLimits, maxSessionsPerUser, maxFailedAuthentications),
                    new FriendsConfig(friendsRefreshInterval, maxFriendsRefreshesPerSecond),
                    new ControlConfig(revocationExpiry, maxRevocations, maxUserSessions, whenFull));
        }

        /** Refuses what would leave open whose word counts. */
        private void checkTokenSources() {
            List<String> given = new ArrayList<>(tokenSources);
            if (tokenVerifier != null) {
                given.add("tokenVerifier");
                if (!jwtIssuers.isEmpty() || !jwtAudiences.isEmpty()) {
                    throw new IllegalArgumentException("jwtIssuer, jwtAudience: given beside a tokenVerifier"
                            + " (expected: the verifier checks them itself)");
                }
            }
            if (given.size() != 1) {
                throw new IllegalArgumentException("jwtSecret, jwtPublicKey, jwks, tokenVerifier: "
                        + (given.isEmpty() ? "none" : String.join(" and ", given)) + " (expected: one of them)");
            }
        }

        private TokenVerifier tokenVerifier(GatewayConfig config, UnaryOperator<JwtVerifier> opened) {
            return tokenVerifier == null
                    ? opened.apply(Objects.requireNonNull(jwtVerifier).apply(config))
                    : tokenVerifier;
        }

        private NodeAccess cluster() {
            if (cluster != null && roster != null) {
                throw new IllegalArgumentException(
                        "roster: given beside a cluster (expected: the cluster has its own)");
            }
            if (cluster != null) {
                return cluster;
            }
            MemoryCluster.Builder memory = MemoryCluster.builder();
            return NodeAccess.of(
                    roster == null ? memory.build() : memory.roster(roster).build());
        }

        private void addEvents(UserGateway gateway, Function<LiveSession, UserCall> calls, BlockingHandlers blocking) {
            for (OwnEvent event : events) {
                event.addTo(gateway, calls, blocking);
            }
        }

        /** @param unrevoked asks the store, after the guard of the authenticator */
        private List<Namespace> namespaces(Namespace users, Authenticator authenticator, ConnectGuard unrevoked) {
            List<Namespace> all = new ArrayList<>();
            all.add(users);
            namespaces.forEach(namespace -> all.add(namespace.apply(authenticator, unrevoked)));
            return all;
        }

        private EngineConfig userEngine(
                GatewayConfig config, LimitCounter limits, MemoryBudget memory, HttpRoutes health) {
            CorsPolicy cors = CorsPolicy.of(config.corsOrigins());
            InetSocketAddress address = config.host() == null
                    ? new InetSocketAddress(config.port())
                    : new InetSocketAddress(config.host(), config.port());
            EngineConfig.Builder engine = engine(config, cors, address, limits, memory)
                    .connections(config.wire().connections())
                    .proxyProtocol(config.wire().proxyProtocol())
                    .tls(config.wire().tls())
                    .requests(OriginGuard.users(cors))
                    .routes(healthRoutes ? health.or(httpFallback) : httpFallback)
                    .traffic(new TrafficCounter(metrics, USERS));
            userEngine.accept(engine);
            return engine.build();
        }

        private EngineConfig internalEngine(
                GatewayConfig config,
                InetSocketAddress address,
                LimitCounter limits,
                MemoryBudget memory,
                HttpRoutes health) {
            CorsPolicy cors = CorsPolicy.of(config.corsOrigins());
            EngineConfig.Builder engine = engine(config, cors, address, limits, memory)
                    .connections(config.wire().connections().withoutAddresses())
                    .maxUntrustedBytes(
                            serviceKeys.isEmpty()
                                    ? Integer.MAX_VALUE
                                    : config.wire().memory().maxUnauthenticatedBytes())
                    .tls(config.wire().internalTls() ? config.wire().tls() : null)
                    .requests(OriginGuard.services(
                            cors,
                            !serviceKeys.isEmpty(),
                            config.internalNullOrigin(),
                            address.getAddress().isLoopbackAddress(),
                            config.internalHost()))
                    .routes(healthRoutes ? health.or(internalHttpFallback) : internalHttpFallback)
                    .traffic(new TrafficCounter(metrics, INTERNAL));
            internalEngine.accept(engine);
            return engine.build();
        }

        private EngineConfig.Builder engine(
                GatewayConfig config,
                CorsPolicy cors,
                InetSocketAddress address,
                LimitCounter limits,
                MemoryBudget memory) {
            ResponseHeaders own = responseHeaders;
            ResponseHeaders hardening = securityHeaders ? new SecurityHeaders() : response -> {};
            return EngineConfig.builder()
                    .maxPayloadBytes(DeliveryConfig.DEFAULT_PAYLOAD_BYTES)
                    .announcedPayloadBytes(DeliveryConfig.ANNOUNCED_PAYLOAD_BYTES)
                    .address(address)
                    .path(config.path())
                    .cors(cors)
                    .pingInterval(config.pingInterval())
                    .pingTimeout(config.pingTimeout())
                    .http(config.wire().http())
                    .limits(limits)
                    .memory(memory)
                    .maxUntrustedBytes(config.wire().memory().maxUnauthenticatedBytes())
                    .trustedProxies(config.wire().trustedProxies())
                    .responseHeaders(response -> {
                        hardening.add(response);
                        own.add(response);
                    });
        }
    }
}
