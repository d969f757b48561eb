package io.scarfall.server;

import io.scarfall.engineio.HttpFallback;
import io.scarfall.gateway.Scarfall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** A gateway as its configuration says, and for development what shows it. Thread-safe. */
final class ScarfallServer implements AutoCloseable {

    private final Scarfall scarfall;

    private ScarfallServer(Scarfall scarfall) {
        this.scarfall = scarfall;
    }

    /** @throws StartException if a port is taken, or a folder cannot be read */
    static ScarfallServer start(ServerConfig config) throws InvalidConfigException, StartException {
        try {
            return new ScarfallServer(builder(config).start());
        } catch (IllegalArgumentException e) {
            throw new InvalidConfigException(List.of(String.valueOf(e.getMessage())));
        } catch (IOException | UncheckedIOException e) {
            throw new StartException(String.valueOf(e.getMessage()), e);
        }
    }

    private static Scarfall.Builder builder(ServerConfig config) throws IOException {
        Scarfall.Builder builder = Scarfall.builder()
                .port(config.port())
                .internalHost(config.internalHost())
                .internalPort(config.internalPort())
                .openInternal(config.openInternal())
                .corsOrigins(config.corsOrigins())
                .jwtSecret(config.jwtSecret())
                .tokenInQuery(config.tokenInQuery())
                .serviceKeys(config.serviceKeys())
                .path(config.path())
                .pingInterval(config.pingInterval())
                .pingTimeout(config.pingTimeout())
                .authTimeout(config.authTimeout())
                .sessionExpiry(config.sessionExpiry())
                .idleTimeout(config.idleTimeout());
        if (config.host() != null) {
            builder.host(config.host());
        }
        if (config.nodeName() != null) {
            builder.nodeName(config.nodeName());
        }
        Path clientDir = config.clientDir();
        HttpFallback client = clientDir == null ? request -> null : new ClientBundle(clientDir, config.path());
        if (!config.development()) {
            return builder.httpFallback(client).internalHttpFallback(client);
        }
        DemoTokens tokens = new DemoTokens(config.jwtSecret(), config.jwtExpiration(), Clock.systemUTC());
        DemoRoutes users = new DemoRoutes(tokens, DemoRoutes.USER_PAGE);
        DemoRoutes services = new DemoRoutes(tokens, DemoRoutes.INTERNAL_PAGE);
        return builder.httpFallback(either(client, users))
                .internalHttpFallback(either(client, services))
                .responseHeaders(users);
    }

    private static HttpFallback either(HttpFallback first, HttpFallback second) {
        return request -> {
            var answer = first.answer(request);
            return answer == null ? second.answer(request) : answer;
        };
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

    /** Closes all sessions and connections, and waits some seconds for it. */
    @Override
    public void close() {
        scarfall.close();
    }
}
