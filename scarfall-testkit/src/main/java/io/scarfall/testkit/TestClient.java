package io.scarfall.testkit;

import io.scarfall.engineio.internal.InMemory;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Socket.IO client for tests, which talks to a server in the same process without a network, or to any server over its port:
 *
 * <pre>{@code
 * TestClient alice = cluster.node(0).connect("alice");
 * TestClient bob = cluster.node(1).connect("bob");
 * Arguments answer = alice.ask("move", new Move("e2", "e4"));
 * assertThat(bob.next("moved").get(0, Move.class)).isEqualTo(new Move("e2", "e4"));
 * alice.nothingReceived();
 * }</pre>
 *
 * <p>It speaks the real protocol over WebSocket to the real server, so acks, attachments, errors and limits are those of production.
 * It does not reconnect.
 *
 * <p>Waiting is bounded: a method that waits fails with an {@link AssertionError} after the {@linkplain Builder#patience patience}
 * of the client, and says what the client received instead. Events stay until the test takes them.
 *
 * <p>Call its methods on the thread of the test. Functions that a test gives to {@link #answer} run on the thread of the client.
 */
public final class TestClient implements AutoCloseable {

    /** How long a client waits for what a test expects, unless {@link Builder#patience} changes it. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration TOKEN_LIFE = Duration.ofHours(1);

    private final ClientWire wire;
    private final String namespace;
    private final Duration patience;
    private final Runnable settle;
    private final Consumer<TestClient> opened;
    private final JsonCodec codec;
    private final Inbox inbox = new Inbox();
    private final CompletableFuture<Packet> admission = new CompletableFuture<>();
    private final AtomicLong lastAck = new AtomicLong();
    private final Map<Long, CompletableFuture<Arguments>> acks = new ConcurrentHashMap<>();
    private final Map<String, Function<Arguments, @Nullable Object>> answers = new ConcurrentHashMap<>();

    private TestClient(ClientWire wire, Builder builder) {
        this.wire = wire;
        namespace = builder.namespace;
        patience = builder.patience;
        settle = builder.settle;
        opened = builder.opened;
        codec = builder.codec;
    }

    /**
     * A client of a server that listens on a port.
     *
     * @param url such as {@code http://localhost:3000}; TLS is not supported
     * @throws IllegalArgumentException if it is no HTTP URL
     */
    public static Builder to(String url) {
        URI server = URI.create(url);
        if (!"http".equals(server.getScheme()) || server.getHost() == null) {
            throw new IllegalArgumentException("url: " + url + " (expected: http://host:port)");
        }
        return new Builder(ClientWire.address(server), server.getAuthority());
    }

    /**
     * A client of a server in this process whose event loops are {@linkplain io.scarfall.engineio.EventLoops#inMemory in memory}.
     *
     * @param port such as {@code scarfall.userPort()}
     */
    public static Builder inMemory(int port) {
        return new Builder(InMemory.address(port), "localhost:" + port);
    }

    /** What a client says when it connects. Not thread-safe. */
    public static final class Builder {

        private final SocketAddress server;
        private final String host;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final Map<String, String> query = new LinkedHashMap<>();
        private @Nullable ClientWire wire;
        private @Nullable Object auth;
        private String path = "/socket.io/";
        private String namespace = Packet.MAIN_NAMESPACE;
        private Duration patience = PATIENCE;
        private Runnable settle = () -> {};
        private Consumer<TestClient> opened = client -> {};
        private JsonCodec codec = JacksonCodec.DEFAULT;

        private Builder(SocketAddress server, String host) {
            this.server = server;
            this.host = host;
        }

        /** Joins this namespace. Default: {@code /}. */
        public Builder namespace(String value) {
            namespace = value.startsWith("/") ? value : "/" + value;
            return this;
        }

        /** Sends {@code auth: {token}}. */
        public Builder token(String token) {
            return auth(Map.of("token", token));
        }

        /**
         * Sends a token of this user, with the email {@code <userId>@example.com}. It is valid for an hour by the clock of this machine,
         * at a gateway with this secret.
         *
         * @param jwtSecret as for {@link io.scarfall.gateway.ScarfallBuilder#jwtSecret}
         */
        public Builder user(String userId, String jwtSecret) {
            return token(Tokens.of(userId, jwtSecret, Instant.now(), TOKEN_LIFE));
        }

        /** Sends this as {@code auth}; the codec writes it as a JSON object. Default: none. */
        public Builder auth(Object value) {
            auth = Objects.requireNonNull(value, "auth");
            return this;
        }

        /**
         * Writes and reads the values of the test by this codec, such as that of the application, with its modules. Default: {@link
         * JacksonCodec#DEFAULT}.
         */
        public Builder json(JsonCodec value) {
            codec = Objects.requireNonNull(value, "codec");
            return this;
        }

        /** Sends this header with the request that opens the session. */
        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        /** Adds a parameter to the query of the request that opens the session. */
        public Builder query(String name, String value) {
            query.put(name, value);
            return this;
        }

        /** The path of Socket.IO on the server. Default: {@code /socket.io/}. */
        public Builder path(String value) {
            path = value.endsWith("/") ? value : value + "/";
            return this;
        }

        /** How long this client waits for what the test expects. Default: {@link #PATIENCE}. */
        public Builder patience(Duration value) {
            patience = Objects.requireNonNull(value, "patience");
            return this;
        }

        /** @param value lets the server finish what is due, before the client asserts that nothing more comes */
        Builder settle(Runnable value) {
            settle = value;
            return this;
        }

        /** @param value gets each client that begins to connect */
        Builder opened(Consumer<TestClient> value) {
            opened = value;
            return this;
        }

        private Builder wire(ClientWire value) {
            wire = value;
            return this;
        }

        /**
         * Connects, and waits until the server has admitted the client to the namespace.
         *
         * @throws AssertionError if the server refuses the client or cannot be reached; the message contains the server's reason
         */
        public TestClient connect() {
            TestClient client = join();
            if (client.admitted() instanceof Packet.ConnectError error) {
                client.close();
                throw new AssertionError(
                        "the server refused the client: " + error.data().utf8());
            }
            return client;
        }

        /**
         * Connects, and expects that the server refuses the client.
         *
         * @return one argument, the error as clients receive it: {@code {message, data?}}
         * @throws AssertionError if the server admits the client, or cannot be reached
         */
        public Arguments refused() {
            TestClient client = join();
            Packet answer = client.admitted();
            client.close();
            if (answer instanceof Packet.ConnectError error) {
                return new Arguments(error.data(), List.of(), codec);
            }
            throw new AssertionError("the server admitted the client (expected: a refusal)");
        }

        private TestClient join() {
            ClientWire session = wire == null ? ClientWire.open(request(), patience) : wire;
            TestClient client = new TestClient(session, this);
            opened.accept(client);
            session.listen(namespace, client.new Receiver());
            session.send(new Packet.Connect(
                    namespace, auth == null ? null : Arguments.of(codec, auth).json()));
            return client;
        }

        private ClientWire.Request request() {
            StringBuilder uri =
                    new StringBuilder("ws://").append(host).append(path).append("?EIO=4&transport=websocket");
            query.forEach((name, value) -> uri.append('&')
                    .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8)));
            return new ClientWire.Request(server, URI.create(uri.toString()), headers);
        }
    }

    /** Waits for the answer to CONNECT. */
    private Packet admitted() {
        try {
            return ClientWire.await(admission, patience, "the server did not admit the client");
        } catch (AssertionError e) {
            wire.drop();
            throw e;
        }
    }

    /** The id of the socket, as on the server. */
    public String id() {
        Packet.Connect connected = (Packet.Connect) admission.join();
        Session session = new Arguments(Objects.requireNonNull(connected.data()), List.of()).require(0, Session.class);
        return session.sid();
    }

    private record Session(String sid) {}

    /** A client of another namespace, over the same session. */
    public Builder namespace(String name) {
        return new Builder(InMemory.address(0), "")
                .wire(wire)
                .namespace(name)
                .patience(patience)
                .settle(settle)
                .opened(opened)
                .json(codec);
    }

    /**
     * Sends an event without asking for an ack.
     *
     * @param arguments as for {@link Arguments#of}: {@code byte[]} are attachments, the {@linkplain Builder#json codec} writes the rest
     */
    public void emit(String event, @Nullable Object... arguments) {
        wire.send(new Packet.Event(namespace, Packet.NO_ID, event, Arguments.of(codec, arguments)));
    }

    /**
     * Sends an event, and waits for its ack.
     *
     * @param arguments as for {@link #emit}
     * @return the arguments of the ack
     * @throws AssertionError if no ack comes
     */
    public Arguments ask(String event, @Nullable Object... arguments) {
        return await(event, asking(event, arguments));
    }

    /**
     * Sends an event, and returns its ack, for a test that lets something happen in the meantime.
     *
     * @param arguments as for {@link #emit}
     * @return completes with the arguments of the ack; fails if the client is disconnected before
     */
    public CompletableFuture<Arguments> asking(String event, @Nullable Object... arguments) {
        long id = lastAck.incrementAndGet();
        CompletableFuture<Arguments> answer = new CompletableFuture<>();
        acks.put(id, answer);
        if (inbox.isOpen()) {
            wire.send(new Packet.Event(namespace, id, event, Arguments.of(codec, arguments)));
        } else {
            failAcks("the client is disconnected");
        }
        return answer;
    }

    private Arguments await(String event, CompletableFuture<Arguments> answer) {
        try {
            return ClientWire.await(answer, patience, "no ack of '" + event + "'");
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + inbox.instead(), e.getCause());
        }
    }

    /**
     * Takes the next event with this name, and waits for it. Other events stay.
     *
     * @return the arguments of the event
     * @throws AssertionError if no such event comes; the message lists the other events
     */
    public Arguments next(String event) {
        return inbox.take(event, patience);
    }

    /**
     * Answers all events with this name. {@link #next} and {@link #received} do not see them.
     *
     * @param function returns the ack: a value, {@link Arguments} for several, or null for an empty ack. If it throws, the next
     *     call of the test that waits fails
     */
    public void answer(String event, Function<Arguments, @Nullable Object> function) {
        answers.put(event, function);
    }

    /**
     * The events that the test has not taken, as texts such as {@code moved [{"to":"e4"}]}, oldest first. Waits until everything has
     * arrived that the server had sent.
     */
    public List<String> received() {
        settle.run();
        wire.fence(patience);
        return inbox.texts();
    }

    /**
     * Asserts that the client received no event that the test has not taken, once everything has arrived that the server had sent.
     *
     * @throws AssertionError if there are such events; the message lists them
     */
    public void nothingReceived() {
        List<String> received = received();
        if (!received.isEmpty()) {
            throw new AssertionError("the client received " + received + " (expected: nothing)");
        }
    }

    /** Forgets all events that the test has not taken. */
    public void clear() {
        received();
        inbox.clear();
    }

    /** Whether the client is in its namespace. */
    public boolean isConnected() {
        return inbox.isOpen();
    }

    /**
     * Waits until the server has disconnected this client.
     *
     * @return the reason in the words of Socket.IO clients: {@code io server disconnect} or {@code transport close}
     * @throws AssertionError if the server does not
     */
    public String disconnected() {
        return inbox.awaitEnd(patience);
    }

    /** Leaves the namespace, and closes the session if it is in no other one. Returns when the server has noticed. */
    public void disconnect() {
        boolean wasOpen = inbox.isOpen();
        ended("io client disconnect");
        if (wasOpen) {
            wire.send(new Packet.Disconnect(namespace));
        }
        if (wire.leave(namespace)) {
            wire.fence(patience);
        } else {
            wire.close(patience);
        }
    }

    /** Breaks the connection without a goodbye, as a lost network does. Sockets in other namespaces of the session break too. */
    public void drop() {
        wire.drop();
        inbox.awaitEnd(patience);
    }

    /** Disconnects, unless that has happened. */
    @Override
    public void close() {
        disconnect();
    }

    private void ended(String reason) {
        inbox.end(reason);
        failAcks("the client was disconnected, reason: " + reason);
    }

    private void failAcks(String problem) {
        acks.values().forEach(answer -> answer.completeExceptionally(new IllegalStateException(problem)));
        acks.clear();
    }

    /** Takes what comes for the namespace, on the event loop of the wire. */
    private final class Receiver implements ClientWire.Listener {

        @Override
        public void received(Packet packet) {
            if (packet instanceof Packet.Event event) {
                event(event);
            } else if (packet instanceof Packet.Ack ack) {
                CompletableFuture<Arguments> answer = acks.remove(ack.id());
                if (answer != null) {
                    answer.complete(ack.arguments().with(codec));
                }
            } else if (packet instanceof Packet.Disconnect) {
                TestClient.this.ended("io server disconnect");
                wire.leave(namespace);
            } else {
                if (packet instanceof Packet.ConnectError) {
                    TestClient.this.ended("connect error");
                }
                admission.complete(packet);
            }
        }

        private void event(Packet.Event event) {
            Arguments arguments = event.arguments().with(codec);
            Function<Arguments, @Nullable Object> function = answers.get(event.name());
            if (function == null) {
                inbox.add(event.name(), arguments);
                return;
            }
            try {
                Object answer = function.apply(arguments);
                if (event.id() != Packet.NO_ID) {
                    wire.send(new Packet.Ack(
                            namespace, event.id(), answer == null ? Arguments.NONE : Arguments.of(codec, answer)));
                }
            } catch (RuntimeException | AssertionError e) {
                inbox.fail(e);
            }
        }

        @Override
        public void ended(String reason) {
            TestClient.this.ended(reason);
            admission.completeExceptionally(new CompletionException("the server closed the connection", null));
        }
    }
}
