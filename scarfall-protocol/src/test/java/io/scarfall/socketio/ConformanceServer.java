package io.scarfall.socketio;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.CloseReason;
import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineListener;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EventLoops;
import io.scarfall.engineio.SessionListener;
import io.scarfall.socketio.packet.RawJson;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * The server that the official protocol test suites run against, one of them at a time: {@code engineio} or {@code
 * socketio} as first argument, a port as second (3000 is what they expect).
 */
public final class ConformanceServer {

    private static final int MAX_PAYLOAD_BYTES = 1_000_000;

    private ConformanceServer() {}

    public static void main(String[] args) throws InterruptedException {
        int port = args.length > 1 ? Integer.parseInt(args[1]) : 3000;
        // One event loop: the suites send requests on several connections at once, and expect the server to handle them
        // in
        // that order.
        try (EventLoops loops = EventLoops.start(1);
                EngineServer server = args[0].equals("engineio") ? engineIo(port, loops) : socketIo(port, loops)) {
            System.out.println("ready on port " + server.address().getPort());
            Thread.currentThread().join();
        }
    }

    static EngineServer engineIo(int port, EventLoops loops) {
        return EngineServer.start(config(port, "/engine.io"), echo(), loops);
    }

    static EngineServer socketIo(int port, EventLoops loops) {
        SocketConfig limits = new SocketConfig(Duration.ofSeconds(1), 10);
        return EngineServer.start(
                config(port, "/socket.io"),
                new SocketServer(limits, List.of(namespace("/"), namespace("/custom"))),
                loops);
    }

    private static EngineConfig config(int port, String path) {
        return EngineConfig.builder()
                .address(new InetSocketAddress("localhost", port))
                .path(path)
                .pingInterval(Duration.ofMillis(300))
                .pingTimeout(Duration.ofMillis(200))
                .maxPayloadBytes(MAX_PAYLOAD_BYTES)
                .build();
    }

    private static EngineListener echo() {
        return session -> new SessionListener() {
            @Override
            public void text(Bytes message) {
                session.send(message);
            }

            @Override
            public void binary(Bytes message) {
                session.sendBinary(message);
            }

            @Override
            public void closed(CloseReason reason) {}
        };
    }

    private static Namespace namespace(String name) {
        return Namespace.builder(name)
                .onConnect(socket -> socket.emit("auth", socket.auth(RawJson.class)))
                .on("message", (socket, arguments) -> {
                    socket.emit("message-back", arguments);
                    return null;
                })
                .on("message-with-ack", (socket, arguments) -> arguments)
                .build();
    }
}
