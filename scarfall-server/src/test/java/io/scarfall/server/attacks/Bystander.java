package io.scarfall.server.attacks;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A well-behaved client that runs beside an attack. Its methods are for one thread. */
final class Bystander implements WebSocket.Listener, AutoCloseable {

    private static final long PATIENCE_SECONDS = 20;

    private final BlockingQueue<String> packets = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket webSocket;
    private CompletableFuture<?> written = CompletableFuture.completedFuture(null);

    /** @param join the CONNECT packet that it sends */
    Bystander(HttpClient http, String server, String join) throws InterruptedException {
        webSocket = http.newWebSocketBuilder()
                .buildAsync(URI.create(server + "/socket.io/?EIO=4&transport=websocket"), this)
                .join();
        await("0");
        send(join);
        await("40");
    }

    /** Sends an event, waits for its ack, and returns the ack. */
    String ask(String event) throws InterruptedException {
        send("420" + event);
        return await("430");
    }

    /** Sends a packet without waiting for an answer. */
    void send(String packet) {
        try {
            write(webSocket, packet).join();
        } catch (CompletionException e) {
            throw new AssertionError("not sent, received last: " + packets, e);
        }
    }

    /** {@link WebSocket} allows one send at a time, also for answers to heartbeats: each send waits for the one before it. */
    private synchronized CompletableFuture<?> write(WebSocket to, String packet) {
        CompletableFuture<?> next = written.thenCompose(before -> to.sendText(packet, true));
        written = next;
        return next;
    }

    String await(String prefix) throws InterruptedException {
        while (true) {
            String packet = packets.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (packet == null) {
                throw new AssertionError("no packet " + prefix + " in " + PATIENCE_SECONDS + " s");
            } else if (packet.startsWith(prefix)) {
                return packet;
            } else if (packet.startsWith("closed")) {
                throw new AssertionError(packet);
            }
        }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
        partial.append(text);
        if (last) {
            String packet = partial.toString();
            partial.setLength(0);
            if (packet.equals("2")) {
                var unused = write(socket, "3");
            } else {
                packets.add(packet);
            }
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        packets.add("closed code=" + code);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        packets.add("closed error=" + error);
    }

    @Override
    public void close() {
        webSocket.abort();
    }
}
