package io.scarfall.presence.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of its own process, on a free port of loopback, that can be killed, frozen and started again. It keeps
 * nothing on disk unless it is {@link Builder#durable}. For one test thread at a time.
 *
 * <p>Its configuration and its log are in a folder below {@code target/redis}, named by this JVM's process id and a number.
 */
public final class RedisServer implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final String LOOPBACK = "127.0.0.1";

    private final Builder options;
    private final String host;
    private final int port;
    private final Path folder;

    /** Null for a server of others, which only commands reach. */
    private @Nullable RedisProcess process;

    private RedisServer(Builder options, String host, int port, Path folder) {
        this.options = options;
        this.host = host;
        this.port = port;
        this.folder = folder;
    }

    /** A server without a password. */
    public static RedisServer start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /**
     * The server that all suites of this JVM share: they use different prefixes, and neither stop it nor flush it. It
     * ends with the JVM.
     */
    public static RedisServer shared() {
        return Shared.SERVER;
    }

    /** A server that runs already. */
    static RedisServer at(String uri) {
        URI address = URI.create(uri);
        Builder options = builder();
        if (address.getUserInfo() != null) {
            String[] userAndPassword = address.getUserInfo().split(":", 2);
            if (userAndPassword[0].isEmpty()) {
                options.password(userAndPassword[1]);
            } else {
                options.user(userAndPassword[0], userAndPassword[1]);
            }
        }
        int port = address.getPort() < 0 ? 6379 : address.getPort();
        return new RedisServer(options, address.getHost(), port, RedisProgram.FOLDER);
    }

    public int port() {
        return port;
    }

    public String host() {
        return host;
    }

    /** Its address with user and password, if it requires them: {@code redis://} or {@code rediss://}. */
    public String uri() {
        return uri(port);
    }

    /** Its address by a proxy. */
    public String uri(TcpProxy by) {
        return uri(by.port());
    }

    private String uri(int port) {
        String credentials = "";
        if (options.user != null) {
            credentials = encode(options.user.name) + ":" + encode(options.user.password) + "@";
        } else if (options.password != null) {
            credentials = ":" + encode(options.password) + "@";
        }
        return (options.tls == null ? "redis://" : "rediss://") + credentials + host + ":" + port;
    }

    /**
     * Sends one command, with all rights, over a connection of its own.
     *
     * @return as {@link RespConnection#call}
     */
    public @Nullable Object command(String... command) {
        try (RespConnection connection = connect()) {
            return connection.call(command);
        }
    }

    /** A connection with all rights, for more than one command: MULTI, SUBSCRIBE, MONITOR. */
    public RespConnection connect() {
        RespConnection connection = connectUnauthenticated();
        try {
            if (options.password != null) {
                connection.call("AUTH", options.password);
            } else if (options.user != null) {
                connection.call("AUTH", options.user.name, options.user.password);
            }
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** A connection without authentication. */
    public RespConnection connectUnauthenticated() {
        return RespConnection.open(host, port, TIMEOUT, options.clients);
    }

    /** One value of INFO, such as {@code connected_clients}, {@code redis_version} or {@code role}. */
    public String info(String field) {
        String all = String.valueOf(command("INFO", "everything"));
        return all.lines()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not in INFO: " + field));
    }

    public boolean isRunning() {
        return own().isAlive();
    }

    public long pid() {
        return own().pid();
    }

    /** SIGKILL; returns when it is gone. What was written since the last fsync is lost, without {@link Builder#durable} all. */
    public void kill() {
        own().kill();
    }

    /** SIGTERM, as an operator ends it; returns when it is gone. */
    public void terminate() {
        own().terminate();
    }

    /**
     * Ends it, if it runs, and starts it at the same port; returns when it answers. It is empty then, unless it is
     * {@link Builder#durable}; effects of CONFIG SET and ACL SETUSER, and scripts, are gone.
     */
    public void restart() {
        RedisProcess old = own();
        if (old.isAlive()) {
            old.kill();
        }
        process = run();
        awaitAnswer();
    }

    /**
     * SIGSTOP: connections stay, and the kernel accepts new ones, but nothing is answered. Returns when it has
     * stopped.
     */
    public void freeze() {
        own().freeze();
    }

    /** SIGCONT: it processes everything that it was sent, late. Returns when it answers. */
    public void thaw() {
        own().thaw();
        awaitAnswer();
    }

    /** Its output since it was first started. */
    public String log() {
        try {
            return Files.readString(folder.resolve("redis.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it, if it runs. */
    @Override
    public void close() {
        if (process != null) {
            process.kill();
        }
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }

    private RedisProcess own() {
        if (process == null) {
            throw new IllegalStateException("the server at " + this + " was not started by the tests");
        }
        return process;
    }

    /** Whether it is a replica in sync with its master. */
    boolean follows() {
        return info("role").equals("slave") && info("master_link_status").equals("up");
    }

    private RedisProcess run() {
        if (!options.durable) {
            delete("dump.rdb"); // a replica keeps the data of its master, and would start with it
        }
        List<String> arguments = options.sentinel ? List.of("redis.conf", "--sentinel") : List.of("redis.conf");
        return options.program().run(folder, arguments, options.tls == null ? Set.of() : options.tls.folders());
    }

    /** Another process may answer at the port only if ours could not have it, and then ours has ended. */
    private void awaitAnswer() {
        RedisProcess process = own();
        Await.until("an answer of " + this, () -> !process.isAlive() || "PONG".equals(command("PING")));
        if (!process.isAlive()) {
            throw new IllegalStateException("Redis did not start: " + log());
        }
    }

    private void delete(String file) {
        try {
            Files.deleteIfExists(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private record User(String name, String password, List<String> rules) {}

    /** Options of a server. */
    public static final class Builder {

        private @Nullable String password;
        private @Nullable User user;
        private @Nullable TestCertificate tls;
        private @Nullable SSLSocketFactory clients;
        private @Nullable RedisProgram program;
        private boolean durable;
        private boolean sentinel;
        private final List<List<String>> directives = new ArrayList<>();

        private Builder() {}

        /** Requires a password of its clients. */
        public Builder password(String password) {
            this.password = password;
            return this;
        }

        /**
         * Adds a user, with which {@link RedisServer#uri} connects. Without {@link #password} no other user may
         * connect.
         *
         * @param rules as of ACL SETUSER, such as {@code ~app:*}; none: all rights
         */
        public Builder user(String name, String password, String... rules) {
            this.user = new User(name, password, rules.length == 0 ? List.of("~*", "&*", "+@all") : List.of(rules));
            return this;
        }

        /** Uses TLS only, without asking for certificates of clients. */
        public Builder tls(TestCertificate certificate) {
            this.tls = certificate;
            this.clients = certificate.clients();
            return this;
        }

        /** Keeps its data also when it is killed. */
        public Builder durable() {
            this.durable = true;
            return this;
        }

        /** Adds a line to its configuration, such as {@code maxclients 100}. */
        public Builder directive(String name, String... values) {
            List<String> line = new ArrayList<>(List.of(name));
            line.addAll(Arrays.asList(values));
            directives.add(line);
            return this;
        }

        /** Makes it a Sentinel, which takes other directives. */
        Builder sentinel() {
            this.sentinel = true;
            return this;
        }

        /**
         * Starts it; returns when it answers.
         *
         * @throws IllegalStateException if there is no Redis, or it does not start; with its output
         */
        public RedisServer start() {
            if (user != null && password == null) {
                password = UUID.randomUUID().toString();
            }
            for (int attempt = 1; ; attempt++) {
                int port = Ports.free();
                Path folder =
                        RedisProgram.FOLDER.resolve(ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
                RedisServer server = new RedisServer(this, LOOPBACK, port, folder);
                try {
                    Files.createDirectories(folder);
                    Files.deleteIfExists(folder.resolve("redis.log"));
                    Files.writeString(
                            folder.resolve("redis.conf"),
                            configuration(port, program().major()));
                    server.process = server.run();
                    server.awaitAnswer();
                    return server;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (RuntimeException e) {
                    server.close();
                    boolean portTaken = server.process != null && server.log().contains("Address already in use");
                    if (!portTaken || attempt == 5) {
                        throw e;
                    }
                }
            }
        }

        private RedisProgram program() {
            if (program == null) {
                program = RedisProgram.find(RedisProgram.choice());
            }
            return program;
        }

        private String configuration(int port, int major) {
            List<List<String>> lines = new ArrayList<>();
            lines.add(List.of("bind", LOOPBACK));
            lines.add(List.of("protected-mode", "no"));
            if (tls == null) {
                lines.add(List.of("port", Integer.toString(port)));
            } else {
                lines.add(List.of("port", "0"));
                lines.add(List.of("tls-port", Integer.toString(port)));
                lines.add(List.of(
                        "tls-cert-file", tls.certificate().toAbsolutePath().toString()));
                lines.add(List.of("tls-key-file", tls.key().toAbsolutePath().toString()));
                lines.add(List.of("tls-auth-clients", "no"));
            }
            if (password != null) {
                lines.add(List.of("requirepass", password));
            }
            if (!sentinel) {
                lines.addAll(ofData(major));
            }
            lines.addAll(directives);
            return lines.stream()
                    .map(line -> line.get(0) + " "
                            + line.stream().skip(1).map(Builder::quote).collect(Collectors.joining(" ")))
                    .collect(Collectors.joining("\n", "", "\n"));
        }

        private List<List<String>> ofData(int major) {
            List<List<String>> lines = new ArrayList<>();
            lines.add(List.of("save", ""));
            if (durable) {
                lines.add(List.of("appendonly", "yes"));
                lines.add(List.of("appendfsync", "always"));
            }
            if (password != null) {
                lines.add(List.of("masterauth", password));
            }
            if (user != null) {
                List<String> line = new ArrayList<>(List.of("user", user.name, "on", ">" + user.password));
                line.addAll(user.rules);
                lines.add(line);
            }
            lines.add(List.of("repl-diskless-sync-delay", "0")); // otherwise a replica waits 5 s for others
            if (major >= 7) {
                lines.add(List.of("shutdown-timeout", "0")); // otherwise a master waits 10 s for its replicas
                lines.add(List.of("enable-debug-command", "local"));
            }
            return lines;
        }

        private static String quote(String value) {
            return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
        }
    }

    private static final class Shared {

        static final RedisServer SERVER = server();

        private static RedisServer server() {
            String choice = RedisProgram.choice();
            return RedisProgram.isAddress(choice) ? RedisServer.at(choice) : RedisServer.start();
        }
    }
}
