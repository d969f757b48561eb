package io.scarfall.server;

import io.scarfall.engineio.TlsFiles;
import io.scarfall.gateway.Identity;
import io.scarfall.server.CommandLine.TokenRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program. See {@link CommandLine} for its arguments and {@link Setting} for its configuration. It has no logger: it reads how logging
 * is configured.
 */
public final class Main {

    private static final int RANDOM_SECRET_BYTES = 48;

    /** The exit code of a start that failed and may succeed later. */
    private static final int CANNOT_START = 1;

    /** The exit code for mistakes in settings or arguments: a retry does not help. */
    private static final int MISTAKEN = 2;

    /** The exit code of a JVM that SIGTERM ended. */
    private static final int TERMINATED = 143;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        CommandLine line;
        try {
            line = CommandLine.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println("scarfall: " + e.getMessage() + "\n\n" + CommandLine.USAGE);
            System.exit(MISTAKEN);
            return;
        }
        try {
            switch (line.task()) {
                case RUN -> run(line, System.getenv());
                case PRINT_CONFIG -> printConfig(line, System.getenv());
                case TOKEN -> printToken(Objects.requireNonNull(line.token()), line, System.getenv());
                case HEALTH -> askHealth(line, System.getenv());
                case HELP -> System.out.print(CommandLine.help());
                case VERSION -> System.out.println("scarfall " + ScarfallServer.version());
            }
        } catch (InvalidConfigException e) {
            System.err.println("scarfall: " + e.getMessage());
            System.exit(e.mayPass() ? CANNOT_START : MISTAKEN);
        } catch (StartException e) {
            System.err.println("scarfall: " + e.getMessage());
            System.exit(CANNOT_START);
        }
    }

    private static void run(CommandLine line, Map<String, String> environment)
            throws InvalidConfigException, StartException, InterruptedException {
        ServerConfig config = ServerConfig.read(environment, line.configFile(), secret(line), Main::whyNotListen);
        IdleMemory.giveBack();
        ScarfallServer server = ScarfallServer.start(config);
        LastWords.watch(server.gateway().broken());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "scarfall-shutdown"));
        if (!line.development()) { // in development the process ends with its terminal
            Signals.ignoreHangup();
        }
        server.announce();
        Thread.currentThread().join();
    }

    /** The secret of a run for development; null in production. */
    private static @Nullable String secret(CommandLine line) {
        if (!line.development()) {
            return null;
        }
        byte[] bytes = new byte[RANDOM_SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** Tries to listen as the server would: with SO_REUSEADDR, so that a server that just stopped is no obstacle. */
    private static @Nullable String whyNotListen(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return null;
        } catch (IOException e) {
            return e.getMessage();
        }
    }

    private static void stop(ScarfallServer server) {
        Signals.endAtOnce();
        CountDownLatch stopped = new CountDownLatch(1);
        Thread limit = new Thread(() -> endUnless(stopped, server.longestStop()), "scarfall-stop-limit");
        limit.setDaemon(true);
        limit.start();
        server.stop();
        Logs.stop();
        stopped.countDown();
    }

    private static void endUnless(CountDownLatch stopped, Duration limit) {
        try {
            if (!stopped.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                Runtime.getRuntime().halt(TERMINATED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Prints all settings, also invalid ones; then the problems follow. */
    private static void printConfig(CommandLine line, Map<String, String> environment) throws InvalidConfigException {
        String secret = secret(line);
        System.out.println(Settings.gather(environment, line.configFile(), secret, new ArrayList<>())
                .print());
        ServerConfig.read(environment, line.configFile(), secret, address -> null);
    }

    private static void printToken(TokenRequest request, CommandLine line, Map<String, String> environment)
            throws InvalidConfigException {
        KeySettings access = KeySettings.forTokens(environment, line.configFile(), request.expires());
        if (!Identity.isUserId(request.user(), Identity.MAX_USER_ID_LENGTH)) {
            throw new InvalidConfigException(List.of("the user of token (expected: 1 to " + Identity.MAX_USER_ID_LENGTH
                    + " characters, none of them a control character)"));
        }
        if (access.keys() instanceof KeySettings.Secret secret) {
            System.out.println(
                    new TokenIssuer(secret.text(), access.tokens(), access.jwtExpiration(), Clock.systemUTC())
                            .issue(request.user(), request.email()));
        }
    }

    private static void askHealth(CommandLine line, Map<String, String> environment)
            throws InvalidConfigException, StartException {
        ServerConfig config = ServerConfig.read(environment, line.configFile(), secret(line), address -> null);
        TlsFiles tls = config.wire().internalTls() ? config.wire().tls() : null;
        String whyNot = HealthQuestion.whyNot(
                config.listening().internalHost(),
                config.listening().internalPort(),
                tls == null ? null : tls.certificate());
        if (whyNot != null) {
            throw new StartException("the server does not serve: " + whyNot, null);
        }
    }
}
