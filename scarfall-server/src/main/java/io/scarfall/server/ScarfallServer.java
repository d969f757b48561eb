package io.scarfall.server;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.HttpFallback;
import io.scarfall.gateway.Scarfall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A gateway as its configuration says, with metrics, and for development what shows it. Thread-safe. */
final class ScarfallServer {

    private static final Logger log = LoggerFactory.getLogger(ScarfallServer.class);

    private final Scarfall scarfall;
    private final PrometheusMetrics metrics;
    private final ServerConfig.Drain drain;

    private ScarfallServer(Scarfall scarfall, PrometheusMetrics metrics, ServerConfig.Drain drain) {
        this.scarfall = scarfall;
        this.metrics = metrics;
        this.drain = drain;
    }

    /** @throws StartException if a port is taken, or a folder cannot be read */
    static ScarfallServer start(ServerConfig config) throws InvalidConfigException, StartException {
        PrometheusMetrics metrics = new PrometheusMetrics();
        try {
            Scarfall scarfall = builder(config, metrics).start();
            log.info("ready mode={}", config.development() ? "development" : "production");
            return new ScarfallServer(scarfall, metrics, config.drain());
        } catch (IllegalArgumentException e) {
            metrics.close();
            throw new InvalidConfigException(List.of(String.valueOf(e.getMessage())));
        } catch (IOException | UncheckedIOException e) {
            metrics.close();
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Scarfall.Builder builder(ServerConfig config, PrometheusMetrics metrics) throws IOException {
        ServerConfig.Listening listening = config.listening();
        ServerConfig.Access access = config.access();
        ServerConfig.Times times = config.times();
        ServerConfig.Limits limits = config.limits();
        Consumer<EngineConfig.Builder> engine =
                changes -> changes.maxPayloadBytes(limits.maxPayloadBytes()).maxUnsentBytes(limits.maxUnsentBytes());
        Scarfall.Builder builder = Scarfall.builder()
                .port(listening.port())
                .internalHost(listening.internalHost())
                .internalPort(listening.internalPort())
                .openInternal(listening.openInternal())
                .corsOrigins(listening.corsOrigins())
                .path(listening.path())
                .jwtSecret(access.jwtSecret())
                .tokenInQuery(access.tokenInQuery())
                .serviceKeys(access.serviceKeys())
                .pingInterval(times.pingInterval())
                .pingTimeout(times.pingTimeout())
                .authTimeout(times.authTimeout())
                .sessionExpiry(times.sessionExpiry())
                .idleTimeout(times.idleTimeout())
                .cleanupInterval(times.cleanupInterval())
                .maxRecipients(limits.maxRecipients())
                .maxMessageBytes(limits.maxMessageBytes())
                .maxMetadataBytes(limits.maxMetadataBytes())
                .maxFanOutBytes(limits.maxFanOutBytes())
                .maxUnanswered(limits.maxUnanswered())
                .maxPageSize(limits.maxPageSize())
                .maxUserIdLength(limits.maxUserIdLength())
                .userEngine(engine)
                .internalEngine(engine);
        if (listening.host() != null) {
            builder.host(listening.host());
        }
        if (config.nodeName() != null) {
            builder.nodeName(config.nodeName());
        }
        Path clientDir = config.clientDir();
        HttpFallback client = clientDir == null ? request -> null : new ClientBundle(clientDir, listening.path());
        if (!config.development()) {
            return builder.httpFallback(client).internalHttpFallback(metrics.or(client));
        }
        TokenIssuer tokens = new TokenIssuer(access.jwtSecret(), access.jwtExpiration(), Clock.systemUTC());
        DemoRoutes users = new DemoRoutes(tokens, DemoRoutes.USER_PAGE);
        DemoRoutes services = new DemoRoutes(tokens, DemoRoutes.INTERNAL_PAGE);
        return builder.httpFallback(client.or(users))
                .internalHttpFallback(metrics.or(client).or(services))
                .responseHeaders(users);
    }

    /** What somebody reads who started the server to try it. */
    String welcome() {
        return """

                Scarfall is ready: in memory, with a secret of this run, for this machine only.

                  two users:   http://localhost:%1$d/?user=alice
                               http://localhost:%1$d/?user=bob
                  a service:   http://localhost:%2$d/  (makes them friends, and sends to both)

                Ctrl-C stops it.
                """.formatted(scarfall.userPort(), scarfall.internalPort());
    }

    /** How long {@link #stop} may take. */
    Duration longestStop() {
        return drain.delay().plus(drain.timeout());
    }

    /** Takes leave of everybody, as the settings say, and closes. */
    void stop() {
        // A tenth of the time is for what comes after.
        scarfall.drain(drain.delay(), drain.timeout().multipliedBy(9).dividedBy(10));
        metrics.close();
        log.info("stopped");
    }
}
