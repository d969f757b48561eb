package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests may open a session, by polling and by WebSocket. */
class SessionAdmissionTest {

    private AdmissionGuard guard = request -> null;
    private final List<Handshake> asked = new ArrayList<>();
    private final ClockedServer server = new ClockedServer(builder -> builder.admission(request -> {
        asked.add(request);
        return guard.admit(request);
    }));

    private final CompletableFuture<Void> verdict = new CompletableFuture<>();
    private final ClockedServer.Connection polling = server.connect();
    private final ClockedServer.Connection webSocket = server.connect();

    @AfterEach
    void tearDown() {
        server.close();
    }

    @Test
    void guardIsAskedForHandshakesOnly() {
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        client.post(sid, List.of("4x"));
        server.session(sid).assertNext("text x");
        webSocket.upgrade(sid);
        webSocket.send("5");
        client.get(Peer.POLLING + "&sid=" + sid);
        client.get("/engine.io/?transport=abc");
        client.post(Peer.POLLING, "4x");
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).query("EIO")).isEqualTo("4");
        server.connect().openWebSocket();
        assertThat(asked).hasSize(2);
    }

    @Test
    void refusalCarriesItsOwnWords() {
        guard = request -> {
            throw new AdmissionRefusedException("not \"you\"\\, \u00E9\n");
        };
        assertRefused(
                "403 application/json {\"code\":4,\"message\":\"not \\\"you\\\"\\\\, é\\n\"}",
                "400 text/html not \"you\"\\, é\n");
    }

    @Test
    void refusalMayComeLater() {
        guard = request -> verdict;
        polling.request("GET", Peer.POLLING, "");
        webSocket.requestUpgrade(Peer.WEBSOCKET);
        polling.assertOpenAndSilent();
        webSocket.assertOpenAndSilent();
        verdict.completeExceptionally(new AdmissionRefusedException("later"));
        assertThat(polling.reply()).hasToString("403 application/json {\"code\":4,\"message\":\"later\"}");
        assertThat(webSocket.reply()).hasToString("400 text/html later");
        webSocket.assertClosed();
        assertThat(server.sessions.size()).isZero();
        guard = request -> null;
        polling.open();
    }

    @Test
    void refusalMayBeWrapped() {
        guard = request ->
                CompletableFuture.failedStage(new CompletionException(new AdmissionRefusedException("inside")));
        assertRefused("403 application/json {\"code\":4,\"message\":\"inside\"}", "400 text/html inside");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void guardThatFailsRefusesWithANeutralMessage(boolean later) {
        guard = request -> {
            if (later) {
                return CompletableFuture.failedStage(new IllegalStateException("secret"));
            }
            throw new IllegalStateException("secret");
        };
        try (ErrorLog errors = new ErrorLog()) {
            assertRefused("403 application/json {\"code\":4,\"message\":\"Forbidden\"}", "400 text/html Forbidden");
            errors.expect("admission guard failed path=/engine.io/", IllegalStateException.class);
            errors.expect("admission guard failed path=/engine.io/", IllegalStateException.class);
        }
    }

    @Test
    void admissionMayComeLater() {
        guard = request -> verdict;
        polling.write("GET " + Peer.POLLING + " HTTP/1.1\r\nHost: x\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\n");
        webSocket.requestUpgrade(Peer.WEBSOCKET);
        polling.assertOpenAndSilent();
        webSocket.assertOpenAndSilent();
        verdict.complete(null);
        String sid = Peer.sid(polling.reply().body());
        assertThat(polling.reply().status()).as("the pipelined request").isEqualTo(404);
        webSocket.assertUpgraded();
        assertThat(webSocket.frame().toString()).startsWith("text 0{");
        polling.post(sid, List.of("4x"));
        server.session(sid).assertNext("text x");
    }

    @Test
    void admissionOfAClientThatHasLeftOpensNothing() {
        guard = request -> verdict;
        polling.request("GET", Peer.POLLING, "");
        webSocket.requestUpgrade(Peer.WEBSOCKET);
        polling.hangUp();
        webSocket.hangUp();
        verdict.complete(null);
        server.settle();
        assertThat(server.sessions.size()).isZero();
        assertThat(server.recorder.all()).isEmpty();
    }

    @Test
    void refusalOfAClientThatHasLeftIsDropped() {
        guard = request -> verdict;
        polling.request("GET", Peer.POLLING, "");
        polling.hangUp();
        verdict.completeExceptionally(new AdmissionRefusedException("x"));
        assertThat(polling.unread()).isEmpty();
    }

    @Test
    void requestsAfterAnUpgradeThatIsDecidedLaterAreDropped() {
        guard = request -> verdict;
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade(Peer.WEBSOCKET);
        client.request("GET", "/nowhere", "");
        verdict.complete(null);
        client.assertUpgraded();
        String sid = Peer.sid(client.frame().toString());
        client.send("4x");
        server.session(sid).assertNext("text x");
    }

    private void assertRefused(String polling, String webSocket) {
        ClockedServer.Connection client = server.connect();
        assertThat(client.get(Peer.POLLING)).hasToString(polling);
        assertThat(client.get("/nowhere").status())
                .as("the connection lives on")
                .isEqualTo(404);
        client.requestUpgrade(Peer.WEBSOCKET);
        assertThat(client.reply()).hasToString(webSocket);
        client.assertClosed();
        assertThat(server.sessions.size()).isZero();
    }
}
