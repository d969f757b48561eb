package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP over a network: connections, pipelines, bodies, and input that is not HTTP. */
class HttpTest {

    private static final String OK = "200 text/html ok";
    private static final String GONE = "400 application/json {\"code\":1,\"message\":\"Session ID unknown\"}";
    private static final String REFUSED = "400 text/plain; charset=UTF-8 ";

    private final NetworkedServer server = new NetworkedServer();

    @AfterEach
    void tearDown() {
        server.close();
    }

    // Connections

    @Test
    void oneConnectionServesManyRequests() {
        NetworkedServer.Client client = server.connect();
        server.recorder.echo();
        String sid = client.open();
        for (int i = 0; i < 20; i++) {
            Reply reply = client.post(Peer.POLLING + "&sid=" + sid, "4hello " + i);
            assertThat(reply).hasToString(OK);
            assertThat(reply.header("connection")).isNull();
            assertThat(client.poll(sid)).isEqualTo("4hello " + i);
        }
    }

    @Test
    void connectionIsClosedWhenTheClientAsksForThat() {
        NetworkedServer.Client client = server.connect();
        Reply reply = client.get(Peer.POLLING, "Connection: close");
        assertThat(reply.header("connection")).isEqualTo("close");
        client.assertClosed();
        NetworkedServer.Client old = server.connect();
        old.write("GET " + Peer.POLLING + " HTTP/1.0\r\n\r\n");
        assertThat(old.reply().status()).isEqualTo(200);
        old.assertClosed();
    }

    @Test
    void everyPathBelowOursIsServed() {
        NetworkedServer.Client client = server.connect();
        for (String path :
                new String[] {"/engine.io", "/engine.io/", "/engine.io/default/", "/engine.io//x", "/engine%2Eio/"}) {
            assertThat(client.get(path + "?EIO=4&transport=polling").status())
                    .as(path)
                    .isEqualTo(200);
        }
        for (String path : new String[] {
            "/",
            "/engine.iox/",
            "/engine.ioo",
            "/engine",
            "//engine.io/",
            "/x/engine.io/",
            "/Engine.IO/",
            "/socket.io/",
            "/%zz",
            "/engine.io%zz/",
            "/%",
            "/\u00E9",
            "/..%2f",
            "*",
            "http:///"
        }) {
            assertThat(client.get(path + "?EIO=4&transport=polling"))
                    .as(path)
                    .hasToString("404 text/plain; charset=UTF-8 Not Found");
        }
    }

    @Test
    void anotherPathMayBeChosen() {
        try (NetworkedServer other = new NetworkedServer(builder -> builder.path("/a/b/"))) {
            NetworkedServer.Client client = other.connect();
            assertThat(client.get("/a/b/?EIO=4&transport=polling").status()).isEqualTo(200);
            assertThat(client.get(Peer.POLLING).status()).isEqualTo(404);
        }
    }

    // Pipelines

    @Test
    void pipelinedRequestsAreAnsweredInTheirOrder() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        String post = "POST " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n4";
        client.write(post + "a" + post + "bGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n" + post + "c");
        assertThat(client.reply()).hasToString(OK);
        assertThat(client.reply()).hasToString(OK);
        assertThat(client.reply().status()).isEqualTo(404);
        assertThat(client.reply()).hasToString(OK);
        server.session(sid).assertNext("text a", "text b", "text c");
    }

    @Test
    void requestAfterAPollWaitsForItsAnswer() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        client.write("GET " + Peer.POLLING + "&sid=" + sid
                + " HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
        server.connect().post(sid, List.of("4x"));
        server.session(sid).assertNext("text x");
        server.session(sid).session.send(Bytes.utf8("hello"));
        assertThat(client.reply().body()).isEqualTo("4hello");
        assertThat(client.reply().status()).isEqualTo(404);
    }

    @Test
    void endlessRequestsAfterAPollCloseTheConnection() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        client.startPoll(sid);
        client.write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n".repeat(32));
        server.session(sid).session.send(Bytes.utf8("x"));
        assertThat(client.reply().body()).isEqualTo("4x");
        for (int i = 0; i < 32; i++) {
            assertThat(client.reply().status()).isEqualTo(404);
        }
        client.startPoll(sid);
        client.write("GET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n".repeat(33));
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    // Bodies

    @Test
    void bodyMayComeByteByByteAndInChunks() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        String head = "POST " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\n";
        for (byte b : (head + "Content-Length: 10\r\n\r\n4é€\uD83D\uDE00").getBytes(StandardCharsets.UTF_8)) {
            client.write(new byte[] {b});
        }
        assertThat(client.reply()).hasToString(OK);
        client.write(head + "Transfer-Encoding: chunked\r\n\r\n");
        for (byte b : "4é€\uD83D\uDE00".getBytes(StandardCharsets.UTF_8)) {
            client.write("1;name=value\r\n");
            client.write(new byte[] {b});
            client.write("\r\n");
        }
        client.write("0\r\nTrailer: x\r\n\r\n");
        assertThat(client.reply()).hasToString(OK);
        server.session(sid).assertNext("text é€\uD83D\uDE00", "text é€\uD83D\uDE00");
    }

    @Test
    void largestBodyIsTaken() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        assertThat(client.post(Peer.POLLING + "&sid=" + sid, "4" + "x".repeat(999_999)))
                .hasToString(OK);
        assertThat(server.session(sid).next()).hasSize(5 + 999_999);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000_001, 2_000_000, 9_000_000})
    void bodyThatIsTooLargeIsRefusedAndSessionAndConnectionLiveOn(int length) {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        String target = Peer.POLLING + "&sid=" + sid;
        assertThat(client.post(target, "x".repeat(length))).hasToString("413 text/plain; charset=UTF-8 ");
        assertThat(client.post(target, "4x")).hasToString(OK);
        client.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + Integer.toHexString(length) + "\r\n" + "x".repeat(length) + "\r\n0\r\n\r\n");
        assertThat(client.reply()).hasToString("413 text/plain; charset=UTF-8 ");
        assertThat(client.post(target, "4y")).hasToString(OK);
        server.session(sid).assertNext("text x", "text y");
    }

    @Test
    void refusedBodyIsReadAndDropped() {
        NetworkedServer.Client client = server.connect();
        assertThat(client.post(Peer.POLLING + "&sid=nope", "x".repeat(2_000_000)))
                .hasToString(GONE);
        assertThat(client.post("/nowhere", "x".repeat(2_000_000)).status()).isEqualTo(404);
        String sid = client.open();
        client.request("GET", Peer.POLLING + "&sid=" + sid, "a body of a GET");
        server.session(sid).session.send(Bytes.utf8("x"));
        assertThat(client.reply().body()).isEqualTo("4x");
    }

    // Requests of several connections

    @Test
    void secondPollOfAnotherConnectionClosesTheSession() {
        NetworkedServer.Client first = server.connect();
        NetworkedServer.Client second = server.connect();
        String sid = first.open();
        // Either may arrive first: one is refused, and the other sees the end of the session.
        first.startPoll(sid);
        second.startPoll(sid);
        Reply one = first.reply();
        Reply other = second.reply();
        assertThat(List.of(one.toString(), other.toString()))
                .containsExactlyInAnyOrder(REFUSED, "200 text/plain; charset=UTF-8 1");
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(first.get(Peer.POLLING + "&sid=" + sid)).hasToString(GONE);
    }

    @Test
    void secondPostOfAnotherConnectionClosesTheSession() throws IOException {
        NetworkedServer.Client first = server.connect();
        String sid = first.open();
        String target = Peer.POLLING + "&sid=" + sid;
        first.write("POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n");
        assertThat(first.reply().head()).isEqualTo("HTTP/1.1 100 Continue");
        NetworkedServer.Client second = server.connect();
        assertThat(second.post(target, "4x")).hasToString(REFUSED);
        first.assertClosed();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void pollThatIsAbortedClosesTheSession() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        client.startPoll(sid);
        client.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
        assertThat(server.connect().get(Peer.POLLING + "&sid=" + sid)).hasToString(GONE);
    }

    @Test
    void pollThatIsResetClosesTheSession() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        client.startPoll(sid);
        client.reset();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void postThatIsAbortedClosesTheSession() {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        client.write("POST " + Peer.POLLING + "&sid=" + sid + " HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n4x");
        client.hangUp();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void webSocketThatIsResetIsATransportClose() {
        NetworkedServer.Client client = server.connect();
        String sid = client.openWebSocket();
        client.reset();
        server.session(sid).assertNext("closed TRANSPORT_CLOSE");
    }

    @Test
    void clientThatReadsNothingIsClosedAsTooSlow() {
        try (NetworkedServer strict = new NetworkedServer(builder -> builder.slowTimeout(Duration.ofMillis(500)))) {
            NetworkedServer.Client client = strict.connect();
            String sid = client.openWebSocket();
            EngineSession session = strict.session(sid).session;
            Bytes message = Bytes.wrap(new byte[500_000]);
            for (int i = 0; i < 1000; i++) {
                CompletableFuture.runAsync(() -> session.sendBinary(message), session.home())
                        .join();
            }
            strict.session(sid).assertNext("closed TOO_SLOW");
        }
    }

    @Test
    void clientThatReadsNoAnswerIsClosedAsTooSlow() {
        try (NetworkedServer strict = new NetworkedServer(
                builder -> builder.maxUnsentBytes(64_000_000).slowTimeout(Duration.ofMillis(500)))) {
            NetworkedServer.Client client = strict.connect();
            String sid = client.open();
            EngineSession session = strict.session(sid).session;
            for (int i = 0; i < 40; i++) {
                session.send(Bytes.wrap(new byte[1_000_000]));
            }
            client.startPoll(sid);
            strict.session(sid).assertNext("closed TOO_SLOW");
        }
    }

    // HEAD

    @Test
    void headHasNoBody() throws IOException {
        NetworkedServer.Client client = server.connect();
        for (String target : new String[] {Peer.POLLING, "/nowhere"}) {
            client.request("HEAD", target, "");
            Reply reply = Reply.read(client.input(), true);
            assertThat(reply.status()).isEqualTo(target.equals(Peer.POLLING) ? 400 : 404);
            assertThat(Integer.parseInt(reply.header("content-length"))).isPositive();
        }
        assertThat(client.get(Peer.POLLING).status()).isEqualTo(200);
    }

    // Upgrades to other protocols

    @Test
    void clientThatWouldRatherSpeakHttp2IsServed() throws Exception {
        HttpClient client = HttpClient.newHttpClient(); // asks for h2c with its first request
        URI uri = URI.create("http://127.0.0.1:" + server.server.address().getPort() + Peer.POLLING);
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("0{");
        NetworkedServer.Client h2c = server.connect();
        assertThat(h2c.get(
                                Peer.POLLING,
                                "Connection: Upgrade, HTTP2-Settings",
                                "Upgrade: h2c",
                                "HTTP2-Settings: AAMAAABk")
                        .status())
                .isEqualTo(200);
        assertThat(h2c.get(Peer.WEBSOCKET, "Connection: Upgrade", "Upgrade: h2c")
                        .body())
                .contains("\"code\":3");
        assertThat(h2c.get(Peer.POLLING, "Upgrade: websocket").status())
                .as("upgrade without the word in Connection")
                .isEqualTo(200);
    }

    // Input that is not HTTP

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GARBAGE\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "GET\r\n\r\n",
                "GET / HTTP/9x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\n: no name\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nBad Name: x\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: x\r\nOrigin: a\u0001b\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
            })
    void inputThatIsNotHttpIsRefusedAndTheConnectionClosed(String request) {
        try (ErrorLog errors = new ErrorLog()) {
            NetworkedServer.Client client = server.connect();
            client.write(request);
            Reply reply = client.reply();
            assertThat(reply.head()).isEqualTo("HTTP/1.1 400 Bad Request");
            assertThat(reply.header("connection")).isEqualTo("close");
            assertThat(reply.body()).isEmpty();
            client.assertClosed();
            errors.assertNothing();
        }
    }

    @Test
    void headsAreBounded() {
        Map<String, Integer> heads = Map.of(
                "GET /" + "x".repeat(17 * 1024),
                414,
                "GET / HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(33 * 1024),
                431,
                "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(10_000),
                431,
                "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(100),
                431,
                "GET / HTTP/1.1\r\nHost: x\r\n" + "X: y\r\n".repeat(99),
                404);
        heads.forEach((head, status) -> {
            NetworkedServer.Client client = server.connect();
            client.write(head + "\r\n\r\n");
            assertThat(client.reply().status()).isEqualTo(status);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"x\r\n4x\r\n", "2\r\n4xyz\r\n", "-1\r\n", "ffffffffffffffffffff\r\n", "2\n4x\n\u0000"})
    void badChunkClosesConnectionAndSession(String chunk) {
        NetworkedServer.Client client = server.connect();
        String sid = client.open();
        client.write("POST " + Peer.POLLING + "&sid=" + sid
                + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);
        assertThat(client.reply().status()).isEqualTo(400);
        client.assertClosed();
        server.session(sid).assertNext("closed TRANSPORT_ERROR");
    }

    @Test
    void randomRequestsDoNoHarm() {
        try (ErrorLog errors = new ErrorLog()) {
            Randomly.repeat(300, random -> {
                try (ClockedServer own = new ClockedServer()) {
                    String sid = own.connect().open();
                    ClockedServer.Connection client = own.connect();
                    byte[] bytes = ("POST " + Peer.POLLING + "&sid=" + sid
                                    + " HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nContent-Type: text/plain\r\n\r\n4hello"
                                    + "GET /engine.io/?EIO=4&transport=polling&sid=%"
                                    + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8);
                    for (int edits = 1 + random.nextInt(6); edits > 0; edits--) {
                        int at = random.nextInt(bytes.length);
                        bytes[at] =
                                random.nextBoolean() ? (byte) random.nextInt(256) : bytes[random.nextInt(bytes.length)];
                    }
                    client.write(Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length)));
                    while (!client.unread().isEmpty()) {
                        assertThat(client.reply().status()).isIn(200, 400, 404, 413, 500);
                    }
                    own.session(sid).drain();
                }
            });
            errors.assertNothing();
        }
    }
}
