package io.scarfall.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A WebSocket that sends and receives raw Socket.IO packets, including ones that the official client would not send. */
final class RawClient implements AutoCloseable {
    /** Stands for the end of the connection in the queue of packets. */
    static final String CLOSED = "closed";

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final WebSocket socket;

    /**
     * @param query appended to the address, such as {@code &token=x}
     * @throws CompletionException if the server does not open a session, or the header cannot be sent
     */
    RawClient(int port, String query, @Nullable String authorization) {
        WebSocket.Builder builder = HTTP.newWebSocketBuilder();
        if (authorization != null) {
            builder.header("Authorization", authorization);
        }
        URI uri = URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket" + query);
        socket = builder.buildAsync(uri, new Receiver())
                .orTimeout(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        next(); // the handshake
    }

    private final class Receiver implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received.add(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            received.add(CLOSED);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            received.add(CLOSED);
        }
    }

    RawClient send(String packet) {
        socket.sendText(packet, true) // must complete before the next one starts
                .orTimeout(Client.PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        return this;
    }

    /** Waits for the next packet. */
    String next() {
        try {
            String next = received.poll(Client.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) {
                throw new AssertionError("no packet in time");
            }
            return next;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        socket.abort();
    }
}
