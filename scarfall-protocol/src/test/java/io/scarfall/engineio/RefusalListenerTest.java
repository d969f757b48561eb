package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener gets each refusal once, and cannot affect the answer. */
class RefusalListenerTest {

    private final List<String> refusals = new ArrayList<>();
    private RefusalListener listener =
            (request, status, reason) -> refusals.add(request.path() + " " + status + " " + reason);
    private final ClockedServer server = new ClockedServer(builder -> builder.admission(request -> {
                if (request.query("refuse") != null) {
                    throw new AdmissionRefusedException("not today");
                }
                return null;
            })
            .refusals((request, status, reason) -> listener.refused(request, status, reason)));

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void assertTold(String... expected) {
        assertThat(refusals).containsExactly(expected);
        refusals.clear();
    }

    @Test
    void requestsThatBreakTheProtocolAreReported() {
        ClockedServer.Connection client = server.connect();
        client.get("/engine.io/?EIO=4&transport=pigeon");
        assertTold("/engine.io/ 400 Transport unknown");
        client.get(Peer.POLLING + "&sid=nope");
        assertTold("/engine.io/ 400 Session ID unknown");
        client.get(Peer.POLLING + "&refuse=1");
        assertTold("/engine.io/ 403 not today");
        client.get("/engine.io/?EIO=3&transport=polling");
        assertTold("/engine.io/ 400 Unsupported protocol version");
        client.request("GET", "/", "", "Content-Length: no");
        assertThat(client.reply().status()).isEqualTo(400);
        assertThat(refusals).hasSize(1);
    }

    @Test
    void upgradesThatAreRefusedAreReported() {
        ClockedServer.Connection refused = server.connect();
        refused.requestUpgrade(Peer.WEBSOCKET + "&refuse=1");
        assertThat(refused.reply().status()).isEqualTo(400);
        assertTold("/engine.io/ 400 not today");
        ClockedServer.Connection malformed = server.connect();
        malformed.requestUpgrade(Peer.WEBSOCKET, "Sec-WebSocket-Protocol: ,");
        assertThat(malformed.reply().status()).isEqualTo(400);
        assertTold("/engine.io/ 400 Invalid Sec-WebSocket-Protocol header");
        String sid = server.connect().open();
        server.connect().upgrade(sid);
        ClockedServer.Connection second = server.connect();
        second.upgrade(sid);
        assertThat(second.frame()).hasToString("close");
        assertTold("/engine.io/ 101 Session cannot be upgraded");
    }

    @Test
    void acceptedRequestsAreNotReported() {
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        assertThat(client.get("/elsewhere").status()).isEqualTo(404);
        server.connect().upgrade(sid);
        assertThat(refusals).isEmpty();
    }

    @Test
    void listenerThatFailsChangesNothing() {
        listener = (request, status, reason) -> {
            throw new IllegalStateException("on purpose");
        };
        try (ErrorLog errors = new ErrorLog()) {
            assertThat(server.connect().get(Peer.POLLING + "&sid=nope").status())
                    .isEqualTo(400);
            errors.expect("refusal listener failed", IllegalStateException.class);
        }
    }
}
