package io.scarfall.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONException;
import org.json.JSONObject;

/** A user that connects with the official Java client. */
final class UserClient implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final Socket socket;
    private final Map<String, BlockingQueue<String>> received = new ConcurrentHashMap<>();

    private UserClient(URI server, String token) {
        IO.Options options = IO.Options.builder()
                .setAuth(Map.of("token", token))
                .setTransports(new String[] {"websocket"})
                .setForceNew(true)
                .setReconnection(false)
                .build();
        socket = IO.socket(server, options);
        for (String event : new String[] {"connected", "connect_error", "message", "user_status_update"}) {
            socket.on(event, arguments -> queue(event).add(arguments[0].toString()));
        }
        socket.connect();
    }

    static UserClient of(ScarfallServer server, String token) {
        return new UserClient(URI.create("http://127.0.0.1:" + server.gateway().userPort()), token);
    }

    private BlockingQueue<String> queue(String event) {
        return received.computeIfAbsent(event, name -> new LinkedBlockingQueue<>());
    }

    /** Waits for the next event with this name; returns its argument as JSON. */
    String next(String event) throws InterruptedException {
        String argument = queue(event).poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(argument).as(event).isNotNull();
        return requireNonNull(argument);
    }

    /** Sends an event, waits for its ack, and returns the ack. */
    String ask(String event, String argument) throws InterruptedException, JSONException {
        BlockingQueue<String> answers = new LinkedBlockingQueue<>();
        socket.emit(event, new Object[] {new JSONObject(argument)}, (Ack) answer -> answers.add(answer[0].toString()));
        String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(answer).as("ack of " + event).isNotNull();
        return requireNonNull(answer);
    }

    @Override
    public void close() {
        socket.close();
    }
}
