package io.scarfall.examples;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineServer;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;
import java.net.InetSocketAddress;

/** A Socket.IO server without users, tokens or presence. It needs only {@code scarfall-protocol}. */
public final class EchoServer {

    private EchoServer() {}

    /** Starts the server. The ack of {@code socket.emit("echo", anything, ack)} returns what the client sent. */
    static EngineServer start(int port) {
        Namespace main = Namespace.builder("/")
                .onConnect(socket -> socket.emit("welcome", socket.id()))
                .on("echo", (socket, arguments) -> arguments)
                .on("join", String.class, (socket, room) -> {
                    socket.join(room);
                    socket.to(room).emit("joined", socket.id(), room);
                    return null;
                })
                .build();
        EngineConfig config = EngineConfig.builder()
                .address(new InetSocketAddress(port))
                .path("/socket.io")
                .build();
        return EngineServer.start(config, new SocketServer(main));
    }

    public static void main(String[] args) throws InterruptedException {
        EngineServer server = start(args.length > 0 ? Integer.parseInt(args[0]) : 3000);
        Runtime.getRuntime().addShutdownHook(new Thread(server::close));
        System.out.println("echo server on port " + server.address().getPort());
        Thread.currentThread().join();
    }
}
