package io.scarfall.gateway;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.engineio.ResponseHeaders;
import io.scarfall.gateway.internal.auth.JwtVerifier;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.Roster;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.memory.MemoryCluster;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects the configuration of a gateway. Everything has a default, except the source of users' tokens: call one of {@link
 * #jwtSecret}, {@link #jwtPublicKey}, {@link #jwks} and {@link #tokenVerifier}. {@link #build} refuses values that are out
 * of range. Not thread-safe.
 */
public final class ScarfallBuilder extends ApplicationParts<ScarfallBuilder> {

    private @Nullable String host;
    private int port = 3000;
    private String internalHost = "127.0.0.1";
    private int internalPort = 4000;
    private boolean openInternal;
    private boolean internalNullOrigin;
    private String path = "/socket.io";
    private List<String> corsOrigins = List.of("*");
    private Duration pingInterval = Duration.ofSeconds(25);
    private Duration pingTimeout = Duration.ofSeconds(20);
    private boolean tokenInQuery;
    private String nodeName = UUID.randomUUID().toString();
    private SessionConfig sessions = SessionConfig.DEFAULT;
    private DeliveryConfig delivery = DeliveryConfig.DEFAULT;
    private TokenConfig tokens = TokenConfig.DEFAULT;
    private WireConfig wire = WireConfig.DEFAULT;
    private LimitConfig limits = LimitConfig.DEFAULT;
    private FriendsConfig friends = FriendsConfig.DEFAULT;
    private ControlConfig control = ControlConfig.DEFAULT;
    private final TokenSources tokenSources = new TokenSources();
    private ServiceKeys serviceKeys = ServiceKeys.NONE;
    private boolean answersUnknownEvents = true;
    private Metrics metrics = Metrics.NONE;
    private Clock clock = Clock.systemUTC();
    private @Nullable ScheduledExecutorService timers;
    private LongSupplier nanoTime = System::nanoTime;
    private @Nullable NodeAccess cluster;
    private @Nullable Roster roster;
    private @Nullable EventLoops loops;
    private HttpRoutes httpRoutes = request -> null;
    private HttpRoutes internalHttpRoutes = request -> null;
    private boolean healthRoutes = true;
    private boolean securityHeaders = true;
    private ResponseHeaders responseHeaders = response -> {};
    private Consumer<EngineConfig.Builder> userEngine = engine -> {};
    private Consumer<EngineConfig.Builder> internalEngine = engine -> {};

    ScarfallBuilder() {}

    @Override
    ScarfallBuilder self() {
        return this;
    }

    // Authentication of users and services.

    /** The secret that users' JSON Web Tokens are signed with, by HS256: at least 32 bytes, and not a published one. */
    public ScarfallBuilder jwtSecret(String secret) {
        Objects.requireNonNull(secret, "secret");
        tokenSources.add("jwtSecret", given -> JwtVerifier.bySecret(secret, given, clock));
        return this;
    }

    /**
     * The public key of the issuer of users' JSON Web Tokens.
     *
     * @param pem {@code PUBLIC KEY} or {@code CERTIFICATE}; up to four of them while keys change, any of which is accepted
     */
    public ScarfallBuilder jwtPublicKey(JwtAlgorithm algorithm, String pem) {
        Objects.requireNonNull(pem, "pem");
        tokenSources.add("jwtPublicKey", given -> JwtVerifier.byPublicKey(algorithm, pem, given, clock));
        return this;
    }

    /** The address of the key set of the issuer, and the algorithms that its tokens may be signed with. */
    public ScarfallBuilder jwks(URI uri, JwtAlgorithm... algorithms) {
        return jwks(JwksConfig.of(uri, algorithms));
    }

    /** The key set of the issuer, and how long its keys are used. */
    public ScarfallBuilder jwks(JwksConfig jwks) {
        Objects.requireNonNull(jwks, "jwks");
        tokenSources.add("jwks", given -> JwtVerifier.byJwks(jwks, given, clock));
        return this;
    }

    /** The application verifies tokens itself, instead of {@link #jwtSecret} and the others. See {@link Blocking#verifier}. */
    public ScarfallBuilder tokenVerifier(TokenVerifier verifier) {
        tokenSources.add(verifier);
        return this;
    }

    /** Accept a token in the query parameter {@code token}; false. Such tokens end up in the logs of proxies. */
    public ScarfallBuilder tokenInQuery(boolean allowed) {
        tokenInQuery = allowed;
        return this;
    }

    /**
     * Answer an event that has no handler and asks for an ack with {@code {status: "error", error, code: "unknown_event"}}, on
     * both ports; true. The reference implementation does not answer such an event.
     */
    public ScarfallBuilder answerUnknownEvents(boolean answer) {
        answersUnknownEvents = answer;
        return this;
    }

    /**
     * The keys of services: {@code name:key,name:key}. Without keys, only services on this machine can connect.
     */
    public ScarfallBuilder serviceKeys(String keys) {
        return serviceKeys(ServiceKeys.parse(keys));
    }

    /** The keys of services. */
    public ScarfallBuilder serviceKeys(ServiceKeys keys) {
        serviceKeys = Objects.requireNonNull(keys, "keys");
        return this;
    }

    // Where to listen.

    /** The address that the user gateway listens on; all addresses if not called. */
    public ScarfallBuilder host(String address) {
        host = address;
        return this;
    }

    /** The port of the user gateway; 3000. 0 takes any free port: see {@link Scarfall#userPort}. */
    public ScarfallBuilder port(int value) {
        port = value;
        return this;
    }

    /** The address that the internal gateway listens on; {@code 127.0.0.1}. */
    public ScarfallBuilder internalHost(String address) {
        internalHost = Objects.requireNonNull(address, "address");
        return this;
    }

    /** The port of the internal gateway; 4000. 0 takes any free port: see {@link Scarfall#internalPort}. */
    public ScarfallBuilder internalPort(int value) {
        internalPort = value;
        return this;
    }

    /**
     * Let the internal gateway listen beyond loopback without service keys; false. Every program that reaches it can then send to
     * every user; pages of the web cannot, see {@link #internalNullOrigin}.
     */
    public ScarfallBuilder openInternal(boolean allowed) {
        openInternal = allowed;
        return this;
    }

    /**
     * Let pages without an origin use the internal gateway; false. Such pages are files that a browser opened, and sandboxed
     * frames: without service keys, true lets every page that is open on this machine act as a service.
     */
    public ScarfallBuilder internalNullOrigin(boolean allowed) {
        internalNullOrigin = allowed;
        return this;
    }

    /** The path of Socket.IO on both ports; {@code /socket.io}. */
    public ScarfallBuilder path(String value) {
        path = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * The origins whose pages may connect, such as {@code https://example.com} or {@code https://*.example.com}; {@code *}
     * alone, the default, for all; an empty list for pages of this server only.
     */
    public ScarfallBuilder corsOrigins(List<String> origins) {
        corsOrigins = List.copyOf(origins);
        return this;
    }

    /** The time between two heartbeats; 25 s. */
    public ScarfallBuilder pingInterval(Duration value) {
        pingInterval = value;
        return this;
    }

    /** The longest wait for the answer to a heartbeat; 20 s. */
    public ScarfallBuilder pingTimeout(Duration value) {
        pingTimeout = value;
        return this;
    }

    /**
     * The event loops of both ports; by default the gateway has its own. The gateway does not close given ones.
     */
    public ScarfallBuilder eventLoops(EventLoops value) {
        loops = value;
        return this;
    }

    // Configuration in records.

    /**
     * What tokens must say; {@link TokenConfig#DEFAULT}. With a {@link #tokenVerifier} only {@code warning} is used.
     */
    public ScarfallBuilder tokens(TokenConfig value) {
        tokens = Objects.requireNonNull(value, "value");
        return this;
    }

    /** Times of users' sessions, and the size of pages; {@link SessionConfig#DEFAULT}. */
    public ScarfallBuilder sessions(SessionConfig value) {
        sessions = Objects.requireNonNull(value, "value");
        return this;
    }

    /** Limits of messages, and how long other nodes have to answer; {@link DeliveryConfig#DEFAULT}. */
    public ScarfallBuilder delivery(DeliveryConfig value) {
        delivery = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * What users may spend: rates of events in all namespaces of their port, sessions on this node, and bad tokens; {@link
     * LimitConfig#DEFAULT}. The internal gateway has no rates, because services are trusted.
     */
    public ScarfallBuilder limits(LimitConfig value) {
        limits = Objects.requireNonNull(value, "value");
        return this;
    }

    /** What comes from the network: connections, requests, packets, proxies and TLS; {@link WireConfig#DEFAULT}. */
    public ScarfallBuilder wire(WireConfig value) {
        wire = Objects.requireNonNull(value, "value");
        return this;
    }

    /** How the gateway follows lists of friends that other systems write; {@link FriendsConfig#DEFAULT}. */
    public ScarfallBuilder friends(FriendsConfig value) {
        friends = Objects.requireNonNull(value, "value");
        return this;
    }

    /** How sessions are controlled on all nodes together; {@link ControlConfig#DEFAULT}. Each node must have the same. */
    public ScarfallBuilder control(ControlConfig value) {
        control = Objects.requireNonNull(value, "value");
        return this;
    }

    /** Receives the measurements of the gateway; none by default. */
    public ScarfallBuilder metrics(Metrics value) {
        metrics = Objects.requireNonNull(value, "value");
        return this;
    }

    // The cluster.

    /** The name of this node, unique among the running nodes; random by default. */
    public ScarfallBuilder nodeName(String name) {
        nodeName = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * The state that this node shares with other nodes, which the gateway does not close; by default in memory, for this node only.
     *
     * @throws IllegalArgumentException if neither {@link MemoryCluster} nor {@code RedisPresenceCluster} made it
     */
    public ScarfallBuilder cluster(ClusterState value) {
        cluster = NodeAccess.of(value);
        return this;
    }

    /** The friends of users, for a node without {@link #cluster}; by default a roster in memory. See {@link Blocking#roster}. */
    public ScarfallBuilder roster(Roster value) {
        roster = value;
        return this;
    }

    /** The clock for the times of messages and tokens; for tests. */
    public ScarfallBuilder clock(Clock value) {
        clock = value;
        return this;
    }

    /**
     * Runs and measures the work that belongs to no connection, such as beats, retries between nodes and clean-ups; for tests.
     *
     * @param timers runs one task at a time; the gateway shuts it down when it closes
     * @param nanoTime as {@link System#nanoTime}
     */
    public ScarfallBuilder timers(ScheduledExecutorService timers, LongSupplier nanoTime) {
        this.timers = Objects.requireNonNull(timers, "timers");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        return this;
    }

    // HTTP.

    /** Answer {@code GET /healthz} and {@code GET /readyz} on both ports; true. */
    public ScarfallBuilder healthRoutes(boolean value) {
        healthRoutes = value;
        return this;
    }

    /** Answers HTTP requests outside the path on the users' port, such as pages. */
    public ScarfallBuilder httpRoutes(HttpRoutes routes) {
        httpRoutes = routes;
        return this;
    }

    /** Answers HTTP requests outside the path on the services' port. */
    public ScarfallBuilder internalHttpRoutes(HttpRoutes routes) {
        internalHttpRoutes = routes;
        return this;
    }

    /** Add the headers that harden browsers to every HTTP response, with the defaults of Helmet; true. */
    public ScarfallBuilder securityHeaders(boolean value) {
        securityHeaders = value;
        return this;
    }

    /**
     * Adds headers to every HTTP response of both ports, after the security headers. A page's own headers win over both.
     */
    public ScarfallBuilder responseHeaders(ResponseHeaders headers) {
        responseHeaders = headers;
        return this;
    }

    /** Changes settings of the users' port that this builder does not have; called last. */
    public ScarfallBuilder userEngine(Consumer<EngineConfig.Builder> changes) {
        userEngine = changes;
        return this;
    }

    /** Changes settings of the services' port that this builder does not have; called last. */
    public ScarfallBuilder internalEngine(Consumer<EngineConfig.Builder> changes) {
        internalEngine = changes;
        return this;
    }

    /**
     * Makes the gateway without starting it: it has no port, no connection and no thread yet. What it hands out, such as {@link
     * Scarfall#delivery}, can be injected; until the gateway runs, its stages fail. The builder can be used again.
     *
     * @throws IllegalArgumentException if a value is out of range, with {@code name: value (expected: ...)}
     */
    public Scarfall build() {
        Setup.Application application = application();
        Executor blocking = application.blockingExecutor();
        GatewayConfig config = new GatewayConfig(
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
                sessions,
                delivery,
                tokens,
                wire,
                limits,
                friends,
                control);
        return new Scarfall(new Setup(
                config,
                EngineConfigs.internalAddress(config, serviceKeys),
                cluster(blocking),
                Blocking.on(blocking, tokenSources.verifier(config.tokens())),
                serviceKeys,
                answersUnknownEvents,
                metrics,
                clock,
                timers,
                nanoTime,
                loops,
                new Setup.Http(
                        httpRoutes,
                        internalHttpRoutes,
                        healthRoutes,
                        securityHeaders,
                        responseHeaders,
                        userEngine,
                        internalEngine),
                application));
    }

    /** Makes the gateway and starts it: {@link #build}, then {@link Scarfall#start}. Throws what these throw. */
    public Scarfall start() {
        Scarfall scarfall = build();
        scarfall.start();
        return scarfall;
    }

    private NodeAccess cluster(@Nullable Executor blocking) {
        if (cluster != null && roster != null) {
            throw new IllegalArgumentException("roster: given beside a cluster (expected: the cluster has its own)");
        }
        if (cluster != null) {
            return cluster;
        }
        MemoryCluster.Builder memory = MemoryCluster.builder();
        return NodeAccess.of(
                roster == null
                        ? memory.build()
                        : memory.roster(Blocking.on(blocking, roster)).build());
    }
}
