package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that break the protocol: the errors, and their order. */
class HttpErrorsTest {

    private static final String TRANSPORT = "{\"code\":0,\"message\":\"Transport unknown\"}";
    private static final String SESSION = "{\"code\":1,\"message\":\"Session ID unknown\"}";
    private static final String METHOD = "{\"code\":2,\"message\":\"Bad handshake method\"}";
    private static final String REQUEST = "{\"code\":3,\"message\":\"Bad request\"}";
    private static final String FORBIDDEN = "{\"code\":4,\"message\":\"not today\"}";
    private static final String VERSION = "{\"code\":5,\"message\":\"Unsupported protocol version\"}";

    private static NetworkedServer server;
    private static String polling;
    private static String webSocket;

    @BeforeAll
    static void start() {
        server = new NetworkedServer(builder -> builder.cors(CorsPolicy.ANY).admission(request -> {
            if (request.header("X-Refuse") != null) {
                throw new AdmissionRefusedException("not today");
            }
            return null;
        }));
        polling = server.connect().open();
        webSocket = server.connect().openWebSocket();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** {@code $p} and {@code $w} mean the ids of a polling session and of a WebSocket session. */
    static Stream<Arguments> requests() {
        return Stream.of(
                // each alone
                arguments("GET", "EIO=4&transport=abc", TRANSPORT),
                arguments("GET", "EIO=4&transport=", TRANSPORT),
                arguments("GET", "EIO=4&transport=webtransport", TRANSPORT),
                arguments("GET", "EIO=4&transport=Polling", TRANSPORT),
                arguments("GET", "EIO=4", TRANSPORT),
                arguments("GET", "", TRANSPORT),
                arguments("GET", "EIO=4&transport=polling&sid=nope", SESSION),
                arguments("POST", "EIO=4&transport=polling&sid=nope", SESSION),
                arguments("DELETE", "EIO=4&transport=polling&sid=nope", SESSION),
                arguments("POST", "EIO=4&transport=polling", METHOD),
                arguments("PUT", "EIO=4&transport=polling", METHOD),
                arguments("DELETE", "EIO=4&transport=polling&sid=", METHOD),
                arguments("FOO", "EIO=4&transport=polling", METHOD),
                arguments("GET", "EIO=4&transport=websocket", REQUEST),
                arguments("GET", "EIO=4&transport=websocket&sid=$p", REQUEST),
                arguments("GET", "EIO=4&transport=websocket&sid=$w", REQUEST),
                arguments("GET", "EIO=4&transport=polling&sid=$w", REQUEST),
                arguments("POST", "EIO=4&transport=polling&sid=$w", REQUEST),
                arguments("GET", "EIO=3&transport=polling&sid=$p", REQUEST),
                arguments("GET", "transport=polling&sid=$p", REQUEST),
                arguments("POST", "EIO=3&transport=polling&sid=$p", REQUEST),
                arguments("GET", "EIO=3&transport=polling", VERSION),
                arguments("GET", "EIO=5&transport=polling", VERSION),
                arguments("GET", "EIO=04&transport=polling", VERSION),
                arguments("GET", "EIO=&transport=polling", VERSION),
                arguments("GET", "transport=polling", VERSION),
                arguments("REFUSED", "EIO=4&transport=polling", FORBIDDEN),
                // the last duplicate wins
                arguments("GET", "EIO=4&transport=polling&transport=abc", TRANSPORT),
                arguments("GET", "EIO=4&EIO=3&transport=polling", VERSION),
                arguments("GET", "EIO=4&transport=polling&sid=$p&sid=nope", SESSION),
                // which comes first
                arguments("GET", "EIO=3&transport=abc&sid=nope", TRANSPORT),
                arguments("POST", "EIO=3&transport=abc", TRANSPORT),
                arguments("POST", "EIO=3&transport=polling&sid=nope", SESSION),
                arguments("GET", "EIO=3&transport=websocket&sid=nope", SESSION),
                arguments("POST", "EIO=3&transport=websocket", METHOD),
                arguments("REFUSED", "EIO=4&transport=websocket", REQUEST),
                arguments("REFUSED", "EIO=3&transport=polling", FORBIDDEN),
                arguments("REFUSED", "EIO=4&transport=polling&sid=nope", SESSION));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void errorsHaveTheWordsOfTheReference(String method, String query, String body) {
        NetworkedServer.Client client = server.connect();
        for (int i = 0; i < 2; i++) {
            request(client, method, query);
            Reply reply = client.reply();
            assertThat(reply.head())
                    .isEqualTo(body.equals(FORBIDDEN) ? "HTTP/1.1 403 Forbidden" : "HTTP/1.1 400 Bad Request");
            assertThat(reply.body()).isEqualTo(body);
            assertThat(reply.headers())
                    .as("the connection is kept, and pages may read")
                    .isEqualTo(Map.of(
                            "content-type", "application/json",
                            "cache-control", "no-store",
                            "access-control-allow-origin", "*",
                            "content-length", String.valueOf(body.length())));
        }
        assertThat(client.get(Peer.POLLING).status()).isEqualTo(200);
    }

    private static void request(Peer client, String method, String query, String... headers) {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Origin: https://example.com");
        if (method.equals("REFUSED")) {
            all.add("X-Refuse: yes");
        }
        client.request(
                method.equals("REFUSED") ? "GET" : method,
                "/engine.io/?" + query.replace("$p", polling).replace("$w", webSocket),
                method.equals("POST") ? "4x" : "",
                all.toArray(String[]::new));
    }

    @Test
    void sessionsSurviveTheErrorsOfOthers() {
        NetworkedServer.Client client = server.connect();
        client.post(polling, List.of("4still here"));
        assertThat(server.session(polling).next()).isEqualTo("text still here");
        assertThat(server.session(webSocket).session.isOpen()).isTrue();
    }

    /** The same errors for upgrades: always 400, as plain text, and the connection is closed. */
    static Stream<Arguments> upgrades() {
        return Stream.of(
                arguments("GET", "EIO=4&transport=abc", "Transport unknown"),
                arguments("GET", "EIO=4", "Transport unknown"),
                arguments("GET", "EIO=4&transport=websocket&sid=nope", "Session ID unknown"),
                arguments("POST", "EIO=4&transport=websocket", "Bad handshake method"),
                arguments("POST", "EIO=4&transport=websocket&sid=$p", "Bad request"),
                arguments("HEAD", "EIO=4&transport=websocket&sid=$p", ""),
                arguments("GET", "EIO=4&transport=polling", "Bad request"),
                arguments("GET", "EIO=4&transport=polling&sid=$p", "Bad request"),
                arguments("GET", "EIO=3&transport=websocket&sid=$p", "Bad request"),
                arguments("GET", "EIO=3&transport=websocket", "Unsupported protocol version"),
                arguments("GET", "transport=websocket", "Unsupported protocol version"),
                arguments("REFUSED", "EIO=4&transport=websocket", "not today"));
    }

    @ParameterizedTest
    @MethodSource("upgrades")
    void errorOfAnUpgradeIsPlainText(String method, String query, String body) throws Exception {
        NetworkedServer.Client client = server.connect();
        request(
                client,
                method,
                query,
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: " + Peer.KEY);
        Reply reply = Reply.read(client.input(), method.equals("HEAD"));
        assertThat(reply.head()).isEqualTo("HTTP/1.1 400 Bad Request");
        assertThat(reply.body()).isEqualTo(body);
        assertThat(reply.header("content-type")).isEqualTo("text/html");
        assertThat(reply.header("connection")).isEqualTo("close");
        assertThat(reply.header("access-control-allow-origin")).isEqualTo("*");
        client.assertClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Sec-WebSocket-Version: 12", "Sec-WebSocket-Version: ", "Sec-WebSocket-Version: 13, 8", "X: 13"})
    void otherVersionsOfWebSocketAreRefused(String header) {
        NetworkedServer.Client client = server.connect();
        client.requestBareUpgrade(Peer.WEBSOCKET, "Sec-WebSocket-Key: " + Peer.KEY, header);
        Reply reply = client.reply();
        assertThat(reply).hasToString("400 text/html Missing or invalid Sec-WebSocket-Version header");
        assertThat(reply.header("sec-websocket-version")).isEqualTo("13, 8");
        client.assertClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: y",
                "Sec-WebSocket-Key: ",
                "Sec-WebSocket-Key: short==",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ1=",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j-Q==",
                "Sec-WebSocket-Key: " + Peer.KEY + "\r\nSec-WebSocket-Key: " + Peer.KEY
            })
    void keyIsNeeded(String header) {
        NetworkedServer.Client client = server.connect();
        client.requestBareUpgrade(Peer.WEBSOCKET, "Sec-WebSocket-Version: 13", header);
        assertThat(client.reply()).hasToString("400 text/html Missing or invalid Sec-WebSocket-Key header");
        client.assertClosed();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "__proto__",
                "constructor",
                "hasOwnProperty",
                "null",
                "undefined",
                "0",
                "AAAAAAAAAAAAAAAAAAAA",
                "..",
                "%00",
                "%2e%2e%2f",
                "%zz",
                "%",
                "%E9",
                "%C3%A9",
                "+",
                "%F0%9F%98%80",
                "a%26sid%3Db",
                "%0D%0AX:y",
                "sid"
            })
    void strangeIdsAreUnknown(String sid) {
        NetworkedServer.Client client = server.connect();
        assertThat(client.get(Peer.POLLING + "&sid=" + sid)).hasToString("400 application/json " + SESSION);
        assertThat(client.post(Peer.POLLING + "&sid=" + sid, "4x")).hasToString("400 application/json " + SESSION);
        client.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
        assertThat(client.reply()).hasToString("400 text/html Session ID unknown");
    }

    @Test
    void idsAreComparedExactly() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        for (String other :
                new String[] {sid + "x", sid.substring(1), sid + "%20", "%20" + sid, sid + "%00", swapCase(sid)}) {
            assertThat(client.get(Peer.POLLING + "&sid=" + other)).hasToString("400 application/json " + SESSION);
        }
        String escaped = String.format("%%%02x", (int) sid.charAt(0)) + sid.substring(1);
        assertThat(client.post(Peer.POLLING + "&sid=" + escaped, "4x").status()).isEqualTo(200);
    }

    @Test
    void longIdsAreUnknownAndLongerOnesAreNoRequest() {
        NetworkedServer.Client client = server.connect();
        assertThat(client.get(Peer.POLLING + "&sid=" + "x".repeat(16_000)))
                .hasToString("400 application/json " + SESSION);
        Reply reply = client.get(Peer.POLLING + "&sid=" + "x".repeat(100_000));
        assertThat(reply.status()).isEqualTo(414);
        assertThat(reply.header("connection")).isEqualTo("close");
    }

    @Test
    void disabledTransportsAreUnknown() {
        try (NetworkedServer noPolling = new NetworkedServer(builder -> builder.allowsPolling(false));
                NetworkedServer noWebSocket = new NetworkedServer(builder -> builder.allowsWebSocket(false))) {
            assertThat(noPolling.connect().get(Peer.POLLING)).hasToString("400 application/json " + TRANSPORT);
            noPolling.connect().openWebSocket();
            NetworkedServer.Client client = noWebSocket.connect();
            String sid = client.open();
            client.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
            assertThat(client.reply()).hasToString("400 text/html Transport unknown");
        }
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder();
        text.chars()
                .map(c -> Character.isUpperCase(c) ? Character.toLowerCase(c) : Character.toUpperCase(c))
                .forEach(swapped::appendCodePoint);
        return swapped.toString();
    }
}
