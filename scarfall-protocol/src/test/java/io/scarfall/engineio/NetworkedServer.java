package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A server on a port of this machine, with several event loops, and its clients, which only use sockets. */
final class NetworkedServer implements AutoCloseable {

    private static final int LOOPS = 3;

    final Recorder recorder = new Recorder();
    final EngineServer server;

    private final EventLoops loops = EventLoops.start(LOOPS);
    private final List<Client> clients = new CopyOnWriteArrayList<>();

    NetworkedServer() {
        this(builder -> builder);
    }

    NetworkedServer(UnaryOperator<EngineConfig.Builder> changes) {
        this(changes, null);
    }

    NetworkedServer(UnaryOperator<EngineConfig.Builder> changes, @Nullable ServerTls tls) {
        EngineConfig.Builder builder =
                EngineConfig.builder().address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server = EngineServer.start(changes.apply(builder).build(), recorder, loops, tls);
    }

    Client connect() {
        Client client = new Client(openSocket());
        clients.add(client);
        return client;
    }

    Recorder.Recorded session(String sid) {
        return recorder.session(sid);
    }

    /** The common teardown: after a server has closed, each session has ended once, and no connection is left. */
    @Override
    public void close() {
        server.close();
        assertThat(server.sessionCount()).isZero();
        for (Recorder.Recorded session : recorder.all()) {
            assertThat(session.session.isOpen()).isFalse();
            assertThat(session.drain())
                    .filteredOn(event -> event.startsWith("closed"))
                    .hasSizeLessThanOrEqualTo(1);
        }
        clients.forEach(Client::hangUp);
        loops.close();
    }

    private Socket openSocket() {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(SocketPeer.PATIENCE_MILLIS);
            socket.connect(server.address(), SocketPeer.PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return socket;
    }

    /** The client's end of a TCP connection. */
    static final class Client extends SocketPeer<Socket> {

        private Client(Socket socket) {
            super(socket);
        }

        /** Reads until the server has closed the connection in any way. */
        void awaitClosed() {
            try {
                in.transferTo(OutputStream.nullOutputStream());
            } catch (SocketException reset) {
                assertThat(reset).hasMessageContaining("reset");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Makes the network report a reset to the server, not a close. */
        void reset() {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            hangUp();
        }
    }
}
