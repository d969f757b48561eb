package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client's end of one connection, which speaks HTTP and later WebSocket. It only knows bytes. */
interface Peer {

    String POLLING = "/engine.io/?EIO=4&transport=polling";
    String WEBSOCKET = "/engine.io/?EIO=4&transport=websocket";

    /** The example of RFC 6455, section 1.3, and the answer to it. */
    String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    Pattern SID = Pattern.compile("\"sid\":\"([^\"]*)\"");

    void write(byte[] bytes);

    /** The output of the server; it ends where the server closed the connection. */
    InputStream input();

    /** Closes the connection as a process that ends does. */
    void hangUp();

    default void write(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    // HTTP

    /** Sends a request. A body is framed by its length. */
    default void request(String method, String target, String body, String... headers) {
        StringBuilder request = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n");
        for (String header : headers) {
            request.append(header).append("\r\n");
        }
        if (!body.isEmpty()) {
            request.append("Content-Length: ")
                    .append(body.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
        }
        write(request.append("\r\n").append(body).toString());
    }

    default Reply reply() {
        try {
            return Reply.read(input());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    default Reply get(String target, String... headers) {
        request("GET", target, "", headers);
        return reply();
    }

    default Reply post(String target, String body, String... headers) {
        request("POST", target, body, headers);
        return reply();
    }

    /** Opens a polling session and returns its id. */
    default String open() {
        return sid(get(POLLING).body());
    }

    static String sid(String openPacket) {
        Matcher matcher = SID.matcher(openPacket);
        assertThat(matcher.find()).as(openPacket).isTrue();
        return matcher.group(1);
    }

    /** Sends a GET of a session, which waits for a packet. */
    default void startPoll(String sid) {
        request("GET", POLLING + "&sid=" + sid, "");
    }

    /** Fetches packets. */
    default String poll(String sid) {
        startPoll(sid);
        Reply reply = reply();
        assertThat(reply.status()).as("%s", reply).isEqualTo(200);
        return reply.body();
    }

    /** Sends packets by POST, in one payload. */
    default void post(String sid, Iterable<String> packets) {
        assertThat(post(POLLING + "&sid=" + sid, String.join("\u001E", packets)))
                .hasToString("200 text/html ok");
    }

    /** Reads the end of the connection, with nothing before it. */
    default void assertClosed() {
        try {
            assertThat(input().read()).as("end of the connection").isNegative();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // WebSocket

    /** Sends the request for an upgrade, for a new session if the target names none. */
    default void requestUpgrade(String target, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Sec-WebSocket-Key: " + KEY;
        all[headers.length + 1] = "Sec-WebSocket-Version: 13";
        requestBareUpgrade(target, all);
    }

    /** Requests an upgrade without a key and a version, unless they are among the headers. */
    default void requestBareUpgrade(String target, String... headers) {
        String[] all = Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Connection: Upgrade";
        all[headers.length + 1] = "Upgrade: websocket";
        request("GET", target, "", all);
    }

    /** Makes this connection the WebSocket of a polling session; no packet is sent yet. */
    default void upgrade(String sid) {
        requestUpgrade(WEBSOCKET + "&sid=" + sid);
        assertUpgraded();
    }

    default Reply assertUpgraded() {
        Reply reply = reply();
        assertThat(reply.head()).as("%s", reply).isEqualTo("HTTP/1.1 101 Switching Protocols");
        assertThat(reply.header("sec-websocket-accept")).isEqualTo(ACCEPT);
        return reply;
    }

    /** Opens a session by WebSocket and returns its id. */
    default String openWebSocket() {
        requestUpgrade(WEBSOCKET);
        assertUpgraded();
        return sid(frame().toString());
    }

    /** Sends a packet, or several at once, as text frames. */
    default void send(String... packets) {
        for (String packet : packets) {
            write(Frame.text(packet).masked());
        }
    }

    default void send(Frame frame) {
        write(frame.masked());
    }

    default Frame frame() {
        try {
            return Frame.read(input());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads frames, written as {@link Frame#toString} does. */
    default void assertFrames(String... frames) {
        for (String frame : frames) {
            assertThat(frame()).hasToString(frame);
        }
    }
}
