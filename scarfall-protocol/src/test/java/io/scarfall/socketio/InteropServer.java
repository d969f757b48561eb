package io.scarfall.socketio;

import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.CorsPolicy;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineListener;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EngineSession;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.Handshake;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.RawJson;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * The server that official clients talk to in tests: here, and in {@code e2e/client.test.mjs}. The main namespace does
 * what clients ask for; {@code /observer} reports which sockets join and leave the others.
 */
public final class InteropServer {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    /** The least count, at up to one number per millisecond. */
    private static final int NUMBERS = 200;

    private static final Attribute<List<Integer>> RECEIVED = Attribute.named("received");
    private static final Attribute<Boolean> ENOUGH = Attribute.named("enough");

    private final Map<Handshake, EngineSession> sessions = new ConcurrentHashMap<>();
    private final Broadcaster main = Broadcaster.of("/");
    private final Broadcaster observers = Broadcaster.of("/observer");

    record Credentials(String token) {}

    record Say(List<String> rooms, List<String> except, RawJson text) {}

    record Answers(List<RawJson> answers, int missing) {}

    record Person(String name, int age, byte[] photo) {}

    private InteropServer() {}

    /** Serves on the port that is the first argument, any if it is 0, until the standard input ends. */
    public static void main(String[] args) throws Exception {
        try (EventLoops loops = EventLoops.start(2);
                EngineServer server = start(Integer.parseInt(args[0]), loops)) {
            System.out.println("ready on port " + server.address().getPort());
            while (System.in.read() >= 0) {}
        }
    }

    static EngineServer start(int port, EventLoops loops) {
        return new InteropServer().serve(port, loops);
    }

    private EngineServer serve(int port, EventLoops loops) {
        EngineConfig config = EngineConfig.builder()
                .address(new InetSocketAddress("localhost", port))
                .path("/socket.io")
                .cors(CorsPolicy.ANY)
                .build();
        SocketServer sockets =
                new SocketServer(mainNamespace(), namespace("/custom").build(), guarded(), observer());
        sockets.add(new ParentNamespace(Pattern.compile("/room-\\d+"), this::room));
        EngineListener listener = session -> {
            sessions.put(session.handshake(), session);
            return sockets.opened(session);
        };
        return EngineServer.start(config, listener, loops);
    }

    private Namespace.Builder namespace(String name) {
        return observed(Namespace.builder(name));
    }

    private Namespace.Builder observed(Namespace.Builder builder) {
        return builder.on("echo", (socket, arguments) -> arguments)
                .onConnect(socket -> observers.emit("connected", socket.namespace(), socket.id()))
                .onDisconnect((socket, reason) ->
                        observers.emit("disconnected", socket.namespace(), socket.id(), reason.wire()));
    }

    private Namespace observer() {
        return Namespace.builder(observers).build();
    }

    private Namespace guarded() {
        return namespace("/guarded").guard(InteropServer::admit).build();
    }

    private Namespace room(String name) {
        return namespace(name)
                .intercept("guarded", (socket, event, arguments, next) -> {
                    if (socket.auth(Credentials.class).token() == null) {
                        throw new EventRefusedException("forbidden", "not for you", Map.of("room", name));
                    }
                    return next.proceed(arguments);
                })
                .on("guarded", EventHandler.later((socket, arguments, ack) -> ack.send("welcome")))
                .onConnect(socket -> socket.join("all"))
                .onDisconnecting((socket, reason) ->
                        socket.rooms().forEach(joined -> socket.to(joined).emit("leaves", socket.id(), reason.wire())))
                .build();
    }

    private static CompletionStage<?> admit(Socket socket) throws ConnectRefusedException {
        Credentials credentials = socket.auth(Credentials.class);
        return switch (String.valueOf(credentials.token())) {
            case "secret" -> null;
            case "secret, later" -> CompletableFuture.supplyAsync(() -> "welcome");
            case "wrong, later" ->
                CompletableFuture.failedFuture(new ConnectRefusedException("Not authorized, later", List.of("a", 1)));
            default -> throw new ConnectRefusedException("Not authorized", Map.of("code", 401));
        };
    }

    private Namespace mainNamespace() {
        return observed(Namespace.builder(main))
                .onConnect(socket -> socket.emit("welcome", socket.id()))
                // Events and acks
                .on("echo event", (socket, arguments) -> {
                    socket.emit("echoed", arguments);
                    return null;
                })
                .on("echo later", (socket, arguments) -> CompletableFuture.supplyAsync(() -> arguments))
                .on("silence", (socket, arguments) -> new CompletableFuture<>())
                .on("person", Person.class, (socket, person) -> person)
                .on("fail", (socket, arguments) -> {
                    throw new ConnectRefusedException("not for clients", null);
                })
                .on("auth", (socket, arguments) -> socket.auth(RawJson.class))
                .on("transport", (socket, arguments) -> socket.transport())
                .on("bytes", Integer.class, (socket, size) -> new byte[size])
                .on("text", Integer.class, (socket, size) -> "x".repeat(size))
                // Events of the server with acks
                .on("ask me", (socket, arguments) -> socket.emitWithAck(LONG, "question", arguments))
                .on(
                        "ask me briefly",
                        (socket, arguments) -> socket.emitWithAck(SHORT, "question", arguments)
                                .handle((answer, error) -> error == null ? answer : error.getMessage()))
                .on("ask room", String.class, (socket, room) -> ask(LONG, room))
                .on("ask room briefly", String.class, (socket, room) -> ask(SHORT.multipliedBy(20), room))
                // Rooms
                .on("join", String.class, TestServer::join)
                .on("leave", String.class, TestServer::leave)
                .on("say", Say.class, (socket, say) -> {
                    socket.to(say.rooms().toArray(String[]::new))
                            .except(say.except().toArray(String[]::new))
                            .emit("said", say.text());
                    return null;
                })
                .on("say to all", (socket, arguments) -> {
                    main.emit("said", arguments);
                    return null;
                })
                .on("volatile", (socket, arguments) -> {
                    socket.emitVolatile("volatile", 1);
                    socket.emitVolatile("volatile", 2);
                    socket.emit("not volatile", 3);
                    return null;
                })
                // Numbers in order
                .on(
                        "number",
                        Integer.class,
                        (socket, number) -> received(socket).add(number))
                .on("numbers", (socket, arguments) -> received(socket))
                .on("count", (socket, arguments) -> {
                    count(socket, 1);
                    return null;
                })
                .on("enough", (socket, arguments) -> {
                    socket.set(ENOUGH, true);
                    return null;
                })
                // Ends
                .on("disconnect me", (socket, arguments) -> {
                    socket.disconnect();
                    return null;
                })
                .on("disconnect session", (socket, arguments) -> {
                    socket.disconnectSession();
                    return null;
                })
                .on("close session", (socket, arguments) -> {
                    sessions.get(socket.handshake()).close(CloseReason.FORCED_CLOSE);
                    return null;
                })
                .onError((socket, event, error) ->
                        Map.of("error", error.getClass().getSimpleName()))
                .build();
    }

    private CompletionStage<Answers> ask(Duration timeout, String room) {
        return main.to(room).emitWithAck(timeout, "question", room).thenApply(answers -> {
            List<RawJson> first = new ArrayList<>();
            for (Arguments answer : answers.acks()) {
                first.add(new RawJson(answer.raw(0)));
            }
            return new Answers(first, answers.missing());
        });
    }

    private static List<Integer> received(Socket socket) {
        List<Integer> numbers = socket.get(RECEIVED);
        if (numbers == null) {
            numbers = new ArrayList<>();
            socket.set(RECEIVED, numbers);
        }
        return numbers;
    }

    /** Counts until the client has enough, so that all that it does meanwhile happens between two numbers. */
    private static void count(Socket socket, int number) {
        if (number > NUMBERS && socket.get(ENOUGH) != null) {
            socket.emit("counted", number - 1);
        } else if (socket.emit("number", number)) {
            socket.schedule(() -> count(socket, number + 1), Duration.ofMillis(1));
        }
    }
}
