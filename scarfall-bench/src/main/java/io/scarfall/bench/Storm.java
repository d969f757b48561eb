package io.scarfall.bench;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.scarfall.bench.WireClient.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the connections of thousands of authenticated clients at once and lets them reconnect. Measures how long it takes until all are
 * authenticated and online, and how long well-behaved clients wait for answers meanwhile.
 *
 * <pre>
 *   JWT_SECRET=... java -cp scarfall-bench.jar io.scarfall.bench.Storm &lt;clients&gt; &lt;websocket|polling|upgrade&gt;[+tls] &lt;port&gt;
 *   JWT_SECRET=... java -cp scarfall-bench.jar io.scarfall.bench.Storm &lt;clients&gt; ... &lt;port&gt; &lt;port of a node to be killed&gt; &lt;its pid&gt;
 * </pre>
 *
 * <p>With a second node, every second client starts there; that node is killed, and its clients reconnect to the first one. Clients
 * retry like the official client, but without jitter: at once after a lost connection, else after 1, 2, 4 and then 5
 * seconds. Exits with 1 if some clients are not back after 30 s, or if an answer took a second.
 */
public final class Storm {

    private static final int POLITE = 4;
    private static final long SLOWEST_ALLOWED_MICROS = 1_000_000;
    private static final long BACK_WITHIN_SECONDS = 30;
    private static final long[] RETRY_MILLIS = {1_000, 2_000, 4_000, 5_000};

    private final String secret;
    private final Path path;
    private final @Nullable SslContext tls;
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    /**
     * The event loop of the well-behaved clients only, so that work for the others does not count as answer time.
     */
    private final MultiThreadIoEventLoopGroup politeLoop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private final AtomicInteger attempts = new AtomicInteger();
    private final Map<String, Integer> endings = Collections.synchronizedMap(new TreeMap<>());
    private final List<Long> micros = Collections.synchronizedList(new ArrayList<>());
    private volatile int[] ports;
    private volatile CountDownLatch arriving = new CountDownLatch(0);

    private Storm(String secret, Path path, boolean speaksTls, int[] ports) throws Exception {
        this.secret = secret;
        this.path = path;
        tls = speaksTls
                ? SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build()
                : null;
        this.ports = ports;
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[0]);
        String[] how = arguments[1].split("\\+", 2);
        Path path = Path.valueOf(how[0].toUpperCase(Locale.ROOT));
        int port = Integer.parseInt(arguments[2]);
        boolean kills = arguments.length > 4;
        int[] ports = kills ? new int[] {port, Integer.parseInt(arguments[3])} : new int[] {port};
        Storm storm = new Storm(System.getenv("JWT_SECRET"), path, how.length > 1, ports);
        boolean held = storm.run(count, kills ? Long.parseLong(arguments[4]) : 0);
        System.exit(held ? 0 : 1);
    }

    private boolean run(int count, long pid) throws Exception {
        arriving = new CountDownLatch(count);
        List<Client> clients = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            clients.add(new Client(loops.next(), "stormy-" + i, i));
        }
        long start = System.nanoTime();
        for (Client client : clients) {
            client.open();
            if (client.index % 100 == 99) {
                Thread.sleep(50); // before the storm
            }
        }
        if (!arriving.await(2, TimeUnit.MINUTES)) {
            System.out.println("not all connected: " + endings);
            return false;
        }
        System.out.printf(Locale.ROOT, "%d connected in %d ms%n", count, millisSince(start));
        List<Polite> polite = new ArrayList<>();
        for (int i = 0; i < POLITE; i++) {
            polite.add(new Polite(politeLoop.next(), i));
        }
        for (Polite one : polite) {
            one.joined.get(30, TimeUnit.SECONDS);
            one.ask();
        }
        int all = count + POLITE;
        awaitPresent(polite.get(0), all);
        Thread.sleep(3_000);
        report("before", micros);
        micros.clear();
        attempts.set(0);
        endings.clear();

        List<Client> cut = clients;
        if (pid != 0) {
            cut = clients.stream().filter(client -> client.index % 2 == 1).toList();
            ports = new int[] {ports[0]};
        }
        arriving = new CountDownLatch(cut.size());
        start = System.nanoTime();
        if (pid == 0) {
            cut.forEach(Client::cut);
        } else {
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        }
        boolean back = arriving.await(2 * BACK_WITHIN_SECONDS, TimeUnit.SECONDS);
        long millis = millisSince(start);
        boolean present = awaitPresent(polite.get(0), all);
        System.out.printf(
                Locale.ROOT,
                "%d cut; %s after %d ms, present after %d ms; %d attempts; endings %s%n",
                cut.size(),
                back ? "all back" : arriving.getCount() + " not back",
                millis,
                millisSince(start),
                attempts.get(),
                endings);
        long slowest = report("during", micros);
        return back && present && millis < BACK_WITHIN_SECONDS * 1_000 && slowest < SLOWEST_ALLOWED_MICROS;
    }

    private static long millisSince(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Queries the online users until there are this many. */
    private static boolean awaitPresent(Polite polite, int count) throws InterruptedException {
        long start = System.nanoTime();
        while (polite.total != count) {
            if (millisSince(start) > 60_000) {
                System.out.println("present: " + polite.total + " of " + count);
                return false;
            }
            Thread.sleep(10);
        }
        return true;
    }

    private static long report(String when, List<Long> micros) {
        List<Long> sorted = new ArrayList<>(micros);
        if (sorted.isEmpty()) {
            System.out.println("polite " + when + ": no answers");
            return Long.MAX_VALUE;
        }
        sorted.sort(null);
        long slowest = sorted.get(sorted.size() - 1);
        System.out.printf(
                Locale.ROOT,
                "polite %s: %d rounds, median %,d us, p99 %,d us, slowest %,d us%n",
                when,
                sorted.size(),
                sorted.get(sorted.size() / 2),
                sorted.get(sorted.size() * 99 / 100),
                slowest);
        return slowest;
    }

    /** A client of the storm. Confined to its event loop. */
    private final class Client implements WireClient.Listener {

        private final EventLoop loop;
        private final int index;
        private final String join;
        private int failures;
        private boolean connected;
        private @Nullable WireClient wire;

        Client(EventLoop loop, String user, int index) {
            this.loop = loop;
            this.index = index;
            join = Tokens.join(secret, user);
        }

        void open() {
            attempts.incrementAndGet();
            wire = WireClient.open(loop, ports[index % ports.length], tls, path, join, this);
        }

        void cut() {
            WireClient current = wire;
            if (current != null) {
                current.cut();
            }
        }

        @Override
        public void message(WireClient client, String text) {
            if (text.startsWith("2[\"connected\"")) {
                failures = 0;
                connected = true;
                arriving.countDown();
            } else if (text.startsWith("4")) {
                endings.merge("refused " + text, 1, Integer::sum);
                client.close();
            }
        }

        @Override
        public void ended(WireClient client, String reason) {
            endings.merge(reason, 1, Integer::sum);
            if (connected) {
                connected = false;
                open();
            } else {
                long delay = RETRY_MILLIS[Math.min(failures++, RETRY_MILLIS.length - 1)];
                var unused = loop.schedule(this::open, delay, TimeUnit.MILLISECONDS);
            }
        }
    }

    /**
     * Sends events one after the other, each after the previous answer: pings, messages to the next user, and queries of the online users.
     */
    private final class Polite implements WireClient.Listener {

        private final EventLoop loop;
        private final CompletableFuture<Boolean> joined = new CompletableFuture<>();
        private final String toNext;
        private final WireClient wire;
        private volatile int total = -1;
        private int rounds;
        private int awaited;
        private long sentNanos;

        Polite(EventLoop loop, int index) {
            this.loop = loop;
            toNext = "[\"send_message\",{\"recipientIds\":[\"polite-" + (index + 1) % POLITE
                    + "\"],\"message\":\"hello\"}]";
            wire = WireClient.open(loop, ports[0], tls, Path.WEBSOCKET, Tokens.join(secret, "polite-" + index), this);
        }

        void ask() {
            sentNanos = System.nanoTime();
            awaited = 2;
            wire.send("21[\"ping\"]");
            wire.send("22" + toNext);
            if (++rounds % 4 == 0) {
                awaited = 3;
                wire.send("23[\"get_all_online_users\",{\"limit\":1}]");
            }
        }

        @Override
        public void message(WireClient client, String text) {
            if (text.startsWith("2[\"connected\"")) {
                joined.complete(true);
            } else if (text.startsWith("3")) {
                int at = text.indexOf("\"total\":");
                if (text.startsWith("33") && at > 0) {
                    total = Integer.parseInt(text.substring(at + 8).replaceAll("\\D.*", ""));
                }
                if (--awaited == 0) {
                    micros.add((System.nanoTime() - sentNanos) / 1_000);
                    var unused = loop.schedule(this::ask, 50, TimeUnit.MILLISECONDS);
                }
            }
        }

        @Override
        public void ended(WireClient client, String reason) {
            System.out.println("a polite client was cut: " + reason);
        }
    }
}
