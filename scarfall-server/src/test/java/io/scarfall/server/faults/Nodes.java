package io.scarfall.server.faults;

import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.presence.testing.TcpProxy;
import io.scarfall.server.Main;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Servers of one deployment, each in its own process. {@link #unexpectedExits} names those that exited by themselves. */
final class Nodes implements AutoCloseable {

    static final String SECRET = "Vt5Xq2Lm8Rw4Zk7Pn1Yd6Hs3Jc9Gf0Bu";

    /** Generous: three servers start at the same time on a machine that may be busy. */
    private static final Duration MOST_TO_START = Duration.ofSeconds(90);

    private final List<Node> nodes;

    /** @param settings by the node's number: the settings by which it finds its Redis */
    private Nodes(int count, Function<Integer, Map<String, String>> settings, List<TcpProxy> proxies) {
        this.nodes = IntStream.range(0, count)
                .mapToObj(i -> new Node(i, settings.apply(i), proxies.isEmpty() ? null : proxies.get(i)))
                .toList();
        nodes.forEach(Node::start);
        nodes.forEach(Node::awaitReady);
    }

    /** Nodes that each reach Redis through their own proxy. */
    static Nodes behindProxies(int count, int redisPort) {
        List<TcpProxy> proxies =
                IntStream.range(0, count).mapToObj(i -> TcpProxy.to(redisPort)).toList();
        return new Nodes(
                count,
                i -> Map.of("REDIS_URL", "redis://127.0.0.1:" + proxies.get(i).port()),
                proxies);
    }

    static Nodes with(int count, Map<String, String> settings) {
        return new Nodes(count, i -> settings, List.of());
    }

    Node get(int index) {
        return nodes.get(index);
    }

    List<Node> all() {
        return nodes;
    }

    List<Node> running() {
        return nodes.stream().filter(node -> node.isRunning).toList();
    }

    /** The names of nodes whose process exited although the test did not stop it. */
    List<String> unexpectedExits() {
        List<String> ended = new ArrayList<>();
        for (Node node : nodes) {
            if (node.isRunning && !node.process().isAlive()) {
                ended.add(node.name());
            }
        }
        return ended;
    }

    @Override
    public void close() {
        for (Node node : nodes) {
            if (node.process != null) {
                node.process.close();
            }
            if (node.proxy != null) {
                node.proxy.close();
            }
        }
    }

    /** One server process. */
    static final class Node {

        private final int index;
        private final Map<String, String> settings;
        private final @Nullable TcpProxy proxy;
        private volatile @Nullable JavaProcess process;
        private volatile int userPort = -1;
        private volatile int internalPort = -1;
        private volatile boolean isRunning;
        private volatile boolean isFrozen;

        Node(int index, Map<String, String> settings, @Nullable TcpProxy proxy) {
            this.index = index;
            this.settings = settings;
            this.proxy = proxy;
        }

        String name() {
            return "node" + index;
        }

        int index() {
            return index;
        }

        /** The port for users; negative while the node does not run. */
        int userPort() {
            return userPort;
        }

        /** The port for services; negative while the node does not run. */
        int internalPort() {
            return internalPort;
        }

        JavaProcess process() {
            JavaProcess running = process;
            if (running == null) {
                throw new IllegalStateException(name() + " was not started");
            }
            return running;
        }

        /** The proxy between this node and its Redis. */
        TcpProxy proxy() {
            if (proxy == null) {
                throw new IllegalStateException(name() + " has no proxy");
            }
            return proxy;
        }

        /** Its name and its epoch, from the newest line of its log that has them. */
        String life() {
            Pattern said = Pattern.compile("node is a member node=(\\S+)");
            return process().lines().stream()
                    .map(said::matcher)
                    .filter(Matcher::find)
                    .reduce((before, last) -> last)
                    .orElseThrow()
                    .group(1);
        }

        /** Starts the process and returns at once. */
        void start() {
            JavaProcess.Builder builder = JavaProcess.ofMain(Main.class)
                    .jvmArguments("-Xmx160m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                    // without this the server would log as the tests do: their configuration is on the class path
                    .jvmArguments("-Dlogback.configurationFile=logback.xml")
                    .environment("JWT_SECRET", SECRET)
                    .environment("HOST", "127.0.0.1")
                    .environment("PORT", "0")
                    .environment("INTERNAL_PORT", "0")
                    .environment("SCARFALL_NODE_NAME", name())
                    .environment("WS_PING_INTERVAL", "2000")
                    .environment("OFFLINE_GRACE", "0") // a user without a connection counts as offline at once
                    .environment("LOG_LEVEL", System.getProperty("scarfall.faults.log", "info"))
                    .environment("LOG_DIR", "target/faults/" + name());
            settings.forEach(builder::environment);
            process = builder.start();
            isRunning = true;
        }

        /** Returns when the server has started and its ports are known. It may still wait for Redis. */
        void awaitReady() {
            MatchResult ports =
                    process().awaitLine("gateway started .*users=\\S+:(\\d+) services=\\S+:(\\d+)", MOST_TO_START);
            process().awaitLine("ready mode=");
            userPort = Integer.parseInt(ports.group(1));
            internalPort = Integer.parseInt(ports.group(2));
        }

        /** Freezes the process (SIGSTOP). */
        void freeze() {
            isFrozen = true;
            process().freeze();
        }

        /** Lets the process go on (SIGCONT). */
        void thaw() {
            process().thaw();
            isFrozen = false;
        }

        /** Whether the process is frozen: it accepts connections, but does not answer. */
        boolean isFrozen() {
            return isFrozen;
        }

        void kill() {
            gone();
            process().kill9();
        }

        /** Sends SIGTERM and returns when the process has exited. */
        void terminate() {
            gone();
            process().terminate();
        }

        private void gone() {
            isRunning = false;
            userPort = -1;
            internalPort = -1;
        }
    }
}
