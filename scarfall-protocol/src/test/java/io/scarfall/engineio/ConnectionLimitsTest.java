package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Too many connections, too many sessions, and sessions that are opened too fast. */
class ConnectionLimitsTest {

    private static final ConnectionLimits DEFAULT = ConnectionLimits.DEFAULT;

    private static ClockedServer limited(ConnectionLimits limits) {
        return new ClockedServer(
                builder -> builder.connections(limits).responseHeaders(response -> response.set("X-Hardened", "yes")));
    }

    @Test
    void connectionBeyondTheLimitIsAnsweredAndClosed() {
        try (ClockedServer server = limited(DEFAULT.withMaxConnections(2))) {
            ClockedServer.Connection first = server.connect();
            server.connect();
            ClockedServer.Connection third = server.connect();
            Reply reply = third.reply();
            assertThat(reply.head()).isEqualTo("HTTP/1.1 503 Service Unavailable");
            assertThat(reply.header("retry-after")).isEqualTo("5");
            assertThat(reply.header("connection")).isEqualTo("close");
            assertThat(reply.header("x-hardened")).isEqualTo("yes");
            third.assertClosed();
            assertThat(server.exceeded).containsExactly(Limit.CONNECTIONS);
            assertThat(first.get("/nowhere").status()).as("others").isEqualTo(404);
            first.hangUp();
            assertThat(server.connect().get("/nowhere").status()).isEqualTo(404);
        }
    }

    @Test
    void answerReachesClientsThatHaveSentTheirRequest() {
        List<Limit> exceeded = new java.util.concurrent.CopyOnWriteArrayList<>();
        try (NetworkedServer server = new NetworkedServer(
                builder -> builder.connections(DEFAULT.withMaxConnections(1)).limits(exceeded::add))) {
            NetworkedServer.Client first = server.connect();
            assertThat(first.get("/nowhere").status()).isEqualTo(404);
            for (int i = 0; i < 20; i++) {
                NetworkedServer.Client next = server.connect();
                next.request("POST", "/nowhere", "x".repeat(10_000));
                assertThat(next.reply().status()).isEqualTo(503);
                next.assertClosed();
            }
            assertThat(exceeded).hasSize(20).containsOnly(Limit.CONNECTIONS);
            assertThat(first.get("/nowhere").status()).isEqualTo(404);
            assertThat(server.server.connectionCount()).isEqualTo(1);
        }
    }

    @Test
    void addressHasALimitOfItsOwn() {
        try (ClockedServer server = limited(DEFAULT.withMaxPerAddress(1))) {
            server.connect("192.0.2.7");
            assertThat(server.connect("192.0.2.7").reply().status()).isEqualTo(503);
            assertThat(server.connect("192.0.2.8").get("/nowhere").status()).isEqualTo(404);
            assertThat(server.exceeded).containsExactly(Limit.CONNECTIONS_PER_ADDRESS);
        }
    }

    @Test
    void addressesOfIpV6CountByTheirNetwork() {
        try (ClockedServer server = limited(DEFAULT.withMaxPerAddress(1))) {
            server.connect("2001:db8:0:1::1");
            assertThat(server.connect("2001:db8:0:1:ffff::2").reply().status()).isEqualTo(503);
            assertThat(server.connect("2001:db8:0:2::1").get("/nowhere").status())
                    .isEqualTo(404);
        }
    }

    @Test
    void loopbackHasNoLimitOfItsOwn() {
        try (ClockedServer server = limited(DEFAULT.withMaxPerAddress(1).withConnectsPerAddress(1, 1))) {
            for (String address : new String[] {"127.0.0.1", "127.0.0.1", "127.1.2.3", "::1", "::1"}) {
                assertThat(server.connect(address).get(Peer.POLLING).status()).isEqualTo(200);
            }
            assertThat(server.exceeded).isEmpty();
        }
    }

    @Test
    void sessionsAreLimitedApartFromConnections() {
        try (ClockedServer server = limited(DEFAULT.withMaxConnections(2))) {
            ClockedServer.Connection client = server.connect();
            String first = client.open();
            client.open();
            Reply reply = client.get(Peer.POLLING);
            assertThat(reply).hasToString("503 application/json {\"code\":7,\"message\":\"Server is full\"}");
            assertThat(reply.header("retry-after")).isEqualTo("5");
            ClockedServer.Connection webSocket = server.connect();
            webSocket.requestUpgrade(Peer.WEBSOCKET);
            assertThat(webSocket.reply())
                    .hasToString("503 application/json {\"code\":7,\"message\":\"Server is full\"}");
            webSocket.assertClosed();
            assertThat(server.exceeded).containsExactly(Limit.SESSIONS, Limit.SESSIONS);
            client.post(first, List.of("1"));
            server.session(first).assertNext("closed TRANSPORT_CLOSE");
            assertThat(client.get(Peer.POLLING).status()).isEqualTo(200);
        }
    }

    @Test
    void sessionsOfAnAddressAreLimited() {
        try (ClockedServer server = limited(DEFAULT.withMaxPerAddress(2))) {
            ClockedServer.Connection client = server.connect("192.0.2.7");
            client.open();
            String second = client.open();
            assertThat(client.get(Peer.POLLING).status()).isEqualTo(503);
            assertThat(server.connect("192.0.2.8").get(Peer.POLLING).status()).isEqualTo(200);
            assertThat(server.exceeded).containsExactly(Limit.SESSIONS_PER_ADDRESS);
            client.post(second, List.of("1"));
            server.session(second).assertNext("closed TRANSPORT_CLOSE");
            assertThat(client.get(Peer.POLLING).status()).isEqualTo(200);
        }
    }

    @Test
    void refusedHandshakesTakeNoRoom() {
        try (ClockedServer server = new ClockedServer(builder -> builder.admission(request -> {
            if (request.header("X-Refuse") != null) {
                throw new AdmissionRefusedException("no");
            }
            return null;
        }))) {
            ClockedServer.Connection client = server.connect();
            assertThat(client.get(Peer.POLLING, "X-Refuse: yes").status()).isEqualTo(403);
            assertThat(client.get(Peer.POLLING.replace("EIO=4", "EIO=3")).status())
                    .isEqualTo(400);
            assertThat(server.sessions.reserved()).isZero();
        }
    }

    @Test
    void addressThatConnectsTooFastIsRefused() {
        try (ClockedServer server = limited(DEFAULT.withConnectsPerAddress(10, 3))) {
            ClockedServer.Connection client = server.connect("192.0.2.7");
            for (int i = 0; i < 3; i++) {
                client.open();
            }
            Reply reply = client.get(Peer.POLLING);
            assertThat(reply).hasToString("429 application/json {\"code\":6,\"message\":\"Too many requests\"}");
            assertThat(reply.header("retry-after")).isEqualTo("5");
            assertThat(reply.header("x-hardened")).isEqualTo("yes");
            assertThat(server.connect("192.0.2.8").get(Peer.POLLING).status()).isEqualTo(200);
            server.advance(Duration.ofMillis(99));
            assertThat(client.get(Peer.POLLING).status()).isEqualTo(429);
            server.advance(Duration.ofMillis(1));
            client.open();
            assertThat(client.get(Peer.POLLING).status()).isEqualTo(429);
            server.advance(Duration.ofMillis(1000));
            for (int i = 0; i < 3; i++) {
                client.open();
            }
            assertThat(client.get(Peer.POLLING).status())
                    .as("no more than the burst")
                    .isEqualTo(429);
            ClockedServer.Connection webSocket = server.connect("192.0.2.7");
            webSocket.requestUpgrade(Peer.WEBSOCKET);
            assertThat(webSocket.reply().status()).isEqualTo(429);
            webSocket.assertClosed();
            assertThat(server.exceeded).hasSize(5).containsOnly(Limit.CONNECT_RATE);
        }
    }

    @Test
    void requestsOfASessionDoNotCountAsConnects() {
        try (ClockedServer server = limited(DEFAULT.withConnectsPerAddress(1, 1))) {
            ClockedServer.Connection client = server.connect();
            String sid = client.open();
            for (int i = 0; i < 10; i++) {
                client.post(sid, List.of("4x"));
                server.session(sid).assertNext("text x");
            }
        }
    }

    @Test
    void limitsThatOnlyCountRefuseNothing() {
        ConnectionLimits counting = new ConnectionLimits(1, 1, 1, 1, 1, false);
        try (ClockedServer server = limited(counting)) {
            for (int i = 0; i < 3; i++) {
                assertThat(server.connect().get(Peer.POLLING).status()).isEqualTo(200);
            }
            assertThat(server.exceeded)
                    .containsOnly(Limit.CONNECTIONS, Limit.SESSIONS, Limit.CONNECT_RATE)
                    .hasSize(6);
        }
    }

    @Test
    void memoryOfAddressesIsBounded() {
        List<Limit> exceeded = new ArrayList<>();
        ConnectRate rate = new ConnectRate(DEFAULT.withConnectsPerAddress(1, 2), exceeded::add);
        long now = 0;
        for (long address = 0; address < 3L * ConnectRate.MAX_ADDRESSES; address++) {
            assertThat(rate.take(address, now)).isTrue();
            assertThat(rate.addresses()).isLessThanOrEqualTo(ConnectRate.MAX_ADDRESSES);
        }
        rate.take(1L, now);
        assertThat(rate.take(1L, now))
                .as("those in the midst of a burst are still known")
                .isFalse();
        now = Duration.ofSeconds(2).toNanos();
        rate.take(-1L, now);
        assertThat(rate.addresses()).as("idle ones are forgotten").isEqualTo(1);
        assertThat(exceeded).containsExactly(Limit.CONNECT_RATE);
    }

    @Test
    void countsOfAddressesAreForgotten() {
        Quota quota =
                new Quota(DEFAULT.withMaxPerAddress(2), Limit.CONNECTIONS, Limit.CONNECTIONS_PER_ADDRESS, limit -> {});
        Long block = AddressBlock.of(new InetSocketAddress("192.0.2.1", 1));
        assertThat(quota.take(block)).isTrue();
        assertThat(quota.take(block)).isTrue();
        assertThat(quota.take(block)).isFalse();
        quota.giveBack(block);
        quota.giveBack(block);
        assertThat(quota.size()).isZero();
        assertThat(quota.addresses()).isZero();
    }

    @Test
    void addressesOfBothKindsAreApart() {
        assertThat(AddressBlock.of(new InetSocketAddress("192.0.2.1", 1)))
                .isNotEqualTo(AddressBlock.of(new InetSocketAddress("192.0.2.2", 1)))
                .isNotEqualTo(AddressBlock.of(new InetSocketAddress("::c000:201", 1)))
                .isEqualTo(AddressBlock.of(new InetSocketAddress("::ffff:192.0.2.1", 2)));
        assertThat(AddressBlock.of(InetSocketAddress.createUnresolved("name", 1)))
                .isNull();
    }

    @Test
    void invalidValuesAreRefused() {
        assertThatThrownBy(() -> DEFAULT.withMaxConnections(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxConnections: 0 (expected: > 0)");
        assertThatThrownBy(() -> DEFAULT.withMaxPerAddress(-1)).hasMessage("maxPerAddress: -1 (expected: > 0)");
        assertThatThrownBy(() -> DEFAULT.withConnectsPerAddress(0, 1))
                .hasMessage("connectsPerSecondPerAddress: 0 (expected: > 0)");
        assertThatThrownBy(() -> DEFAULT.withConnectsPerAddress(1, 0))
                .hasMessage("connectBurstPerAddress: 0 (expected: > 0)");
    }
}
