package io.scarfall.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

/** A user's device, played by the official client. */
final class Client implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final Socket socket;
    private final BlockingQueue<String> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> statuses = new LinkedBlockingQueue<>();

    private Client(String url, String token) {
        IO.Options options = new IO.Options();
        options.auth = Map.of("token", token);
        options.transports = new String[] {"websocket"};
        options.forceNew = true;
        options.reconnection = false;
        socket = IO.socket(URI.create(url), options);
        socket.on("connected", arguments -> connected.add("connected"));
        socket.on("message", arguments -> messages.add(text(arguments[0], "message")));
        socket.on(
                "user_status_update",
                arguments -> statuses.add(text(arguments[0], "userId") + " " + text(arguments[0], "status")));
        socket.connect();
    }

    static Client connect(TestCluster cluster, int node, String userId) {
        Client client = new Client(cluster.node(node).userUrl(), cluster.token(userId));
        next(client.connected);
        return client;
    }

    String nextMessage() {
        return next(messages);
    }

    String nextStatus() {
        return next(statuses);
    }

    /** Status updates that the test has not taken yet. */
    List<String> statuses() {
        return List.copyOf(statuses);
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

    private static String text(Object json, String name) {
        try {
            return ((JSONObject) json).getString(name);
        } catch (JSONException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends a message to one user, and returns the name of the ack's list that contains the recipient. */
    CompletableFuture<String> send(String message, String recipient) {
        try {
            JSONObject event = new JSONObject()
                    .put("recipientIds", new JSONArray().put(recipient))
                    .put("message", message);
            CompletableFuture<String> answer = new CompletableFuture<>();
            Ack ack = arguments -> {
                JSONObject lists = ((JSONObject) arguments[0]).optJSONObject("recipients");
                answer.complete(Stream.of("sent", "uncertain", "failed")
                        .filter(list ->
                                lists.has(list) && lists.optJSONArray(list).length() > 0)
                        .findFirst()
                        .orElse("nowhere"));
            };
            socket.emit("send_message", new Object[] {event}, ack);
            return answer.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (JSONException e) {
            throw new AssertionError(e);
        }
    }

    /** Disconnects without a reconnect. */
    void leave() {
        socket.close();
    }

    @Override
    public void close() {
        leave();
    }
}
