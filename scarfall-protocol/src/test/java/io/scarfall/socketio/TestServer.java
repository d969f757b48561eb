package io.scarfall.socketio;

import static io.scarfall.testing.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.EventLoops;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;

/**
 * A server on a free port for one test, and the clients that the test opened. Closing it closes them, and checks that
 * no socket and no room remains.
 */
final class TestServer implements AutoCloseable {

    /** An event whose only effect is an ack, see {@link TestClient#fence}. */
    static final String FENCE = "fence";

    /** Several loops, which sessions get in turn: three clients in a row have three home loops. */
    private static final EventLoops LOOPS = EventLoops.start(3);

    private final EngineConfig.Builder config = EngineConfig.builder()
            .address(new InetSocketAddress("localhost", 0))
            .path("/socket.io");
    private final List<TestClient> clients = new ArrayList<>();
    private List<Namespace> namespaces = List.of();
    private @Nullable EngineServer engine;
    private @Nullable SocketServer sockets;

    /** Starts a namespace that handles the fence. */
    static Namespace.Builder namespace(String name) {
        return namespace(Broadcaster.of(name));
    }

    static Namespace.Builder namespace(Broadcaster broadcaster) {
        return Namespace.builder(broadcaster).on(FENCE, (socket, arguments) -> null);
    }

    /** The configuration of the server. */
    EngineConfig.Builder config() {
        return config;
    }

    TestServer start(Namespace... served) {
        return start(SocketConfig.DEFAULT, served);
    }

    TestServer start(SocketConfig limits, Namespace... served) {
        return start(limits, session -> SessionGuard.OPEN, served);
    }

    TestServer start(Function<EngineSession, SessionGuard> guards, Namespace... served) {
        return start(SocketConfig.DEFAULT, guards, served);
    }

    private TestServer start(SocketConfig limits, Function<EngineSession, SessionGuard> guards, Namespace... served) {
        namespaces = List.of(served);
        sockets = new SocketServer(limits, namespaces, guards);
        engine = EngineServer.start(config.build(), sockets, LOOPS);
        return this;
    }

    /** What serves the namespaces. */
    SocketServer sockets() {
        return sockets;
    }

    /** Stops the server, as an application does. */
    void stop() {
        engine.close();
    }

    URI uri() {
        return URI.create("ws://localhost:" + engine.address().getPort());
    }

    /**
     * Joins the main namespace by HTTP, and then sends several Engine.IO packets in one payload. On a WebSocket, a
     * packet that ends the session could prevent the next from being sent. An apostrophe means a quotation mark.
     */
    void post(String... packets) {
        String opened = request("");
        Matcher sid = Pattern.compile("\"sid\":\"([^\"]+)").matcher(opened);
        assertThat(sid.find()).as(opened).isTrue();
        request("&sid=" + sid.group(1), "40");
        request("&sid=" + sid.group(1)); // takes the answer
        request("&sid=" + sid.group(1), packets);
        request("&sid=" + sid.group(1)); // takes the answer of the server to the packets
    }

    private String request(String query, String... packets) {
        String address = "http://localhost:" + uri().getPort() + "/socket.io/?EIO=4&transport=polling" + query;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
        if (packets.length > 0) {
            String payload = String.join("\u001e", packets).replace('\'', '"');
            request.POST(HttpRequest.BodyPublishers.ofString(payload));
        }
        return await(HttpClient.newHttpClient().sendAsync(request.build(), HttpResponse.BodyHandlers.ofString()))
                .body();
    }

    /** Opens a session that is in no namespace yet. */
    TestClient open() {
        TestClient client = TestClient.open(uri());
        clients.add(client);
        return client;
    }

    /** Opens a session that answers no heartbeat. */
    TestClient openSilent() {
        TestClient client = TestClient.openSilent(uri());
        clients.add(client);
        return client;
    }

    /** Opens a session and joins the main namespace. */
    TestClient join() {
        TestClient client = open();
        client.join();
        return client;
    }

    /** The server's end of a socket. */
    Socket socket(String id) {
        return namespaces.stream()
                .map(namespace -> namespace.broadcaster().rooms().socket(id))
                .filter(socket -> socket != null)
                .findAny()
                .orElseThrow();
    }

    /** Handles an event by which a client joins a room. The ack contains the rooms of the socket. */
    static Object join(Socket socket, String room) {
        socket.join(room);
        return socket.rooms();
    }

    /** Handles an event by which a client leaves a room. The ack contains the rooms of the socket. */
    static Object leave(Socket socket, String room) {
        socket.leave(room);
        return socket.rooms();
    }

    /** Computes a value on the home loop of a socket. */
    static <T> T atHome(Socket socket, Supplier<T> question) {
        return await(CompletableFuture.supplyAsync(question, socket::execute));
    }

    /**
     * Waits until a timer of the same loop has run that is due after all timers of up to this length: they have run, or
     * were cancelled.
     */
    static void passTime(Socket socket, Duration length) {
        CompletableFuture<Void> passed = new CompletableFuture<>();
        socket.execute(() -> socket.schedule(() -> passed.complete(null), length.plusMillis(1)));
        await(passed);
    }

    @Override
    public void close() {
        if (engine == null) {
            return;
        }
        clients.forEach(TestClient::close);
        engine.close();
        eventually(() -> assertThat(engine.sessionCount()).isZero());
        for (Namespace namespace : namespaces) {
            eventually(() ->
                    assertThat(namespace.broadcaster().rooms().socketCount()).isZero());
            eventually(() -> assertThat(namespace.broadcaster().rooms().names()).isEmpty());
        }
    }

    /** Waits for a condition that other threads establish without notice. */
    static void eventually(ThrowingRunnable assertion) {
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .untilAsserted(assertion);
    }
}
