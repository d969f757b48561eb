package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests that the application answers, and headers that it adds. */
class HttpRoutesTest {

    private static final String NOT_FOUND = "404 text/plain; charset=UTF-8 Not Found";
    private static final String FAILED = "500 text/plain; charset=UTF-8 ";

    private HttpRoutes fallback = request -> null;
    private ResponseHeaders responseHeaders = response -> {};
    private final ClockedServer server =
            new ClockedServer(builder -> builder.routes(request -> fallback.answer(request))
                    .responseHeaders(response -> responseHeaders.add(response)));

    @AfterEach
    void tearDown() {
        server.close();
    }

    @Test
    void answerMayComeAtOnce() throws IOException {
        fallback = request -> CompletableFuture.completedFuture(new HttpReply(
                201,
                "text/x",
                Bytes.utf8(request.method() + " " + request.path() + " " + request.query("q")),
                Map.of("X-Name", "value", "Content-Type", "text/y")));
        ClockedServer.Connection client = server.connect();
        Reply reply = client.get("/a%20b?q=c+d");
        assertThat(reply).hasToString("201 text/y GET /a b c d");
        assertThat(reply.header("x-name")).isEqualTo("value");
        assertThat(client.post("/x", "body that nobody reads")).hasToString("201 text/y POST /x null");
        client.request("HEAD", "/x", "");
        assertThat(Reply.read(client.input(), true).header("content-length")).isEqualTo("12");
        assertThat(client.get("/x?q=" + "y".repeat(1000)).status()).isEqualTo(201);
    }

    @Test
    void answerMayComeLater() {
        CompletableFuture<HttpReply> answer = new CompletableFuture<>();
        fallback = request -> answer;
        ClockedServer.Connection client = server.connect();
        client.request("GET", "/x", "");
        client.request("GET", Peer.POLLING, "");
        client.assertOpenAndSilent();
        answer.complete(new HttpReply(200, "text/x", Bytes.utf8("later")));
        assertThat(client.reply()).hasToString("200 text/x later");
        assertThat(client.reply().body()).startsWith("0{");
    }

    @Test
    void answerToAClientThatHasLeftIsDropped() {
        CompletableFuture<HttpReply> answer = new CompletableFuture<>();
        fallback = request -> answer;
        ClockedServer.Connection client = server.connect();
        client.request("GET", "/x", "");
        client.hangUp();
        answer.complete(new HttpReply(200, "text/x", Bytes.utf8("later")));
        assertThat(client.unread()).isEmpty();
    }

    @Test
    void noAnswerIsNotFound() {
        ClockedServer.Connection client = server.connect();
        assertThat(client.get("/x")).hasToString(NOT_FOUND);
        fallback = request -> CompletableFuture.completedFuture(null);
        assertThat(client.get("/x")).hasToString(NOT_FOUND);
        client.request("CONNECT", "example.com:80", "");
        assertThat(client.reply()).hasToString(NOT_FOUND);
        client.request("OPTIONS", "*", "");
        assertThat(client.reply()).hasToString(NOT_FOUND);
    }

    @Test
    void failureIsAnInternalError() {
        ClockedServer.Connection client = server.connect();
        try (ErrorLog errors = new ErrorLog()) {
            fallback = request -> {
                throw new IllegalStateException("on purpose");
            };
            assertThat(client.get("/x")).hasToString(FAILED);
            errors.expect("HTTP route failed path=/x", IllegalStateException.class);
            fallback = request -> CompletableFuture.failedStage(new IllegalStateException("on purpose"));
            assertThat(client.get("/x")).hasToString(FAILED);
            errors.expect("HTTP route failed path=/x", IllegalStateException.class);
        }
        fallback = request -> null;
        assertThat(client.get("/x")).as("the connection lives on").hasToString(NOT_FOUND);
    }

    @Test
    void invalidAnswerClosesTheConnection() {
        for (HttpReply bad : new HttpReply[] {
            new HttpReply(-1, "text/x", Bytes.EMPTY),
            new HttpReply(200, "a\r\nb", Bytes.EMPTY),
            new HttpReply(200, "text/x", Bytes.EMPTY, Map.of("X", "a\r\nY: b")),
            new HttpReply(200, "text/x", Bytes.EMPTY, Map.of("X Y", "a"))
        }) {
            fallback = request -> CompletableFuture.completedFuture(bad);
            ClockedServer.Connection client = server.connect();
            try (ErrorLog errors = new ErrorLog()) {
                client.request("GET", "/x", "");
                client.assertClosed();
                errors.expect("request failed", IllegalArgumentException.class);
            }
        }
    }

    @Test
    void requestsOfTheProtocolAreNeverRouted() {
        fallback = request -> {
            throw new AssertionError(request);
        };
        ClockedServer.Connection client = server.connect();
        assertThat(client.get("/engine.io/nothing").status()).isEqualTo(400);
        client.open();
    }

    @Test
    void upgradeOutsideTheProtocolIsRouted() {
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade("/elsewhere");
        assertThat(client.reply()).hasToString(NOT_FOUND);
    }

    // Headers

    @Test
    void everyResponseGetsTheHeaders() {
        responseHeaders = response -> {
            response.set("X-Path", response.request().path());
            response.set("X-Opens", String.valueOf(response.opensSession()));
            response.set("Cache-Control", "replaced");
        };
        ClockedServer.Connection client = server.connect();
        Reply open = server.connect().get(Peer.POLLING);
        String sid = Peer.sid(open.body());
        String target = Peer.POLLING + "&sid=" + sid;
        assertHeaders(open, "/engine.io/", true);
        assertHeaders(client.post(target, "4x"), "/engine.io/", false);
        server.session(sid).assertNext("text x");
        server.session(sid).session.send(Bytes.utf8("x"));
        assertHeaders(client.get(target), "/engine.io/", false);
        assertHeaders(client.get("/engine.io/x"), "/engine.io/x", false);
        assertHeaders(client.get("/x"), "/x", false);
        client.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
        assertHeaders(client.assertUpgraded(), "/engine.io/", false);
        ClockedServer.Connection webSocket = server.connect();
        webSocket.requestUpgrade(Peer.WEBSOCKET);
        assertHeaders(webSocket.assertUpgraded(), "/engine.io/", true);
        webSocket.frame();
    }

    @Test
    void headersOfAnAnswerReplaceThoseOfAllResponses() {
        responseHeaders = response -> {
            response.set("X-Policy", "of all");
            response.set("X-Other", "of all");
        };
        fallback = request -> CompletableFuture.completedFuture(
                new HttpReply(200, "text/plain", Bytes.utf8("page"), Map.of("X-Policy", "of this page")));
        Reply reply = server.connect().get("/page");
        assertThat(reply.header("x-policy")).isEqualTo("of this page");
        assertThat(reply.header("x-other")).isEqualTo("of all");
    }

    private static void assertHeaders(Reply reply, String path, boolean opens) {
        assertThat(reply.header("x-path")).isEqualTo(path);
        assertThat(reply.header("x-opens")).isEqualTo(String.valueOf(opens));
        assertThat(reply.header("cache-control")).isEqualTo("replaced");
    }

    @Test
    void headersMayHaveSeveralValuesAndSeeTheSession() {
        responseHeaders = response -> {
            response.add("Set-Cookie", "io=" + response.sessionId());
            response.add("Set-Cookie", "opens=" + response.opensSession());
        };
        Reply open = server.connect().get(Peer.POLLING);
        String sid = Peer.sid(open.body());
        assertThat(open.header("set-cookie")).isEqualTo("io=" + sid + ", opens=true");
        Reply post = server.connect().post(Peer.POLLING + "&sid=" + sid, "4x");
        server.session(sid).assertNext("text x");
        assertThat(post.header("set-cookie")).isEqualTo("io=" + sid + ", opens=false");
        assertThat(server.connect().get("/elsewhere").header("set-cookie")).isEqualTo("io=null, opens=false");
        ClockedServer.Connection webSocket = server.connect();
        webSocket.requestUpgrade(Peer.WEBSOCKET);
        Reply upgraded = webSocket.assertUpgraded();
        String webSocketSid = Peer.sid(webSocket.frame().toString());
        assertThat(upgraded.header("set-cookie")).isEqualTo("io=" + webSocketSid + ", opens=true");
    }

    @Test
    void responseHeadersThatFailCloseOnlyTheConnection() {
        ClockedServer.Connection opener = server.connect();
        String sid = opener.open();
        EngineSession session = server.session(sid).session;
        ClockedServer.Connection poller = server.connect();
        poller.startPoll(sid);
        ClockedServer.Connection other = server.connect();
        String otherSid = other.openWebSocket();
        responseHeaders = response -> {
            throw new IllegalStateException("on purpose");
        };
        try (ErrorLog errors = new ErrorLog()) {
            session.send(Bytes.utf8("x"));
            server.session(otherSid).session.send(Bytes.utf8("in the same pass"));
            poller.assertClosed();
            errors.expect("request failed", IllegalStateException.class);
            ClockedServer.Connection opening = server.connect();
            opening.request("GET", Peer.POLLING, "");
            opening.assertClosed();
            errors.expect("request failed", IllegalStateException.class);
            ClockedServer.Connection upgrading = server.connect();
            upgrading.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid);
            upgrading.assertClosed();
            errors.expect("request failed", IllegalStateException.class);
        }
        other.assertFrames("text 4in the same pass");
        responseHeaders = response -> {};
        session.send(Bytes.utf8("y"));
        assertThat(opener.poll(sid)).isEqualTo("4y");
    }
}
