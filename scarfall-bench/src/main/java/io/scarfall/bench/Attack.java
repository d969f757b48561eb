package io.scarfall.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Attacks a running server on this machine. Each of 50 connections does one thing as fast as it can. Meanwhile a well-behaved client is
 * timed; afterwards the memory and file descriptors of the server are read.
 *
 * <pre>
 *   JWT_SECRET=... java -cp scarfall-bench.jar io.scarfall.bench.Attack &lt;port&gt; &lt;pid of the server&gt; [seconds] [kinds]
 * </pre>
 *
 * <p>Exits with 1 if an answer took a second or longer.
 */
public final class Attack {

    private static final int CONNECTIONS = 50;
    private static final long SLOWEST_ALLOWED_MILLIS = 1_000;
    private static final int RECIPIENTS = 1_000;

    /** What a connection repeats for as long as the server lets it. */
    private enum Kind {
        CONNECT,
        BAD_TOKEN,
        GOOD_TOKEN,
        QUERY,
        SEND,
        NEVER_READ,
        GARBAGE
    }

    private static final Map<Kind, LongAdder> SENT = adders();
    private static final Map<Kind, LongAdder> CONNECTED = adders();
    private static final Map<Kind, LongAdder> ENDED = adders();

    private final int port;
    private final String secret;
    private final Kind kind;
    private final String token;
    private final String toMany;
    private final long endNanos;

    private Attack(int port, String secret, Kind kind, int number, long endNanos) {
        this.port = port;
        this.secret = secret;
        this.kind = kind;
        this.token = token("attacker-" + number); // signed here, so that it is not part of the attack
        this.endNanos = endNanos;
        String ids = IntStream.range(0, RECIPIENTS)
                .mapToObj(i -> "\"attacker-" + i + "\"")
                .collect(Collectors.joining(","));
        toMany = "\"send_message\",{\"recipientIds\":[" + ids + "],\"message\":\"" + "x".repeat(200) + "\"}";
    }

    private static Map<Kind, LongAdder> adders() {
        Map<Kind, LongAdder> adders = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            adders.put(kind, new LongAdder());
        }
        return adders;
    }

    private static void count(Map<Kind, LongAdder> what, Kind kind) {
        Objects.requireNonNull(what.get(kind)).increment();
    }

    private static long sum(Map<Kind, LongAdder> what, Kind kind) {
        return Objects.requireNonNull(what.get(kind)).sum();
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        long pid = Long.parseLong(arguments[1]);
        int seconds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 60;
        List<Kind> kinds = arguments.length > 3
                ? Stream.of(arguments[3].split(",")).map(Kind::valueOf).toList()
                : List.of(Kind.values());
        String secret = System.getenv("JWT_SECRET");

        Attack polite = new Attack(port, secret, Kind.CONNECT, 0, Long.MAX_VALUE);
        System.out.println("before:  " + ServerUsage.of(pid));
        long endNanos = System.nanoTime() + seconds * 1_000_000_000L;
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            Attack attack = new Attack(port, secret, kinds.get(i % kinds.size()), i, endNanos);
            Thread thread = new Thread(attack::run, "attacker-" + i);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        boolean held = polite.watch(pid, seconds);
        for (Thread thread : threads) {
            thread.join(5_000);
        }
        for (Kind kind : kinds) {
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %,12d sent on %,9d connections, %,9d times ended or refused%n",
                    kind,
                    sum(SENT, kind),
                    sum(CONNECTED, kind),
                    sum(ENDED, kind));
        }
        System.out.println("at end:  " + ServerUsage.of(pid));
        for (int i = 0; i < 4; i++) {
            Thread.sleep(15_000);
            System.out.println("+" + (i + 1) * 15 + " s:   " + ServerUsage.of(pid));
        }
        System.exit(held ? 0 : 1);
    }

    /** Sends pings and messages to itself, one after the other, and reconnects at intervals. */
    private boolean watch(long pid, int seconds) throws IOException, InterruptedException {
        List<Long> micros = new ArrayList<>();
        long slowest = 0;
        try (RawClient client = open()) {
            client.join(token("polite"));
            client.await("\"connected\"");
            for (int second = 0; second < seconds; second++) {
                long worst = 0;
                for (int i = 0; i < 5; i++) {
                    long start = System.nanoTime();
                    client.send("421[\"ping\"]");
                    client.await("431[");
                    client.send("422[\"send_message\",{\"recipientIds\":[\"polite\"],\"message\":\"hello\"}]");
                    client.await("432[");
                    long took = (System.nanoTime() - start) / 1_000;
                    micros.add(took);
                    worst = Math.max(worst, took);
                    Thread.sleep(100);
                }
                long start = System.nanoTime();
                try (RawClient another = open()) {
                    another.join(token("polite-" + second));
                    another.await("\"connected\"");
                }
                long connecting = (System.nanoTime() - start) / 1_000;
                slowest = Math.max(slowest, Math.max(worst, connecting));
                if (second % 5 == 0) {
                    System.out.printf(
                            Locale.ROOT,
                            "%3d s: slowest answer %,9d us, connecting %,9d us, %s%n",
                            second,
                            worst,
                            connecting,
                            ServerUsage.of(pid));
                }
            }
        }
        micros.sort(null);
        System.out.printf(
                Locale.ROOT,
                "polite: %d rounds, median %,d us, p99 %,d us, slowest of all %,d us%n",
                micros.size(),
                micros.get(micros.size() / 2),
                micros.get(micros.size() * 99 / 100),
                slowest);
        return slowest < SLOWEST_ALLOWED_MILLIS * 1_000;
    }

    private void run() {
        while (System.nanoTime() < endNanos) {
            try {
                indulge();
            } catch (IOException e) {
                count(ENDED, kind); // the server closed the connection: connect again
            }
        }
    }

    private void indulge() throws IOException {
        switch (kind) {
            case CONNECT -> open().close();
            case BAD_TOKEN -> repeat(open().join(""), "\"authenticate\",{\"token\":\"bad.token.here\"}", true);
            case GOOD_TOKEN -> repeat(open().join(""), "\"authenticate\",{\"token\":\"" + token + "\"}", true);
            case QUERY -> repeat(joined(), "\"get_detailed_online_users\"", true);
            case SEND -> repeat(joined(), toMany, true);
            case NEVER_READ -> repeat(joined(), "\"get_all_online_users\"", false);
            case GARBAGE -> garbage();
        }
    }

    private RawClient open() throws IOException {
        RawClient client = RawClient.open(port);
        count(CONNECTED, kind);
        return client;
    }

    private RawClient joined() throws IOException {
        RawClient client = open();
        try {
            client.join(token);
            client.await("\"connected\"");
            return client;
        } catch (IOException e) {
            client.close();
            throw e;
        }
    }

    /** Sends one event repeatedly; reads the answers, or nothing at all. */
    private void repeat(RawClient client, String event, boolean reads) throws IOException {
        try (client) {
            if (reads) {
                client.discard();
            }
            long id = 0;
            while (System.nanoTime() < endNanos) {
                client.send("42" + id++ + "[" + event + "]");
                count(SENT, kind);
            }
        }
    }

    private void garbage() throws IOException {
        Random random = ThreadLocalRandom.current();
        byte[] bytes = new byte[random.nextInt(1, 512)];
        random.nextBytes(bytes);
        try (RawClient client = open()) {
            for (int i = 0; i < 100; i++) {
                client.sendRaw(bytes);
                count(SENT, kind);
            }
        }
    }

    private String token(String user) {
        return Tokens.of(secret, user);
    }
}
