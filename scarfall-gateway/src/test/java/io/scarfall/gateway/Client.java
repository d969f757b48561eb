package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.json.JSONException;
import org.json.JSONObject;
import org.json.JSONTokener;

/** The official client, with received events in queues. JSON in tests may use apostrophes instead of quotation marks. */
public final class Client implements AutoCloseable {
    /** A test fails after this timeout. No assertion depends on it. */
    public static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Socket socket;
    private final ConcurrentMap<String, BlockingQueue<JsonNode>> events = new ConcurrentHashMap<>();

    private Client(int port, String namespace, IO.Options options) {
        options.forceNew = true;
        options.reconnection = false;
        socket = IO.socket(java.net.URI.create("http://127.0.0.1:" + port + namespace), options);
        socket.onAnyIncoming(args -> queue((String) args[0]).add(args.length > 1 ? json(args[1]) : JSON.nullNode()));
        socket.on(Socket.EVENT_CONNECT, args -> queue("connect").add(JSON.nullNode()));
        socket.on(Socket.EVENT_CONNECT_ERROR, args -> queue("connect_error").add(connectError(args[0])));
        socket.on(Socket.EVENT_DISCONNECT, args -> queue("disconnect").add(json(args[0])));
        socket.connect();
    }

    private static JsonNode connectError(Object error) {
        return error instanceof JSONObject object ? json(object) : json(String.valueOf(error));
    }

    /** Connects without a token. */
    public static Client connect(int port) {
        return connect(port, Map.of());
    }

    public static Client connect(int port, Map<String, String> auth) {
        IO.Options options = new IO.Options();
        options.auth = auth;
        return connect(port, "/", options);
    }

    public static Client connect(int port, String namespace, IO.Options options) {
        if (options.transports == null) {
            options.transports = new String[] {"websocket"};
        }
        return new Client(port, namespace, options);
    }

    /** Connects as a user, and waits until the gateway has accepted the token. */
    public static Client user(int port, String userId) {
        Client client = connect(port, Map.of("token", Tokens.of(userId)));
        assertThat(client.next("connected").at("/user/userId").asText()).isEqualTo(userId);
        return client;
    }

    /** Connects and waits until the socket has joined. */
    public Client joined() {
        next("connect");
        return this;
    }

    public String id() {
        return socket.id();
    }

    public boolean isConnected() {
        return socket.connected();
    }

    /** Waits for the next event with this name. */
    public JsonNode next(String event) {
        try {
            JsonNode next = queue(event).poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(next).as("event %s", event).isNotNull();
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The events with this name that the test has not taken yet. */
    public List<JsonNode> received(String event) {
        return List.copyOf(queue(event));
    }

    private BlockingQueue<JsonNode> queue(String event) {
        return events.computeIfAbsent(event, name -> new LinkedBlockingQueue<>());
    }

    /** Emits, and waits for the ack. */
    public JsonNode ask(String event, String... json) {
        CompletableFuture<JsonNode> answer = asking(event, json);
        return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Emits, and returns the future ack, which may never come. */
    public CompletableFuture<JsonNode> asking(String event, String... json) {
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        socket.emit(
                event, values(json), (Ack) ack -> answer.complete(ack.length == 0 ? JSON.nullNode() : json(ack[0])));
        return answer;
    }

    /** Emits without asking for an ack. */
    public void emit(String event, String... json) {
        socket.emit(event, values(json));
    }

    private static Object[] values(String... json) {
        return Stream.of(json).map(Client::value).toArray();
    }

    /** Sends a message to some users, and waits for the ack. */
    public JsonNode send(String message, String... recipients) {
        return ask("send_message", message(message, recipients));
    }

    static String message(String message, String... recipients) {
        return "{'recipientIds':['" + String.join("','", recipients) + "'],'message':'" + message + "','metadata':{}}";
    }

    private static Object value(String json) {
        try {
            return new JSONTokener(json.replace('\'', '"')).nextValue();
        } catch (JSONException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(Object value) {
        try {
            return value instanceof JSONObject || value instanceof org.json.JSONArray
                    ? JSON.readTree(value.toString())
                    : JSON.valueToTree(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** Parses JSON with apostrophes instead of quotation marks. */
    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** Disconnects deliberately. */
    public void leave() {
        socket.disconnect();
    }

    @Override
    public void close() {
        leave();
    }
}
