package io.scarfall.socketio;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A proxy between clients and a server that can be cut: open connections are lost, later connections work. */
final class Wire implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final Set<Socket> ends = ConcurrentHashMap.newKeySet();

    Wire(int target) throws IOException {
        this.target = target;
        listening = new ServerSocket(0, 50, InetAddress.getByName("localhost"));
        start(this::accept);
    }

    URI uri() {
        return URI.create("http://localhost:" + listening.getLocalPort());
    }

    void cut() {
        ends.forEach(Wire::close);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket server = new Socket(listening.getInetAddress(), target);
                ends.add(client);
                ends.add(server);
                start(() -> pass(client, server));
                start(() -> pass(server, client));
            }
        } catch (IOException closed) {
            cut();
        }
    }

    private void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException lost) {
            // the wire was cut
        }
        close(from);
        close(to);
        ends.remove(from);
        ends.remove(to);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "wire");
        thread.setDaemon(true);
        thread.start();
    }

    private static void close(Closeable end) {
        try {
            end.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        close(listening);
        cut();
    }
}
