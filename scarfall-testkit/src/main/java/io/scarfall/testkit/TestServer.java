package io.scarfall.testkit;

import io.scarfall.engineio.EngineConfig;
import io.scarfall.engineio.EngineListener;
import io.scarfall.engineio.EngineServer;
import io.scarfall.engineio.EventLoops;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.SocketServer;

/**
 * Serves namespaces in memory, for tests of handlers without a gateway:
 *
 * <pre>{@code
 * try (TestServer server = TestServer.of(chat); TestClient alice = server.connect()) {
 *     assertThat(alice.ask("echo", "hi").get(0, String.class)).isEqualTo("hi");
 * }
 * }</pre>
 *
 * <p>All sockets live on one event loop. Call its methods on the thread of the test.
 */
public final class TestServer implements AutoCloseable {

    private final EventLoops loops = EventLoops.inMemory();
    private final EngineServer server;
    private final String path;

    private TestServer(EngineConfig config, EngineListener listener) {
        server = EngineServer.start(config, listener, loops);
        path = config.path();
    }

    /** Serves these namespaces with default settings. */
    public static TestServer of(Namespace... namespaces) {
        return of(EngineConfig.builder().path("/socket.io").build(), new SocketServer(namespaces));
    }

    /**
     * Serves with the settings of the application.
     *
     * @param config its address is ignored: the server opens no port of the network
     * @param server such as a {@link SocketServer}
     */
    public static TestServer of(EngineConfig config, EngineListener server) {
        return new TestServer(config, server);
    }

    /** A client of this server, not connected yet. */
    public TestClient.Builder client() {
        return TestClient.inMemory(server.address().getPort()).path(path);
    }

    /** Connects a client to the main namespace. */
    public TestClient connect() {
        return client().connect();
    }

    /** Disconnects all clients. */
    @Override
    public void close() {
        server.close();
        ClientWire.settle(TestClient.PATIENCE);
        loops.close();
    }
}
