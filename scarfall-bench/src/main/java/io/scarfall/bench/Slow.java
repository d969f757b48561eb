package io.scarfall.bench;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.scarfall.bench.WireClient.Path;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Sends 100 MB to a user who reads, then to one who stopped reading. Measures the memory of the receiver's server in both cases, the outcome
 * of the messages, and the answer times of a well-behaved client meanwhile.
 *
 * <pre>
 *   JWT_SECRET=... java -cp scarfall-bench.jar io.scarfall.bench.Slow &lt;port&gt; &lt;internal port&gt; &lt;pid&gt; &lt;websocket|polling|upgrade&gt;[+tls] [internal port of the sender's node]
 * </pre>
 *
 * <p>Exits with 1 if the receiver that does not read cost 16 MB more than the one that does, if the session of the reading
 * receiver ended, or if an answer took a second. Linux only.
 */
public final class Slow {

    private static final int MESSAGES = 10_000;
    private static final int MESSAGE_BYTES = 10_000;
    private static final int UNANSWERED = 64;
    private static final long MOST_MEGABYTES = 16;
    private static final long SLOWEST_ALLOWED_MICROS = 1_000_000;

    private final String secret = System.getenv("JWT_SECRET");
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final MultiThreadIoEventLoopGroup politeLoop =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Long> micros = Collections.synchronizedList(new ArrayList<>());
    private final int port;
    private final int internalPort;
    private final int senderPort;
    private final long pid;
    private final Path path;
    private final @Nullable SslContext tls;

    /** Whether every receiver that reads kept its session. */
    private boolean survived = true;

    private Slow(String[] arguments) throws Exception {
        port = Integer.parseInt(arguments[0]);
        internalPort = Integer.parseInt(arguments[1]);
        pid = Long.parseLong(arguments[2]);
        String[] how = arguments[3].split("\\+", 2);
        path = Path.valueOf(how[0].toUpperCase(Locale.ROOT));
        tls = how.length < 2
                ? null
                : SslContextBuilder.forClient()
                        .trustManager(InsecureTrustManagerFactory.INSTANCE)
                        .build();
        senderPort = arguments.length > 4 ? Integer.parseInt(arguments[4]) : internalPort;
    }

    public static void main(String[] arguments) throws Exception {
        System.exit(new Slow(arguments).run() ? 0 : 1);
    }

    private boolean run() throws Exception {
        Polite polite = new Polite();
        polite.joined.get(30, TimeUnit.SECONDS);
        polite.ask();
        send("warm", true);
        long reading = send("reads", true);
        micros.clear();
        long stuck = send("stuck", false);
        List<Long> sorted = new ArrayList<>(micros);
        sorted.sort(null);
        long slowest = sorted.get(sorted.size() - 1);
        System.out.printf(
                Locale.ROOT,
                "polite: %d rounds, median %,d us, slowest %,d us; not reading cost %d MB more than reading%n",
                sorted.size(),
                sorted.get(sorted.size() / 2),
                slowest,
                stuck - reading);
        return survived && stuck - reading < MOST_MEGABYTES && slowest < SLOWEST_ALLOWED_MICROS;
    }

    /** Returns the growth of the server in MB, at its peak. */
    private long send(String user, boolean reads) throws Exception {
        Receiver receiver = new Receiver(user);
        receiver.joined.get(30, TimeUnit.SECONDS);
        if (!reads) {
            receiver.wire.stopReading();
        }
        Usage before = usage();
        Usage most = before;
        Sender sender = new Sender();
        sender.joined.get(30, TimeUnit.SECONDS);
        String message = "[\"send_message\",{\"recipientIds\":[\"" + user + "\"],\"message\":\""
                + "x".repeat(MESSAGE_BYTES) + "\"}]";
        long start = System.nanoTime();
        for (int i = 0; i < MESSAGES; i++) {
            if (!sender.room.tryAcquire(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("no answer for 30 s");
            }
            sender.wire.send("2" + i + message);
            if (i % 250 == 0) {
                most = most.max(usage());
            }
        }
        if (!sender.room.tryAcquire(UNANSWERED, 30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("no answer for 30 s");
        }
        most = most.max(usage());
        long grown = most.residentMegabytes - before.residentMegabytes;
        System.out.printf(
                Locale.ROOT,
                "%s %s: %d sent, %d failed, in %d ms; resident %d MB before, %+d at most; direct %+d MB, heap %+d MB at most; ended: %s%n",
                path,
                user,
                sender.sent.get(),
                sender.failed.get(),
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start),
                before.residentMegabytes,
                grown,
                most.directMegabytes - before.directMegabytes,
                most.heapMegabytes - before.heapMegabytes,
                receiver.ended);
        survived &= !reads || receiver.ended.equals("no");
        sender.wire.close();
        receiver.wire.close();
        return grown;
    }

    /** The resources that the receiver's server uses, from the kernel and its own metrics. */
    private record Usage(long residentMegabytes, long directMegabytes, long heapMegabytes) {

        Usage max(Usage other) {
            return new Usage(
                    Math.max(residentMegabytes, other.residentMegabytes),
                    Math.max(directMegabytes, other.directMegabytes),
                    Math.max(heapMegabytes, other.heapMegabytes));
        }
    }

    private Usage usage() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + internalPort + "/metrics");
        String metrics = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
        double direct = 0;
        double heap = 0;
        for (String line : metrics.lines().toList()) {
            double value = line.startsWith("#") ? 0 : Double.parseDouble(line.substring(line.lastIndexOf(' ')));
            if (line.startsWith("jvm_buffer_memory_used_bytes{") && line.contains("\"direct\"")) {
                direct += value;
            } else if (line.startsWith("jvm_memory_used_bytes{") && line.contains("\"heap\"")) {
                heap += value;
            }
        }
        return new Usage(ServerUsage.of(pid).residentMegabytes(), (long) direct >> 20, (long) heap >> 20);
    }

    /** The recipient. */
    private final class Receiver implements WireClient.Listener {

        private final CompletableFuture<Boolean> joined = new CompletableFuture<>();
        private final WireClient wire;
        private volatile String ended = "no";

        Receiver(String user) {
            wire = WireClient.open(loops.next(), port, tls, path, Tokens.join(secret, user), this);
        }

        @Override
        public void message(WireClient client, String text) {
            if (text.startsWith("2[\"connected\"")) {
                joined.complete(true);
            }
        }

        @Override
        public void ended(WireClient client, String reason) {
            ended = reason;
        }
    }

    /** A service. */
    private final class Sender implements WireClient.Listener {

        private final CompletableFuture<Boolean> joined = new CompletableFuture<>();
        private final Semaphore room = new Semaphore(UNANSWERED);
        private final AtomicInteger sent = new AtomicInteger();
        private final AtomicInteger failed = new AtomicInteger();
        private final WireClient wire;

        Sender() {
            wire = WireClient.open(loops.next(), senderPort, null, Path.WEBSOCKET, "40", this);
        }

        @Override
        public void message(WireClient client, String text) {
            if (text.startsWith("2[\"connected\"")) {
                joined.complete(true);
            } else if (text.startsWith("3")) {
                (text.contains("\"status\":\"sent\"") ? sent : failed).incrementAndGet();
                room.release();
            }
        }

        @Override
        public void ended(WireClient client, String reason) {
            if (!reason.equals("closed")) {
                System.out.println("the sender was cut: " + reason);
            }
        }
    }

    /** Pings, one after the other. */
    private final class Polite implements WireClient.Listener {

        private final CompletableFuture<Boolean> joined = new CompletableFuture<>();
        private final WireClient wire;
        private long sentNanos;

        Polite() {
            wire = WireClient.open(politeLoop.next(), port, tls, Path.WEBSOCKET, Tokens.join(secret, "polite"), this);
        }

        void ask() {
            sentNanos = System.nanoTime();
            wire.send("21[\"ping\"]");
        }

        @Override
        public void message(WireClient client, String text) {
            if (text.startsWith("2[\"connected\"")) {
                joined.complete(true);
            } else if (text.startsWith("3")) {
                micros.add((System.nanoTime() - sentNanos) / 1_000);
                var unused = politeLoop.schedule(this::ask, 10, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void ended(WireClient client, String reason) {
            System.out.println("the polite client was cut: " + reason);
        }
    }
}
