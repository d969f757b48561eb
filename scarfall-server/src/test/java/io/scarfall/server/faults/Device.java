package io.scarfall.server.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A light Socket.IO client over WebSocket; a test runs dozens of them. It joins, answers heartbeats and sends events with
 * acks. It reconnects by itself, each time to the port that the test supplies at that moment. It records when it was
 * connected and which messages it received. Thread-safe.
 */
final class Device implements Ledger.Receiver, AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long CONNECT_SECONDS = 3;
    private static final long LONGEST_BACKOFF_MILLIS = 1_000;

    /** On a busy machine, this process may read for so long later what has arrived. */
    private static final long LONGEST_UNREAD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long NEAR_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final String userId;
    private final @Nullable String token;
    private final IntSupplier ports;
    private final long patienceNanos;
    private final HttpClient http;
    private final ScheduledExecutorService timers;

    // Guarded by this.
    private final List<Stay> stays = new ArrayList<>();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final Map<String, JsonNode> statuses = new HashMap<>();
    private @Nullable Connection current;
    private int failures;
    private boolean closed;

    /**
     * One period of being connected, in {@link System#nanoTime}.
     *
     * @param to null while it lasts
     * @param read until when the device has surely read what had arrived; null while it lasts
     */
    record Stay(
            int port,
            long from,
            @Nullable Long to,
            @Nullable Long read) {

        boolean covers(long start, long end) {
            return from - start <= 0 && (read == null || read - end >= 0);
        }

        /** Whether it lasted at a moment, or began or ended within some seconds of it. */
        boolean isNear(long moment) {
            return from - moment <= NEAR_NANOS && (to == null || moment - to <= NEAR_NANOS);
        }
    }

    /** A message that arrived, and when, in {@link System#nanoTime}. */
    private record Arrival(String text, long nanos) {}

    /** Receives the ack of an event and the time of its arrival; the ack is null if the connection ended before it. */
    interface Answer extends BiConsumer<@Nullable JsonNode, Long> {}

    /**
     * Starts to connect.
     *
     * @param token null for a service, which needs no token
     * @param ports supplies the port to connect to next; negative if the device must wait
     * @param patienceNanos after this long without a packet from the server, {@link #leaveIfSilent} ends the connection
     */
    Device(
            String userId,
            @Nullable String token,
            IntSupplier ports,
            long patienceNanos,
            HttpClient http,
            ScheduledExecutorService timers) {
        this.userId = userId;
        this.token = token;
        this.ports = ports;
        this.patienceNanos = patienceNanos;
        this.http = http;
        this.timers = timers;
        connect();
    }

    @Override
    public String userId() {
        return userId;
    }

    synchronized boolean isConnected() {
        return current != null && current.joined;
    }

    /** The port that it is connected to; negative if it is not connected. */
    synchronized int port() {
        return current != null && current.joined ? current.port : -1;
    }

    @Override
    public synchronized boolean wasConnected(long start, long end) {
        return stays.stream().anyMatch(stay -> stay.covers(start, end));
    }

    @Override
    public synchronized List<String> messages() {
        return arrivals.stream().map(Arrival::text).toList();
    }

    @Override
    public synchronized boolean left(int port, long start, long end) {
        return stays.stream()
                .anyMatch(stay -> stay.port == port && stay.to != null && stay.to - start >= 0 && stay.to - end <= 0);
    }

    @Override
    public synchronized String story(long moment) {
        StringJoiner story = new StringJoiner(", ");
        stays.stream()
                .filter(stay -> stay.isNear(moment))
                .map(stay -> "port " + stay.port + " from " + millis(stay.from - moment) + " to "
                        + (stay.to == null ? "now" : millis(stay.to - moment)))
                .forEach(story::add);
        arrivals.stream()
                .filter(arrival -> arrival.nanos - moment <= 0)
                .reduce((before, last) -> last)
                .ifPresent(last -> story.add("got " + last.text + " at " + millis(last.nanos - moment)));
        arrivals.stream()
                .filter(arrival -> arrival.nanos - moment > 0)
                .findFirst()
                .ifPresent(next -> story.add("got " + next.text + " at " + millis(next.nanos - moment)));
        return story.toString();
    }

    private static String millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos) + " ms";
    }

    /** The newest status of a user that it received on this connection; null if it received none. */
    synchronized @Nullable String statusOf(String friend) {
        JsonNode status = statuses.get(friend);
        return status == null ? null : status.path("status").asText();
    }

    /** Clears the recorded messages and the connections that have ended. */
    synchronized void forget() {
        arrivals.clear();
        stays.removeIf(stay -> stay.to != null);
    }

    /**
     * Sends an event with an ack.
     *
     * @param argument as JSON
     * @param answer called once if the event was sent, never otherwise
     * @return whether the event was sent
     */
    boolean emit(String event, String argument, Answer answer) {
        Connection connection;
        synchronized (this) {
            connection = current;
            if (connection == null || !connection.joined) {
                return false;
            }
        }
        return connection.emit(event, argument, answer);
    }

    /** Sends an event and completes with its ack; fails if the connection ends first or no ack comes in time. */
    CompletableFuture<JsonNode> ask(String event, String argument) {
        CompletableFuture<JsonNode> asked = new CompletableFuture<>();
        boolean sent = emit(event, argument, (answer, nanos) -> {
            if (answer == null) {
                asked.completeExceptionally(new IllegalStateException("disconnected"));
            } else {
                asked.complete(answer);
            }
        });
        if (!sent) {
            asked.completeExceptionally(new IllegalStateException("not connected"));
        }
        return asked.orTimeout(CONNECT_SECONDS, TimeUnit.SECONDS);
    }

    /** Ends the connection if the server has been silent for too long; the device then reconnects. */
    void leaveIfSilent() {
        Connection connection;
        synchronized (this) {
            connection = current;
        }
        if (connection != null && System.nanoTime() - connection.heardNanos > patienceNanos) {
            connection.end();
        }
    }

    /** Ends the connection and reconnects after the shortest backoff. */
    void reconnect() {
        Connection connection;
        synchronized (this) {
            failures = 0;
            connection = current;
        }
        if (connection != null) {
            connection.end();
        }
    }

    @Override
    public void close() {
        Connection connection;
        synchronized (this) {
            closed = true;
            connection = current;
        }
        if (connection != null) {
            connection.end();
        }
    }

    private synchronized void connect() {
        if (closed) {
            return;
        }
        int port = ports.getAsInt();
        if (port < 0) {
            connectLater();
            return;
        }
        Connection connection = new Connection(port);
        current = connection;
        URI uri = URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket");
        CompletableFuture<WebSocket> opened = http.newWebSocketBuilder().buildAsync(uri, connection);
        opened.whenComplete((socket, error) -> {
            if (error != null) {
                connection.end();
            }
        });
        timers.schedule(
                () -> {
                    if (!connection.joined) { // the kernel accepts connections for a frozen server
                        opened.completeExceptionally(new TimeoutException("not connected in time"));
                        connection.end();
                    }
                },
                CONNECT_SECONDS,
                TimeUnit.SECONDS);
    }

    private synchronized void connectLater() {
        long most = Math.min(LONGEST_BACKOFF_MILLIS, 50L << Math.min(failures++, 10));
        long delay = ThreadLocalRandom.current().nextLong(most / 2, most + 1);
        if (!timers.isShutdown()) {
            timers.schedule(this::connect, delay, TimeUnit.MILLISECONDS);
        }
    }

    /** One connection. Its state is guarded by the device. */
    private final class Connection implements WebSocket.Listener {

        private final int port;
        private final StringBuilder text = new StringBuilder();
        private final Map<Long, Answer> unanswered = new HashMap<>();
        private CompletableFuture<?> written = CompletableFuture.completedFuture(null);
        private @Nullable WebSocket socket;
        private long events;
        private boolean ended;
        private volatile boolean joined;
        private volatile long heardNanos = System.nanoTime();

        Connection(int port) {
            this.port = port;
        }

        boolean emit(String event, String argument, Answer answer) {
            synchronized (Device.this) {
                if (ended) {
                    return false;
                }
                long id = events++;
                unanswered.put(id, answer);
                write("42" + id + "[\"" + event + "\"," + argument + "]");
                return true;
            }
        }

        /** {@link WebSocket} allows one send at a time, so each send waits for the one before it. */
        private void write(String packet) {
            WebSocket to = socket;
            if (to != null) {
                written = written.thenCompose(before -> to.sendText(packet, true));
            }
        }

        /** Ends the connection; later calls do nothing. Packets that arrive afterwards are ignored. */
        void end() {
            List<Answer> lost;
            synchronized (Device.this) {
                if (ended) {
                    return;
                }
                ended = true;
                if (joined) {
                    Stay last = stays.remove(stays.size() - 1);
                    long now = System.nanoTime();
                    stays.add(new Stay(last.port, last.from, now, readUntil(now)));
                }
                joined = false;
                current = null;
                statuses.clear();
                lost = List.copyOf(unanswered.values());
                unanswered.clear();
                if (socket != null) {
                    socket.abort();
                }
                connectLater();
            }
            lost.forEach(answer -> answer.accept(null, System.nanoTime()));
        }

        private long readUntil(long now) {
            long surely = now - LONGEST_UNREAD_NANOS;
            return heardNanos - surely > 0 ? heardNanos : surely;
        }

        @Override
        public void onOpen(WebSocket opened) {
            synchronized (Device.this) {
                if (ended) {
                    opened.abort();
                    return;
                }
                socket = opened;
            }
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                String packet = text.toString();
                text.setLength(0);
                received(packet);
            }
            from.request(1);
            return null;
        }

        private void received(String packet) {
            long now = System.nanoTime();
            heardNanos = now;
            Answer answer = null;
            JsonNode value = null;
            synchronized (Device.this) {
                if (ended) {
                    return;
                }
                if (packet.equals("2")) {
                    write("3");
                } else if (packet.startsWith("0")) {
                    write(token == null ? "40" : "40{\"token\":\"" + token + "\"}");
                } else if (packet.startsWith("42")) {
                    event(json(packet.substring(2)), now);
                } else if (packet.startsWith("43")) {
                    int start = packet.indexOf('[');
                    answer = unanswered.remove(Long.parseLong(packet, 2, start, 10));
                    value = json(packet.substring(start)).path(0);
                }
            }
            if (answer != null) {
                answer.accept(value, now);
            } else if (packet.startsWith("41") || packet.startsWith("44")) {
                end();
            }
        }

        private void event(JsonNode event, long now) {
            JsonNode argument = event.path(1);
            switch (event.path(0).asText()) {
                case "connected" -> {
                    joined = true;
                    failures = 0;
                    stays.add(new Stay(port, now, null, null));
                }
                case "message" ->
                    arrivals.add(new Arrival(argument.path("message").asText(), now));
                case "user_status_update" ->
                    statuses.put(argument.path("userId").asText(), argument);
                default -> throw new AssertionError("event: " + event);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end();
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end();
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(text, e);
        }
    }
}
