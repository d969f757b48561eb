package io.scarfall.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;
import org.json.JSONTokener;

/** A user's device, played by the official client. */
final class Device implements AutoCloseable {

    static final String SECRET = "a secret of the tests that no program uses: 7Kq2vXz9";

    private static final long PATIENCE_SECONDS = 20;

    private final Socket socket;
    private final BlockingQueue<String> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    private Device(int port, String token) {
        IO.Options options = new IO.Options();
        options.auth = Map.of("token", token);
        options.transports = new String[] {"websocket"};
        options.forceNew = true;
        options.reconnection = false;
        socket = IO.socket(URI.create("http://127.0.0.1:" + port), options);
        socket.on("connected", arguments -> connected.add("connected"));
        socket.on(Socket.EVENT_CONNECT_ERROR, arguments -> connected.add("refused " + Arrays.toString(arguments)));
        socket.on("message", arguments -> messages.add(((JSONObject) arguments[0]).optString("message")));
        socket.connect();
    }

    /** Connects with a token of {@link #SECRET}. */
    static Device connect(int port, String userId) {
        return withToken(port, token(userId));
    }

    static Device withToken(int port, String token) {
        Device device = new Device(port, token);
        assertThat(next(device.connected)).isEqualTo("connected");
        return device;
    }

    /** Why the gateway refuses a token, as the client reads it. */
    static String refusal(int port, String token) {
        try (Device device = new Device(port, token)) {
            return next(device.connected);
        }
    }

    static String token(String userId, String... roles) {
        return JWT.create()
                .withSubject(userId)
                .withClaim("roles", List.of(roles))
                .withExpiresAt(Instant.now().plusSeconds(600))
                .sign(Algorithm.HMAC256(SECRET));
    }

    /** Emits an event with JSON arguments, and returns the ack as JSON; "nothing" for an ack without arguments. */
    String ask(String event, String... json) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Object[] values = Arrays.stream(json).map(Device::value).toArray();
        socket.emit(event, values, (Ack) ack -> answer.complete(ack.length == 0 ? "nothing" : text(ack[0])));
        return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    private static Object value(String json) {
        try {
            return new JSONTokener(json).nextValue();
        } catch (JSONException e) {
            throw new AssertionError(json, e);
        }
    }

    private static String text(Object json) {
        return json instanceof JSONObject || json instanceof JSONArray ? json.toString() : String.valueOf(json);
    }

    String nextMessage() {
        return next(messages);
    }

    private static String next(BlockingQueue<String> queue) {
        try {
            String next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("the awaited event").isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
