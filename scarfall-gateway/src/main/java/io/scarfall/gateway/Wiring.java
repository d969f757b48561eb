package io.scarfall.gateway;

import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.MemoryBudget;
import io.scarfall.gateway.internal.auth.AuthenticatedNamespaces;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.RevocationList;
import io.scarfall.gateway.internal.blocking.BlockingHandlers;
import io.scarfall.gateway.internal.delivery.DeliveryCounts;
import io.scarfall.gateway.internal.delivery.LocalUsers;
import io.scarfall.gateway.internal.delivery.Routing;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.limit.LimitCounter;
import io.scarfall.gateway.internal.limit.PortLimits;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.link.LinkReceiver;
import io.scarfall.gateway.internal.link.NodeLinks;
import io.scarfall.gateway.internal.metrics.LoopLag;
import io.scarfall.gateway.internal.metrics.OwnMetrics;
import io.scarfall.gateway.internal.node.Membership;
import io.scarfall.gateway.internal.node.StoreClock;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.notice.FriendNotifier;
import io.scarfall.gateway.internal.notice.NoticeRepair;
import io.scarfall.gateway.internal.notice.NoticeSender;
import io.scarfall.gateway.internal.reply.SendFailure;
import io.scarfall.gateway.internal.revocation.Revoker;
import io.scarfall.gateway.internal.service.ServiceGateway;
import io.scarfall.gateway.internal.session.FriendsRefresh;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.session.LiveSessions;
import io.scarfall.gateway.internal.session.SessionPlaces;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.gateway.internal.session.UserHooks;
import io.scarfall.gateway.internal.user.Admission;
import io.scarfall.gateway.internal.user.UserGateway;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketConfig;
import io.scarfall.socketio.SocketServer;
import io.scarfall.socketio.packet.JsonCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.LongSupplier;

/**
 * The parts of a running gateway. {@link Scarfall#start} creates them on its thread; if a step fails, everything that was opened
 * before is closed.
 */
final class Wiring {

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** The pause between two pages of an audit, so that a full node does not compare all its sessions at once. */
    private static final Duration BETWEEN_PAGES = Duration.ofMillis(50);

    private static final Duration BETWEEN_TICKS = Duration.ofMillis(100);

    /** A notice may be this late. */
    private static final Duration BETWEEN_NOTICES = Duration.ofMillis(50);

    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(10);
    private static final Duration LAG_INTERVAL = Duration.ofSeconds(1);

    final UserDelivery delivery;
    final Authenticator authenticator;
    final LiveSessions registry;
    final SessionSync sessions;
    final Revoker revoker;
    final Broadcaster users;
    final Broadcaster services;
    final EngineServer userPort;
    final EngineServer internalPort;
    final Health health;

    /** Every line needs only the lines above it. */
    Wiring(Setup setup, UserNamespaces namespaces, Shutdown shutdown) {
        GatewayConfig config = setup.config();
        Clock clock = setup.clock();
        LongSupplier nanoTime = setup.nanoTime();
        NodeAccess cluster = setup.cluster();
        JsonCodec codec = setup.application().codec();
        Metrics metrics = shutdown.opened(new OwnMetrics(setup.metrics()));

        // Threads.
        EventLoops loops = setup.loops() == null ? shutdown.opened(EventLoops.start(0)) : setup.loops();
        ScheduledExecutorService timers = setup.timers() == null ? loops.timers() : setup.timers();
        ScheduledExecutorService scheduler = own(setup, shutdown, "scarfall-upkeep");
        ScheduledExecutorService beats = own(setup, shutdown, "scarfall-beats"); // beats must not wait for other upkeep
        Upkeep upkeep = new Upkeep(scheduler);
        LoopLag loopLag = new LoopLag(loops.executors(), metrics, System::nanoTime);

        // Authentication and limits.
        MemoryBudget memory = config.wire().memory().budget();
        LimitCounter limits = new LimitCounter(metrics);
        RevocationList revocations = new RevocationList();
        authenticator = new Authenticator(
                setup.verifier(),
                revocations,
                config.tokenInQuery(),
                config.delivery().maxUserIdLength(),
                timers);

        // Messages, to this node's users and to other nodes.
        ThisNode node = new ThisNode(config.nodeName());
        LocalUsers localUsers = new LocalUsers();
        StoreClock storeClock = new StoreClock(nanoTime);
        NodeLinks links = new NodeLinks(cluster.bus(), node, storeClock, nanoTime, config.delivery());
        Routing routing = new Routing(cluster.store(), links, node);
        delivery = new UserDelivery(
                localUsers,
                routing,
                links,
                node,
                config.delivery(),
                new DeliveryCounts(metrics, limits),
                memory,
                clock,
                codec);

        // Notices to friends.
        NoticeSender notices =
                new NoticeSender(localUsers, routing, links, config.sessions().noticeWindow(), metrics, nanoTime);
        Setup.Application application = setup.application();
        UserHooks hooks = new UserHooks(
                application.listeners(),
                session -> call(session, cluster),
                application.blockingExecutor(),
                application.blockingTimeout(),
                metrics);
        FriendNotifier notifier =
                new FriendNotifier(cluster.presence(), cluster.roster(), notices, hooks::changed, metrics);
        NoticeRepair repair = new NoticeRepair(
                cluster.presence(),
                cluster.roster(),
                notifier,
                notices,
                cluster.settings().lease(),
                nanoTime);
        Roster.AddedListener added = notifier::added;
        cluster.roster().addListener(added);
        shutdown.push(() -> cluster.roster().removeListener(added));

        // Sessions, and how they are ended.
        SessionPlaces places = new SessionPlaces(cluster.places(), links, config.control(), limits);
        registry = new LiveSessions(localUsers);
        sessions = new SessionSync(
                cluster.store(),
                cluster.roster(),
                node,
                registry,
                notifier,
                hooks,
                revocations,
                places,
                storeClock,
                config.sessions(),
                config.tokens().warning(),
                metrics,
                clock,
                nanoTime,
                task -> upkeep.later(BETWEEN_PAGES, task));
        revoker = new Revoker(
                cluster,
                revocations,
                registry,
                authenticator.sockets(),
                links,
                node,
                storeClock,
                config.control(),
                timers,
                metrics);

        // This node among the others.
        NodeMessages messages = new NodeMessages(localUsers, notices, revoker, registry);
        LinkReceiver receiver = new LinkReceiver(cluster.bus(), links, storeClock, nanoTime, messages, metrics);
        NodeLife life = new NodeLife(receiver, links, sessions, revoker, places, notifier, repair, storeClock);
        Membership membership = new Membership(cluster, node, life, metrics, beats, nanoTime);
        shutdown.push(() -> shutdown.await("leave the cluster", membership.leave(), CLOSE_TIMEOUT));
        BlockingHandlers blocking = new BlockingHandlers(
                application.blockingExecutor(),
                application.blockingTimeout(),
                () -> limits.crossed(GatewayLimit.MAILBOX),
                metrics);
        shutdown.opened(blocking); // they may use the cluster, and listeners learn of the end of each session
        shutdown.push(() -> shutdown.await("settle presence", sessions.drain(), CLOSE_TIMEOUT));
        health = new Health(loops, loopLag, membership, cluster, shutdown);

        // The tables of events.
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
                node,
                admission,
                delivery,
                cluster.presence(),
                config.sessions(),
                setup.answersUnknownEvents(),
                metrics,
                clock,
                codec);
        application.addTo(userGateway, session -> call(session, cluster));
        Namespace userSpace = userGateway.namespace();
        Namespace serviceSpace = new ServiceGateway(
                        setup.serviceKeys(),
                        delivery,
                        cluster.roster(),
                        revoker,
                        authenticator,
                        config.sessions().authTimeout(),
                        setup.answersUnknownEvents(),
                        metrics,
                        clock)
                .namespace();
        users = userSpace.broadcaster();
        services = serviceSpace.broadcaster().json(codec);
        AuthenticatedNamespaces authenticated = new AuthenticatedNamespaces(
                authenticator, admission.guard(), clock, config.tokens().warning(), codec);
        namespaces.server().add(userSpace);
        application.namespaces().forEach(own -> namespaces.server().add(own.make(authenticated)));

        // Periodic tasks; then this node joins the cluster, and only then opens its ports.
        WarmUp.await();
        upkeep.every(config.sessions().cleanupInterval(), sessions::cleanUp);
        upkeep.every(config.sessions().cleanupInterval(), membership::adopt);
        FriendsRefresh friends = new FriendsRefresh(
                cluster.roster(), localUsers::userCount, localUsers::userIds, config.friends(), nanoTime);
        upkeep.every(BETWEEN_TICKS, friends::tick);
        upkeep.every(BETWEEN_TICKS, links::tick);
        upkeep.every(BETWEEN_TICKS, receiver::tick);
        Executor loop = loops.executors().get(0);
        upkeep.every(BETWEEN_NOTICES, () -> notices.tick(loop));
        shutdown.await("join the cluster", membership.joined().thenCompose(joined -> revoker.upToDate()), JOIN_TIMEOUT);

        // The ports.
        SocketConfig packets = SocketConfig.DEFAULT.withJson(config.wire().json());
        PortLimits userLimits = new PortLimits(
                EngineConfigs.USERS,
                config.limits(),
                namespaces.server().namespaces(),
                Map.of(RateLimits.SEND_MESSAGE, wait -> SendFailure.rateLimited(wait, clock)),
                limits,
                blocking,
                metrics,
                nanoTime);
        PortLimits serviceLimits = new PortLimits(
                EngineConfigs.SERVICES,
                config.limits().forServices(),
                List.of(serviceSpace),
                Map.of(),
                limits,
                blocking,
                metrics,
                nanoTime);
        namespaces.open(SessionLimits.each(userLimits), authenticated);
        EngineConfigs engines = new EngineConfigs(setup, limits, memory, metrics, health.routes());
        userPort = shutdown.opened(EngineServer.start(engines.users(), namespaces.server(), loops));
        internalPort = shutdown.opened(EngineServer.start(
                engines.services(),
                new SocketServer(packets, List.of(serviceSpace), SessionLimits.each(serviceLimits)),
                loops));
        upkeep.every(LAG_INTERVAL, loopLag::probe);
        upkeep.every(LAG_INTERVAL, loops::isAlive);
        upkeep.every(SWEEP_INTERVAL, userLimits::sweep);
        Gauges gauges = new Gauges(metrics);
        gauges.port(userPort, EngineConfigs.USERS);
        gauges.port(internalPort, EngineConfigs.SERVICES);
        gauges.node(registry, sessions, localUsers, links, memory, health, cluster);
        gauges.keys(setup.verifier());
        health.started();
    }

    private static ScheduledExecutorService own(Setup setup, Shutdown shutdown, String name) {
        ScheduledExecutorService given = setup.timers();
        ScheduledExecutorService scheduler = given == null ? Upkeep.scheduler(name) : given;
        shutdown.push(scheduler::shutdownNow);
        return scheduler;
    }

    private UserCall call(LiveSession session, NodeAccess cluster) {
        return new UserCall(session.identity(), session.socket(), delivery, cluster.presence(), cluster.roster());
    }
}
