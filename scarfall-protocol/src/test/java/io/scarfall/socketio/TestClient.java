package io.scarfall.socketio;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One session over WebSocket without a Socket.IO client: tests write and read packets as they are on the wire, without
 * the Engine.IO type. To keep packets legible, an apostrophe means a quotation mark. The client answers heartbeats.
 */
final class TestClient implements AutoCloseable {

    /** After this time a test fails; no result depends on it. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Pattern CONNECTED = Pattern.compile("0(/[^,]*,)?\\{\"sid\":\"([^\"]{20})\"}");

    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private volatile boolean reads = true;
    private final boolean answersPings;
    private final WebSocket webSocket;
    private final String open;

    /** The server closed, with a code of WebSocket. */
    private record Closed(int code) {}

    private TestClient(URI server, boolean answersPings) {
        this.answersPings = answersPings;
        webSocket = HTTP.newWebSocketBuilder()
                .buildAsync(server.resolve("/socket.io/?EIO=4&transport=websocket&who=me"), new Receiver())
                .join();
        open = (String) next();
    }

    static TestClient open(URI server) {
        return new TestClient(server, true);
    }

    /** Opens a session that never answers a heartbeat. */
    static TestClient openSilent(URI server) {
        return new TestClient(server, false);
    }

    /** The id of the session. */
    String sessionId() {
        Matcher matcher = Pattern.compile("\"sid\":\"([^\"]+)\"").matcher(open);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    /** Sends a packet and its attachments. */
    TestClient send(String packet, byte[]... attachments) {
        sendFrame("4" + packet);
        for (byte[] attachment : attachments) {
            sendAttachment(attachment);
        }
        return this;
    }

    /** Sends an attachment of a packet that was sent before. */
    void sendAttachment(byte[] attachment) {
        awaitSent(webSocket.sendBinary(ByteBuffer.wrap(attachment), true));
    }

    /** Sends a packet of Engine.IO. */
    void sendFrame(String frame) {
        awaitSent(webSocket.sendText(frame.replace('\'', '"'), true));
    }

    /** The server may have closed the session meanwhile: what the test waits for next shows the close. */
    private static void awaitSent(CompletableFuture<WebSocket> sending) {
        try {
            sending.join();
        } catch (CompletionException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
    }

    /** Waits for the next messages, which are texts. */
    void expect(String... packets) {
        for (String packet : packets) {
            assertThat(text()).isEqualTo(packet.replace('\'', '"'));
        }
    }

    /** Waits for the next message, which is a text. */
    String text() {
        Object message = next();
        assertThat(message).isInstanceOf(String.class);
        return (String) message;
    }

    /** Waits for the next message, which is binary. */
    Bytes binary() {
        Object message = next();
        assertThat(message).isInstanceOf(Bytes.class);
        return (Bytes) message;
    }

    /** Waits until the server closes; no other message may come before. */
    void expectClosed() {
        assertThat(next()).as("a close without a code").isEqualTo(new Closed(1005));
    }

    private Object next() {
        try {
            Object message = received.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(message).as("nothing more came").isNotNull();
            return message;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Joins the main namespace; returns the socket's id. */
    String join() {
        return join("/");
    }

    /** Joins a namespace; returns the socket's id. */
    String join(String namespace) {
        send(namespace.equals("/") ? "0" : "0" + namespace + ",");
        return joined(namespace);
    }

    /** Waits for the answer to a CONNECT; returns the socket's id. */
    String joined(String namespace) {
        String reply = text();
        Matcher matcher = CONNECTED.matcher(reply);
        assertThat(matcher.matches()).as(reply).isTrue();
        assertThat(matcher.group(1)).isEqualTo(namespace.equals("/") ? null : namespace + ",");
        return matcher.group(2);
    }

    /**
     * Makes sure that nothing more is on its way: all that the server had sent, or had queued on the session's event
     * loop, has arrived. It asks twice, because the loop reads input before it runs queued tasks.
     */
    void fence() {
        fence("/");
    }

    void fence(String namespace) {
        String name = namespace.equals("/") ? "" : namespace + ",";
        for (int i = 0; i < 2; i++) {
            send("2" + name + "4711['" + TestServer.FENCE + "']");
            expect("3" + name + "4711[]");
        }
    }

    /** Stops reading, until the session ends. */
    void stopReading() {
        reads = false;
    }

    /** Closes the session by its transport. */
    @Override
    public void close() {
        webSocket.abort();
    }

    /** Closes the transport as a browser does. */
    void closeTransport() {
        webSocket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    private final class Receiver implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();
        private final ByteArrayOutputStream binary = new ByteArrayOutputStream();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                String frame = text.toString();
                text.setLength(0);
                receive(from, frame);
            }
            requestMore(from);
            return null;
        }

        private void receive(WebSocket from, String frame) {
            switch (frame.charAt(0)) {
                case '0', '4' -> received.add(frame.substring(1));
                case '2' -> {
                    if (answersPings) {
                        from.sendText("3", true);
                    }
                }
                default -> received.add("unexpected frame: " + frame);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            binary.writeBytes(bytes);
            if (last) {
                received.add(Bytes.wrap(binary.toByteArray()));
                binary.reset();
            }
            requestMore(from);
            return null;
        }

        private void requestMore(WebSocket from) {
            if (reads) {
                from.request(1);
            }
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            received.add(new Closed(code));
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            received.add(error);
        }
    }
}
