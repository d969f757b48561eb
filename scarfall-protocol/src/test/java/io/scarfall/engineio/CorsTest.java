package io.scarfall.engineio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server answers to pages of other origins. */
class CorsTest {

    private static final String METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE";

    private ClockedServer server = new ClockedServer();

    @AfterEach
    void tearDown() {
        server.close();
    }

    private void restart(CorsPolicy policy) {
        server.close();
        server = new ClockedServer(builder -> builder.cors(policy).maxPayloadBytes(10));
    }

    /** The CORS headers of a response. */
    private static Map<String, String> cors(Reply reply) {
        Map<String, String> headers = new TreeMap<>(reply.headers());
        headers.keySet().removeIf(name -> !name.startsWith("access-control-") && !name.equals("vary"));
        return headers;
    }

    @Test
    void withoutAPolicyThereAreNoHeaders() {
        ClockedServer.Connection client = server.connect();
        assertThat(cors(client.get(Peer.POLLING, "Origin: https://example.com")))
                .isEmpty();
        client.request("OPTIONS", Peer.POLLING, "", "Origin: https://example.com");
        assertThat(client.reply())
                .hasToString("400 application/json {\"code\":2,\"message\":\"Bad handshake method\"}");
    }

    @Test
    void anyOriginMayReadWithoutCredentials() {
        restart(CorsPolicy.ANY);
        for (String origin : new String[] {"Origin: https://example.com", "Origin: null", "X: y"}) {
            assertThat(cors(server.connect().get(Peer.POLLING, origin)))
                    .isEqualTo(Map.of("access-control-allow-origin", "*"));
        }
    }

    @Test
    void listedOriginMayReadWithCredentials() {
        restart(CorsPolicy.of(List.of("https://example.com", "http://localhost:*")));
        for (String origin : new String[] {"https://example.com", "http://localhost:3000", "HTTPS://EXAMPLE.COM"}) {
            assertThat(cors(server.connect().get(Peer.POLLING, "Origin: " + origin)))
                    .isEqualTo(Map.of(
                            "access-control-allow-origin", origin,
                            "access-control-allow-credentials", "true",
                            "vary", "origin"));
        }
    }

    @Test
    void otherOriginIsServedButMayNotRead() {
        restart(CorsPolicy.of(List.of("https://example.com")));
        for (String origin : new String[] {"Origin: https://evil.com", "Origin: null", "X: y"}) {
            Reply reply = server.connect().get(Peer.POLLING, origin);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(cors(reply)).isEqualTo(Map.of("vary", "origin"));
        }
    }

    @Test
    void everyResponseHasTheHeaders() {
        restart(CorsPolicy.ANY);
        String origin = "Origin: https://example.com";
        Map<String, String> expected = Map.of("access-control-allow-origin", "*");
        Reply open = server.connect().get(Peer.POLLING, origin);
        assertThat(cors(open)).isEqualTo(expected);
        String sid = Peer.sid(open.body());
        String target = Peer.POLLING + "&sid=" + sid;
        ClockedServer.Connection client = server.connect();
        assertThat(cors(client.post(target, "4x", origin))).isEqualTo(expected);
        server.session(sid).assertNext("text x");
        assertThat(cors(client.post(target, "4" + "x".repeat(10), origin)))
                .as("413")
                .isEqualTo(expected);
        client.request("PUT", target, "", origin);
        assertThat(cors(client.reply())).as("500").isEqualTo(expected);
        assertThat(cors(client.get("/engine.io/", origin))).as("400").isEqualTo(expected);
        assertThat(cors(client.get("/nowhere", origin))).as("404").isEqualTo(expected);
        client.requestUpgrade(Peer.WEBSOCKET + "&sid=" + sid, origin);
        assertThat(cors(client.assertUpgraded())).as("101").isEqualTo(expected);
        ClockedServer.Connection refused = server.connect();
        refused.requestUpgrade(Peer.WEBSOCKET + "&sid=nope", origin);
        assertThat(cors(refused.reply())).as("400 to an upgrade").isEqualTo(expected);
    }

    @Test
    void preflightIsAnsweredBeforeAllChecks() {
        restart(CorsPolicy.of(List.of("https://example.com")));
        ClockedServer.Connection client = server.connect();
        for (String query : new String[] {"", "?transport=abc", "?EIO=4&transport=polling&sid=nope"}) {
            client.request(
                    "OPTIONS",
                    "/engine.io/" + query,
                    "",
                    "Origin: https://example.com",
                    "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: content-type,x-name");
            Reply reply = client.reply();
            assertThat(reply.head()).isEqualTo("HTTP/1.1 204 No Content");
            assertThat(reply.headers())
                    .isEqualTo(Map.of(
                            "access-control-allow-origin", "https://example.com",
                            "access-control-allow-credentials", "true",
                            "access-control-allow-methods", METHODS,
                            "access-control-allow-headers", "content-type,x-name",
                            "vary", "origin, access-control-request-headers"));
        }
    }

    @Test
    void preflightOfAnotherOriginGetsNoPermission() {
        restart(CorsPolicy.of(List.of("https://example.com")));
        ClockedServer.Connection client = server.connect();
        client.request("OPTIONS", Peer.POLLING, "", "Origin: https://evil.com");
        assertThat(cors(client.reply())).isEqualTo(Map.of("vary", "origin", "access-control-allow-methods", METHODS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://a.example.com",
                "https://a-b.c.example.com",
                "https://A.EXAMPLE.com",
                "http://localhost:1",
                "https://exact"
            })
    void asteriskMatchesCharactersOfAHostOrPort(String origin) {
        CorsPolicy policy = CorsPolicy.of(List.of("https://*.example.com", "http://localhost:*", "https://exact"));
        assertThat(policy.allowOrigin(origin)).isEqualTo(origin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "https://.example.com",
                "http://a.example.com",
                "https://a.example.com.evil.com",
                "https://evil.com/.example.com",
                "https://evil.com?.example.com",
                "https://evil.com#.example.com",
                "https://a@b.example.com",
                "https://a.exampleXcom",
                "https://a.example.com:443",
                "http://localhost:",
                "http://localhost",
                "http://localhost:1/",
                "https://exact.com",
                "xhttps://exact",
                "",
                "null",
                "*"
            })
    void asteriskMatchesNothingElse(String origin) {
        CorsPolicy policy = CorsPolicy.of(List.of("https://*.example.com", "http://localhost:*", "https://exact"));
        assertThat(policy.allowOrigin(origin)).isNull();
    }

    @Test
    void originsAreAnAsteriskOrAList() {
        assertThat(CorsPolicy.of(List.of())).isSameAs(CorsPolicy.NONE);
        assertThat(CorsPolicy.of(List.of("*"))).isSameAs(CorsPolicy.ANY);
        assertThat(CorsPolicy.NONE.allowOrigin("https://example.com")).isNull();
        assertThat(CorsPolicy.ANY.allowOrigin(null)).isEqualTo("*");
        assertThat(CorsPolicy.of(List.of("https://a")).allowOrigin(null)).isNull();
        assertThatThrownBy(() -> CorsPolicy.of(List.of("*", "https://a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("origins: [*, https://a] (expected: '*' alone, or a list without it)");
    }
}
