package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions open, and what listeners may do meanwhile. */
class HandshakeTest {

    private ClockedServer server = new ClockedServer();

    @AfterEach
    void tearDown() {
        server.close();
    }

    @Test
    void pollingHandshakeIsAnOpenPacketAndNothingElse() {
        Reply reply = server.connect().get(Peer.POLLING);
        String sid = Peer.sid(reply.body());
        assertThat(reply.head()).isEqualTo("HTTP/1.1 200 OK");
        assertThat(reply.headers())
                .isEqualTo(Map.of(
                        "content-type", "text/plain; charset=UTF-8",
                        "cache-control", "no-store",
                        "content-length", "118"));
        assertThat(reply.body())
                .isEqualTo("0{\"sid\":\"" + sid + "\",\"upgrades\":[\"websocket\"],\"pingInterval\":25000,"
                        + "\"pingTimeout\":20000,\"maxPayload\":1000000}");
    }

    @Test
    void webSocketHandshakeIsTheSamePacketWithoutUpgrades() {
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade(Peer.WEBSOCKET);
        assertThat(client.assertUpgraded().headers())
                .isEqualTo(
                        Map.of("connection", "upgrade", "upgrade", "websocket", "sec-websocket-accept", Peer.ACCEPT));
        String open = client.frame().toString();
        assertThat(open)
                .isEqualTo("text 0{\"sid\":\"" + Peer.sid(open) + "\",\"upgrades\":[],\"pingInterval\":25000,"
                        + "\"pingTimeout\":20000,\"maxPayload\":1000000}");
        client.assertOpenAndSilent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
                "Sec-WebSocket-Extensions: constructor, __proto__;;==\""
            })
    void extensionsAreNotNegotiated(String header) {
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade(Peer.WEBSOCKET, header);
        assertThat(client.assertUpgraded().headers()).containsOnlyKeys("connection", "upgrade", "sec-websocket-accept");
        assertThat(client.frame().toString()).startsWith("text 0{");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "Sec-WebSocket-Protocol: chat, superchat | chat",
                "Sec-WebSocket-Protocol: v1.!#$%&'*+-.^_`~ \t,chat | v1.!#$%&'*+-.^_`~",
                "sec-websocket-protocol: a;Sec-WebSocket-Protocol: b | a"
            })
    void firstSubprotocolIsSelected(String headers, String selected) {
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade(Peer.WEBSOCKET, headers.split(";"));
        assertThat(client.assertUpgraded().header("sec-websocket-protocol")).isEqualTo(selected);
        String sid = Peer.sid(client.frame().toString());
        assertThat(server.session(sid).session.handshake().headers("Sec-WebSocket-Protocol"))
                .isNotEmpty();
        String polling = server.connect().open();
        ClockedServer.Connection upgrade = server.connect();
        upgrade.requestUpgrade(Peer.WEBSOCKET + "&sid=" + polling, headers.split(";"));
        assertThat(upgrade.assertUpgraded().header("sec-websocket-protocol")).isEqualTo(selected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-WebSocket-Protocol: ",
                "Sec-WebSocket-Protocol: a b",
                "Sec-WebSocket-Protocol: a,,b",
                "Sec-WebSocket-Protocol: a, a",
                "Sec-WebSocket-Protocol: ,a",
                "Sec-WebSocket-Protocol: a,",
                "Sec-WebSocket-Protocol: \"a\"",
                "Sec-WebSocket-Protocol: a/b",
                "Sec-WebSocket-Protocol: \u00e9"
            })
    void malformedSubprotocolsAreRefused(String header) {
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade(Peer.WEBSOCKET, header);
        assertThat(client.reply()).hasToString("400 text/html Invalid Sec-WebSocket-Protocol header");
        client.assertClosed();
    }

    /** The last draft of RFC 6455: the same frames, but another header for the origin. */
    @Test
    void versionEightIsSpoken() {
        ClockedServer.Connection client = server.connect();
        client.requestBareUpgrade(
                Peer.WEBSOCKET,
                "Sec-WebSocket-Key: " + Peer.KEY,
                "Sec-WebSocket-Version: 8",
                "Sec-WebSocket-Origin: https://page.example");
        client.assertUpgraded();
        String sid = Peer.sid(client.frame().toString());
        assertThat(server.session(sid).session.handshake().header("Origin")).isEqualTo("https://page.example");
    }

    @Test
    void headersAreListed() {
        ClockedServer.Connection client = server.connect();
        client.request("GET", Peer.POLLING, "", "X-Many: 1", "x-many: 2", "Cookie: a=b");
        String sid = Peer.sid(client.reply().body());
        Handshake handshake = server.session(sid).session.handshake();
        assertThat(handshake.headers())
                .containsEntry("x-many", List.of("1", "2"))
                .containsEntry("cookie", List.of("a=b"));
        assertThat(handshake.headers("X-MANY")).containsExactly("1", "2");
        assertThat(handshake.headers("x-none")).isEmpty();
    }

    @Test
    void handshakeMayAnnounceLessThanTheLimit() {
        server.close();
        server = new ClockedServer(builder -> builder.maxPayloadBytes(2_000).announcedPayloadBytes(1_000));
        assertThat(server.connect().get(Peer.POLLING).body()).endsWith("\"maxPayload\":1000}");
        assertThat(EngineConfig.builder()
                        .maxPayloadBytes(7)
                        .announcedPayloadBytes(8)
                        .build()
                        .announcedPayloadBytes())
                .isEqualTo(7);
    }

    @Test
    void handshakeCarriesTheConfiguration() {
        server.close();
        server = new ClockedServer(builder -> builder.pingInterval(Duration.ofMillis(300))
                .pingTimeout(Duration.ofSeconds(2))
                .maxPayloadBytes(7)
                .allowsWebSocket(false));
        assertThat(server.connect().get(Peer.POLLING).body())
                .endsWith("\"upgrades\":[],\"pingInterval\":300,\"pingTimeout\":2000,\"maxPayload\":7}");
    }

    @Test
    void idsAreUniqueAndSafeInAUrl() {
        ClockedServer.Connection client = server.connect("127.0.0.1");
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String sid = client.open();
            assertThat(sid).matches("[A-Za-z0-9_-]{20}");
            ids.add(sid);
        }
        assertThat(ids).hasSize(1000);
        assertThat(server.sessions.size()).isEqualTo(1000);
    }

    @Test
    void clientCannotChooseItsId() {
        String chosen = "AAAAAAAAAAAAAAAAAAAA";
        Reply reply = server.connect().get(Peer.POLLING + "&sid=", "Cookie: io=" + chosen, "io: " + chosen);
        assertThat(Peer.sid(reply.body())).isNotEqualTo(chosen);
        assertThat(reply.header("set-cookie")).isNull();
    }

    @Test
    void emptyIdIsANewSession() {
        ClockedServer.Connection client = server.connect();
        client.requestUpgrade(Peer.WEBSOCKET + "&sid=");
        client.assertUpgraded();
        assertThat(client.frame().toString()).startsWith("text 0{");
    }

    @Test
    void sessionKnowsTheRequestThatOpenedIt() {
        ClockedServer.Connection client = server.connect();
        String sid = Peer.sid(client.get(
                        "/engine.io/?EIO=4&t=x&transport=polling&token=a%20b+c&token=last&flag&plus=%2B&semi=a;b=c&bad=%zz",
                        "X-Name: one", "X-Name: two")
                .body());
        Handshake handshake = server.session(sid).session.handshake();
        assertThat(handshake.method()).isEqualTo("GET");
        assertThat(handshake.path()).isEqualTo("/engine.io/");
        assertThat(handshake.query("transport")).isEqualTo("polling");
        assertThat(handshake.query("token")).isEqualTo("last");
        assertThat(handshake.query("flag")).isEmpty();
        assertThat(handshake.query("plus")).isEqualTo("+");
        assertThat(handshake.query("semi")).isEqualTo("a;b=c");
        assertThat(handshake.query("bad")).isEqualTo("%zz");
        assertThat(handshake.query("none")).isNull();
        assertThat(handshake.query())
                .isEqualTo(Map.of(
                        "EIO", List.of("4"),
                        "t", List.of("x"),
                        "transport", List.of("polling"),
                        "token", List.of("a b c", "last"),
                        "flag", List.of(""),
                        "plus", List.of("+"),
                        "semi", List.of("a;b=c"),
                        "bad", List.of("%zz")));
        assertThat(handshake.header("x-name")).isEqualTo("one");
        assertThat(handshake.header("X-None")).isNull();
        assertThat(handshake.address().getHostString()).isEqualTo("192.0.2.1");
        assertThat(handshake.isSecure()).isFalse();
        assertThat(handshake).hasToString("Handshake[GET /engine.io/]");
    }

    @Test
    void transportHasItsName() {
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        EngineSession session = server.session(sid).session;
        assertThat(session.transport()).isEqualTo("polling");
        assertThat(session.id()).isEqualTo(sid);
        assertThat(session).hasToString("EngineSession[polling]");
        client.upgrade(sid);
        client.send("5");
        assertThat(session.transport()).isEqualTo("websocket");
    }

    @Test
    void messageSentAtTheOpeningComesWithTheFirstPoll() {
        server.recorder.onOpen = session -> {
            assertThat(session.send(Bytes.utf8("one"))).isTrue();
            session.send(Bytes.utf8("two"));
        };
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        assertThat(client.poll(sid)).isEqualTo("4one\u001E4two");
    }

    @Test
    void messageSentAtTheOpeningFollowsTheOpenPacketOnAWebSocket() {
        server.recorder.onOpen = session -> session.send(Bytes.utf8("one"));
        ClockedServer.Connection client = server.connect();
        client.openWebSocket();
        client.assertFrames("text 4one");
    }

    @Test
    void sessionIsKnownBeforeItsClientKnowsTheId() {
        AtomicReference<EngineSession> known = new AtomicReference<>();
        server.recorder.onOpen = session -> known.set(server.sessions.session(session.id()));
        String sid = server.connect().open();
        assertThat(known.get()).isSameAs(server.session(sid).session);
    }

    @Test
    void listenerMayCloseAPollingSessionAtOnce() {
        server.recorder.onOpen = session -> {
            session.send(Bytes.utf8("bye"));
            session.close(CloseReason.FORCED_CLOSE);
            assertThat(session.isOpen()).isFalse();
            assertThat(session.send(Bytes.utf8("late"))).isFalse();
        };
        ClockedServer.Connection client = server.connect();
        String sid = client.open();
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(client.poll(sid)).isEqualTo("4bye");
        assertThat(client.poll(sid)).isEqualTo("6\u001E1");
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void listenerMayCloseAWebSocketSessionAtOnce() {
        server.recorder.onOpen = session -> {
            session.send(Bytes.utf8("bye"));
            session.close(CloseReason.FORCED_CLOSE);
        };
        ClockedServer.Connection client = server.connect();
        String sid = client.openWebSocket();
        client.assertFrames("text 4bye", "close");
        server.session(sid).assertNext("closed FORCED_CLOSE");
        assertThat(server.sessions.size()).isZero();
    }

    @Test
    void sessionOfAListenerThatFailsIsForgotten() {
        server.recorder.onOpen = session -> {
            throw new IllegalStateException("on purpose");
        };
        ClockedServer.Connection polling = server.connect();
        ClockedServer.Connection webSocket = server.connect();
        String sid;
        try (ErrorLog errors = new ErrorLog()) {
            sid = polling.open();
            errors.expect("request failed", IllegalStateException.class);
            webSocket.openWebSocket();
            errors.expect("request failed", IllegalStateException.class);
        }
        polling.assertClosed();
        webSocket.assertFrames("close");
        webSocket.assertClosed();
        assertThat(server.sessions.size()).isZero();
        assertThat(server.connect().get(Peer.POLLING + "&sid=" + sid).status()).isEqualTo(400);
        server.recorder.onOpen = session -> {};
    }
}
