package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import io.scarfall.testing.Answers;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Manager;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONArray;
import org.json.JSONObject;

/**
 * The official Java client, with its events in one queue: {@code connect}, {@code disconnect} and {@code
 * connect_error} among the events. JSON is compared as its text, binary data by content.
 */
final class JavaClient implements AutoCloseable {

    private final io.socket.client.Socket socket;
    private final LinkedTransferQueue<List<Object>> events = new LinkedTransferQueue<>();

    /** The transports a client may use. */
    enum Mode {
        WEBSOCKET("websocket"),
        POLLING("polling"),
        UPGRADE("polling", "websocket");

        private final String[] transports;

        Mode(String... transports) {
            this.transports = transports;
        }

        /** The transport that it uses in the end. */
        String last() {
            return transports[transports.length - 1];
        }
    }

    private JavaClient(io.socket.client.Socket socket) {
        this.socket = socket;
        for (String event : List.of("connect", "disconnect", "connect_error")) {
            socket.on(event, arguments -> add(event, arguments));
        }
        socket.onAnyIncoming(
                arguments -> add((String) arguments[0], Arrays.copyOfRange(arguments, 1, arguments.length)));
        socket.connect();
    }

    /** Connects to a namespace with a session of its own. */
    static JavaClient connect(URI server, Mode mode, Map<String, String> auth) {
        IO.Options options = IO.Options.builder()
                .setForceNew(true)
                .setTransports(mode.transports)
                .setReconnectionDelay(1)
                .setAuth(auth)
                .build();
        return new JavaClient(IO.socket(server, options));
    }

    /** Connects to another namespace with the same session. */
    JavaClient connect(String namespace, Map<String, String> auth) {
        Manager manager = socket.io();
        Manager.Options options = new Manager.Options();
        options.auth = auth;
        return new JavaClient(manager.socket(namespace, options));
    }

    private void add(String event, Object... arguments) {
        Object[] entry = new Object[arguments.length + 1];
        entry[0] = event;
        for (int i = 0; i < arguments.length; i++) {
            entry[i + 1] = comparable(arguments[i]);
        }
        events.add(Arrays.asList(entry));
    }

    private static Object comparable(Object argument) {
        if (argument instanceof byte[] array) {
            return Bytes.wrap(array);
        } else if (argument instanceof JSONArray || argument instanceof JSONObject) {
            return argument.toString();
        } else if (argument instanceof Exception error) {
            return error.getMessage();
        }
        return argument;
    }

    String id() {
        return socket.id();
    }

    void emit(String event, Object... arguments) {
        socket.emit(event, arguments);
    }

    /** Answers every event of a name with all its arguments. */
    void answer(String event) {
        socket.on(event, arguments -> {
            Ack ack = (Ack) arguments[arguments.length - 1];
            ack.call(Arrays.copyOf(arguments, arguments.length - 1));
        });
    }

    /** Collects the first arguments of all events of a name. */
    Queue<Object> collect(String event) {
        Queue<Object> collected = new ConcurrentLinkedQueue<>();
        socket.on(event, arguments -> collected.add(arguments[0]));
        return collected;
    }

    /** Waits for the ack of an event. */
    Object[] ask(String event, Object... arguments) {
        CompletableFuture<Object[]> answer = new CompletableFuture<>();
        socket.emit(event, arguments, answer::complete);
        return Answers.await(answer);
    }

    /** Waits for the ack of an event, which is one argument in the form that {@link #expect} compares. */
    Object askOne(String event, Object... arguments) {
        Object[] answer = ask(event, arguments);
        assertThat(answer).hasSize(1);
        return comparable(answer[0]);
    }

    /** Waits for an event, and skips others. */
    List<Object> next(String event) {
        try {
            List<Object> next;
            do {
                next = events.poll(TestClient.PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(next).as("no " + event).isNotNull();
            } while (!next.get(0).equals(event));
            return next.subList(1, next.size());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for an event, and skips others. */
    void expect(String event, Object... arguments) {
        assertThat(next(event)).containsExactly(arguments);
    }

    void connect() {
        socket.connect();
    }

    void disconnect() {
        socket.disconnect();
    }

    @Override
    public void close() {
        socket.io().reconnection(false);
        socket.disconnect();
    }
}
