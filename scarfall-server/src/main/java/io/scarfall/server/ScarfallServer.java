package io.scarfall.server;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.HttpRoutes;
import io.scarfall.gateway.DeliveryConfig;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.StoreMetrics;
import io.scarfall.presence.ClusterState;
import io.scarfall.presence.StoreListener;
import io.scarfall.presence.redis.RedisPresenceCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway with its configuration and metrics; in development also with example pages. Thread-safe. */
final class ScarfallServer {

    private static final Logger log = LoggerFactory.getLogger(ScarfallServer.class);

    private static final long USUAL_BUS_BYTES = 16 << 20;
    private static final long MOST_BUS_BYTES = 256 << 20;

    /** Room for the ids of the recipients on one node, and for numbers. */
    private static final long BUS_ROOM_BYTES = 1 << 20;

    private final Scarfall scarfall;
    private final PrometheusMetrics metrics;
    private final ServerConfig config;

    /** The state that nodes share; null if it is in memory. */
    private final @Nullable ClusterState redis;

    private ScarfallServer(
            Scarfall scarfall, PrometheusMetrics metrics, @Nullable ClusterState redis, ServerConfig config) {
        this.scarfall = scarfall;
        this.metrics = metrics;
        this.redis = redis;
        this.config = config;
    }

    /** @throws StartException if a port is taken, or a folder cannot be read */
    static ScarfallServer start(ServerConfig config) throws InvalidConfigException, StartException {
        PrometheusMetrics metrics = new PrometheusMetrics(version());
        ClusterState redis = null;
        try {
            config.warnings().forEach(log::warn);
            CompletableFuture<DemoRoutes.Ports> ports = new CompletableFuture<>();
            ScarfallBuilder builder = builder(config, metrics, ports);
            StoreListener store = new StoreMetrics(metrics); // without Redis its metrics exist too, and are 0
            if (config.redis() != null) {
                redis = connect(config.redis(), config.sessions().sessionExpiry(), config.delivery(), store);
                builder.cluster(redis);
            }
            Scarfall scarfall = builder.start();
            ports.complete(ports(scarfall));
            return new ScarfallServer(scarfall, metrics, redis, config);
        } catch (IllegalArgumentException e) {
            close(metrics, redis);
            throw new InvalidConfigException(List.of(String.valueOf(e.getMessage())));
        } catch (IOException | UncheckedIOException e) {
            close(metrics, redis);
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void close(PrometheusMetrics metrics, @Nullable ClusterState redis) {
        metrics.close();
        if (redis != null) {
            redis.close();
        }
    }

    /** Begins to connect. A server that starts before Redis waits for it, and logs that. */
    private static ClusterState connect(
            RedisSettings redis, Duration sessionExpiry, DeliveryConfig messages, StoreListener listener) {
        RedisPresenceCluster.Builder builder = RedisPresenceCluster.builder()
                .cluster(redis.cluster())
                .tls(redis.tls())
                .username(redis.username())
                .password(redis.password())
                .sentinelUsername(redis.sentinelUsername())
                .sentinelPassword(redis.sentinelPassword())
                .listener(listener)
                .commandTimeout(redis.timeout())
                .maxFriendsBytes(redis.maxFriendsBytes())
                .maxMessageBytes(busBytes(messages))
                .sessionExpiry(sessionExpiry);
        if (redis.address() != null) {
            builder.address(redis.address());
        }
        if (redis.ca() != null) {
            builder.tlsCa(redis.ca());
        }
        ClusterState cluster = builder.build();
        cluster.connected().whenComplete((connected, error) -> {
            if (error == null) {
                log.info("connected to Redis");
            } else {
                log.error("cannot use this Redis error={}", error.getMessage());
            }
        });
        return cluster;
    }

    /** A message of the largest allowed size reaches other nodes too, with the ids of its recipients there. */
    private static int busBytes(DeliveryConfig messages) {
        return (int) Math.min(MOST_BUS_BYTES, Math.max(USUAL_BUS_BYTES, messages.leastPayloadBytes() + BUS_ROOM_BYTES));
    }

    private static DemoRoutes.Ports ports(Scarfall scarfall) {
        return new DemoRoutes.Ports(
                scarfall.userPort(),
                scarfall.config().wire().tls() != null,
                scarfall.internalPort(),
                scarfall.config().wire().internalTls());
    }

    private static ScarfallBuilder builder(
            ServerConfig config, PrometheusMetrics metrics, CompletionStage<DemoRoutes.Ports> ports)
            throws IOException {
        ServerConfig.Listening listening = config.listening();
        KeySettings access = config.access();
        Consumer<EngineConfig.Builder> engine = engine(config.engine());
        ScarfallBuilder builder = Scarfall.builder()
                .port(listening.port())
                .internalHost(listening.internalHost())
                .internalPort(listening.internalPort())
                .openInternal(listening.openInternal())
                .internalNullOrigin(listening.internalNullOrigin())
                .corsOrigins(listening.corsOrigins())
                .path(listening.path())
                .pingInterval(config.engine().pingInterval())
                .pingTimeout(config.engine().pingTimeout())
                .wire(config.wire())
                .sessions(config.sessions())
                .delivery(config.delivery())
                .limits(config.limits())
                .friends(config.friends())
                .control(config.control())
                .tokens(access.tokens())
                .tokenInQuery(access.tokenInQuery())
                .serviceKeys(access.serviceKeys())
                .metrics(metrics)
                .userEngine(engine)
                .internalEngine(engine);
        addKeys(access.keys(), builder);
        if (listening.host() != null) {
            builder.host(listening.host());
        }
        if (config.nodeName() != null) {
            builder.nodeName(config.nodeName());
        }
        Path clientDir = config.clientDir();
        HttpRoutes client = clientDir == null ? request -> null : new ClientBundle(clientDir, listening.path());
        if (!(config.development() && access.keys() instanceof KeySettings.Secret secret)) {
            return builder.httpRoutes(client).internalHttpRoutes(metrics.or(client));
        }
        TokenIssuer issuer = new TokenIssuer(secret.text(), access.tokens(), access.jwtExpiration(), Clock.systemUTC());
        DemoRoutes userPages = new DemoRoutes(issuer, DemoRoutes.USER_PAGE, ports);
        DemoRoutes servicePages = new DemoRoutes(issuer, DemoRoutes.INTERNAL_PAGE, ports);
        return builder.httpRoutes(client.or(userPages))
                .internalHttpRoutes(metrics.or(client).or(servicePages));
    }

    /** The settings for which the builder has no method. */
    static Consumer<EngineConfig.Builder> engine(ServerConfig.Engine sizes) {
        return changes -> changes.maxPayloadBytes(sizes.maxPayloadBytes())
                .maxUnsentBytes(sizes.maxUnsentBytes())
                .slowTimeout(sizes.slowTimeout());
    }

    private static void addKeys(KeySettings.Keys keys, ScarfallBuilder builder) {
        if (keys instanceof KeySettings.Secret secret) {
            builder.jwtSecret(secret.text());
        } else if (keys instanceof KeySettings.PublicKey key) {
            builder.jwtPublicKey(key.algorithm(), key.pem());
        } else if (keys instanceof KeySettings.KeySet set) {
            builder.jwks(set.jwks());
        }
    }

    /** The version of this program; {@code (unpackaged)} if it does not run from its jar. */
    static String version() {
        String version = ScarfallServer.class.getPackage().getImplementationVersion();
        return version == null ? "(unpackaged)" : version;
    }

    /** The running gateway. */
    Scarfall gateway() {
        return scarfall;
    }

    /** Logs that it is ready. Call this after the shutdown hook is set: a program that waits for this line may send a signal at once. */
    void announce() {
        log.info(
                "ready mode={} state={}",
                config.development() ? "development" : "production",
                redis == null ? "memory" : "redis");
        if (config.development()) {
            System.out.println(welcome());
        }
    }

    /** The text for a developer who tries the server. */
    private String welcome() {
        DemoRoutes.Ports ports = ports(scarfall);
        return """

                Scarfall is ready: %5$s, with a secret of this run, for this machine only.

                  two users:   %3$s://localhost:%1$d/?user=alice
                               %3$s://localhost:%1$d/?user=bob
                  a service:   %4$s://localhost:%2$d/  (makes them friends, and sends to both)

                Ctrl-C stops it.
                """.formatted(
                        ports.user(),
                        ports.internal(),
                        ports.userTls() ? "https" : "http",
                        ports.internalTls() ? "https" : "http",
                        redis == null ? "in memory" : "with Redis");
    }

    /** How long {@link #stop} may take. */
    Duration longestStop() {
        return config.drain().delay().plus(config.drain().timeout());
    }

    /** Drains as configured, and closes. Blocks. */
    void stop() {
        // A tenth of the time is for closing Redis and the logs.
        scarfall.drain(
                config.drain().delay(),
                config.drain().timeout().multipliedBy(9).dividedBy(10),
                config.drain().grace());
        close(metrics, redis);
        log.info("stopped");
    }
}
