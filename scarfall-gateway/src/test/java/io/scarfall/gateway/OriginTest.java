package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.Bytes;
import io.scarfall.engineio.HttpReply;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The pages that a gateway serves, decided by the headers that browsers send, for every kind of request. The tests of the JavaScript
 * client show with a real browser that browsers send these headers.
 */
class OriginTest extends OneNode {

    private static final String OPEN = "GET /socket.io/?EIO=4&transport=polling";
    private static final Pattern SID = Pattern.compile("\"sid\":\"([^\"]+)\"");

    private static ScarfallBuilder builder() {
        return onFreePorts()
                .host("127.0.0.1")
                .internalHttpRoutes(request -> request.path().equals("/metrics")
                        ? CompletableFuture.completedFuture(new HttpReply(200, "text/plain", Bytes.utf8("numbers")))
                        : null);
    }

    private int withoutKeys() {
        scarfall = builder().start();
        return scarfall.internalPort();
    }

    /** The whole answer to a request. Adds a host header with the port of the connection if the headers contain none. */
    private static String ask(int port, String request, String... headers) throws IOException {
        StringBuilder head = new StringBuilder(request + " HTTP/1.1\r\nConnection: close\r\n");
        if (Stream.of(headers).noneMatch(header -> header.startsWith("Host:"))) {
            head.append("Host: 127.0.0.1:").append(port).append("\r\n");
        }
        for (String header : headers) {
            head.append(header.replace("PORT", String.valueOf(port))).append("\r\n");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) Client.PATIENCE.toMillis());
            socket.getOutputStream().write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder text = new StringBuilder();
            for (int c; (c = answer.read()) >= 0; ) {
                text.append((char) c);
            }
            return text.toString();
        }
    }

    /** The answer to a service's own POST. */
    private static String posted(int port, String sid, String body) throws IOException {
        return ask(
                port,
                OPEN.replace("GET", "POST") + "&sid=" + sid,
                "Content-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static int status(int port, String request, String... headers) throws IOException {
        return Integer.parseInt(ask(port, request, headers).substring(9, 12));
    }

    /** The requests of foreign pages, each with another trick. */
    static Stream<List<String>> foreign() {
        return Stream.of(
                List.of("Origin: https://evil.example"),
                List.of("Origin: HTTPS://EVIL.EXAMPLE"),
                List.of("Origin: null"),
                List.of("Origin: NULL"),
                List.of("Origin: file://"),
                List.of("Origin: file:///home/somebody/page.html"),
                List.of("Origin: chrome-extension://abcdefghijklmnopabcdefghijklmnop"),
                List.of("Origin: moz-extension://localhost"),
                List.of("Origin: app://localhost"),
                List.of("Origin: data:"),
                List.of("Origin: "),
                List.of("Origin: //localhost"),
                List.of("Origin: localhost"),
                List.of("Origin: http://"),
                List.of("Origin: http://localhost.evil.example"),
                List.of("Origin: http://localhost."),
                List.of("Origin: http://localhost.:8080"),
                List.of("Origin: http://127.0.0.1.evil.example"),
                List.of("Origin: http://127.0.0.1@evil.example"),
                List.of("Origin: http://evil.example@localhost.evil.example"),
                List.of("Origin: http://evil.example#.localhost"),
                List.of("Origin: http://evil.example/.localhost"),
                List.of("Origin: http://evil.example http://localhost"),
                List.of("Origin: http://localhost, http://evil.example"),
                List.of("Origin: http://localhost", "Origin: https://evil.example"),
                List.of("Origin: https://evil.example", "Origin: http://localhost"),
                List.of("Origin: http://localhost", "Origin: http://localhost"),
                List.of("Origin: http://2130706433"),
                List.of("Origin: http://0x7f.0.0.1"),
                List.of("Origin: http://0177.0.0.1"),
                List.of("Origin: http://127.1"),
                List.of("Origin: http://127.0.0.256"),
                List.of("Origin: http://127.0.0.01"),
                List.of("Origin: http://0.0.0.0:PORT"),
                List.of("Origin: http://[::2]"),
                List.of("Origin: http://10.0.0.1"),
                // DNS rebinding: the page's own name resolves to this machine
                List.of("Host: evil.example:PORT"),
                List.of("Host: evil.example:PORT", "Origin: http://evil.example:PORT"),
                List.of("Host: evil.example:PORT", "Origin: http://127.0.0.1:PORT"),
                List.of("Host: localhost.evil.example"),
                List.of("Host: 127.0.0.1.evil.example"),
                List.of("Host: localhost.:PORT"),
                List.of("Host: 127.0.0.1.:PORT"),
                List.of("Host: 2130706433:PORT"),
                List.of("Host: 0x7f.0.0.1:PORT"),
                List.of("Host: 0177.0.0.1:PORT"),
                List.of("Host: 127.1:PORT"),
                List.of("Host: 0.0.0.0:PORT"),
                List.of("Host: 10.0.0.1:PORT", "Origin: http://10.0.0.1:PORT"),
                List.of("Host: [::ffff:7f00:1]:PORT"),
                // requests of a page without an origin: images, scripts, frames, links
                List.of("Sec-Fetch-Site: cross-site"),
                List.of("Sec-Fetch-Site: same-site"),
                List.of("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"),
                List.of("Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"));
    }

    /** Such a request is malformed (RFC 9112 section 3.2), whatever the host. */
    @Test
    void aRepeatedOrMalformedHostIsABadRequest() throws IOException {
        int port = withoutKeys();
        for (String[] hosts : new String[][] {
            {"Host: localhost@evil.example"},
            {"Host: localhost", "Host: evil.example"},
            {"Host: localhost", "Host: localhost"}
        }) {
            assertThat(ask(port, OPEN, hosts)).startsWith("HTTP/1.1 400 ").doesNotContain("sid");
            assertThat(status(port, "GET /metrics", hosts)).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @MethodSource("foreign")
    void withoutKeysAForeignPageIsRefusedOnEveryPath(List<String> said) throws IOException {
        int port = withoutKeys();
        String[] headers = said.toArray(String[]::new);
        String sid = sid(ask(port, OPEN));
        String[] posted = Stream.concat(said.stream(), Stream.of("Content-Type: text/plain", "Content-Length: 2"))
                .toArray(String[]::new);
        String[] upgrade = Stream.concat(
                        said.stream(),
                        Stream.of(
                                "Connection: Upgrade",
                                "Upgrade: websocket",
                                "Sec-WebSocket-Version: 13",
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="))
                .toArray(String[]::new);

        assertThat(ask(port, OPEN, headers))
                .startsWith("HTTP/1.1 403 ")
                .contains("\"code\":4")
                .doesNotContain("sid")
                .doesNotContainIgnoringCase("access-control-allow-origin");
        assertThat(status(port, OPEN + "&sid=" + sid, headers)).isEqualTo(403);
        assertThat(status(port, OPEN.replace("GET", "POST") + "&sid=" + sid, posted))
                .isEqualTo(403);
        assertThat(status(port, "OPTIONS /socket.io/?EIO=4&transport=polling", headers))
                .isEqualTo(403);
        assertThat(status(port, "GET /socket.io/?EIO=4&transport=websocket", upgrade))
                .isEqualTo(400);
        assertThat(status(port, "GET /socket.io/?EIO=4&transport=websocket&sid=" + sid, upgrade))
                .isEqualTo(400);
        for (String route : List.of("/metrics", "/healthz", "/readyz", "/", "/nothing", "/socket.io/socket.io.js")) {
            assertThat(status(port, "GET " + route, headers)).as(route).isEqualTo(403);
        }
        // and the existing session of the service still works
        assertThat(posted(port, sid, "40")).startsWith("HTTP/1.1 200 ");
    }

    private static String sid(String answer) {
        Matcher matcher = SID.matcher(answer);
        assertThat(matcher.find()).as(answer).isTrue();
        return matcher.group(1);
    }

    static Stream<List<String>> ofThisMachine() {
        return Stream.of(
                List.of(),
                List.of("Host: localhost:PORT"),
                List.of("Host: LOCALHOST"),
                List.of("Host: [::1]:PORT"),
                List.of("Host: 127.8.9.10"),
                List.of("Host: services.localhost:PORT"),
                List.of("Origin: http://localhost:8080"),
                List.of("Origin: https://localhost"),
                List.of("Origin: http://LocalHost"),
                List.of("Origin: http://127.0.0.1:PORT"),
                List.of("Origin: http://[::1]:9"),
                List.of("Origin: http://page.localhost"),
                List.of("Sec-Fetch-Site: same-origin"),
                List.of("Sec-Fetch-Site: none"));
    }

    @ParameterizedTest
    @MethodSource("ofThisMachine")
    void withoutKeysServicesAndPagesOfThisMachineAreServed(List<String> said) throws IOException {
        int port = withoutKeys();
        String[] headers = said.toArray(String[]::new);

        assertThat(status(port, OPEN, headers)).isEqualTo(200);
        assertThat(status(port, "GET /metrics", headers)).isEqualTo(200);
        assertThat(status(port, "GET /healthz", headers)).isEqualTo(200);
    }

    @Test
    void aLinkMayOpenAPageButNotTheProtocol() throws IOException {
        int port = withoutKeys();
        String[] link = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"};

        assertThat(status(port, "GET /metrics", link)).isEqualTo(200);
        assertThat(status(port, OPEN, link)).isEqualTo(403);
        assertThat(status(port, "POST /metrics", link)).isEqualTo(403);
    }

    @Test
    void originsThatAreListedByNameAreServedWithoutKeys() throws IOException {
        scarfall = builder()
                .corsOrigins(List.of("https://app.example", "null", "file://"))
                .start();
        int port = scarfall.internalPort();

        assertThat(ask(port, OPEN, "Origin: https://app.example"))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("access-control-allow-origin: https://app.example");
        assertThat(status(port, "GET /metrics", "Origin: https://app.example")).isEqualTo(200);
        assertThat(status(port, OPEN, "Origin: https://other.example")).isEqualTo(403);
        // which needs a separate setting, because every page can have that origin
        assertThat(status(port, OPEN, "Origin: null")).isEqualTo(403);
        assertThat(status(port, OPEN, "Origin: file://")).isEqualTo(403);
    }

    @Test
    void pagesWithoutAnOriginAreServedIfASettingAllowsIt() throws IOException {
        scarfall = builder().internalNullOrigin(true).start();
        int port = scarfall.internalPort();

        assertThat(status(port, OPEN, "Origin: null")).isEqualTo(200);
        assertThat(status(port, OPEN, "Origin: file://")).isEqualTo(200);
        assertThat(status(port, OPEN, "Origin: https://evil.example")).isEqualTo(403);
        assertThat(status(port, OPEN, "Origin: null", "Host: evil.example")).isEqualTo(403);
        assertThat(status(port, OPEN, "Origin: null", "Origin: null")).isEqualTo(403);
    }

    @Test
    void withKeysPagesOfListedOriginsMayUseTheProtocolOnly() throws IOException {
        scarfall = builder().serviceKeys("billing:Zq8Lw2Xr6Tn4Vb1Y").start();
        int port = scarfall.internalPort();

        assertThat(status(port, OPEN, "Origin: https://any.example")).isEqualTo(200);
        assertThat(status(port, "GET /metrics", "Origin: https://any.example")).isEqualTo(403);
        assertThat(status(port, "GET /healthz", "Origin: https://any.example")).isEqualTo(403);
        assertThat(status(port, OPEN, "Origin: null")).isEqualTo(403);
        assertThat(status(port, OPEN, "Sec-Fetch-Site: cross-site")).isEqualTo(403);
        // Prometheus, a proxy or a service may use any name for it
        assertThat(status(port, "GET /metrics", "Host: scarfall.internal:PORT")).isEqualTo(200);
        assertThat(status(port, OPEN, "Host: scarfall.internal:PORT")).isEqualTo(200);
        assertThat(status(port, OPEN, "Host: scarfall.internal:PORT", "Origin: http://scarfall.internal:PORT"))
                .isEqualTo(200);
    }

    @Test
    void anOpenInternalPortWithoutKeysStillRefusesPages() throws IOException {
        scarfall = builder().openInternal(true).internalHost("0.0.0.0").start();
        int port = scarfall.internalPort();

        assertThat(status(port, OPEN, "Host: scarfall:PORT")).isEqualTo(200);
        assertThat(status(port, OPEN, "Origin: https://evil.example")).isEqualTo(403);
        assertThat(status(port, OPEN, "Origin: null")).isEqualTo(403);
        assertThat(status(port, OPEN, "Host: evil.example:PORT", "Origin: http://evil.example:PORT"))
                .isEqualTo(403);
        assertThat(status(port, OPEN, "Host: 10.1.2.3:PORT", "Origin: http://10.1.2.3:PORT"))
                .isEqualTo(200);
    }

    @Test
    void theNameThatItListensOnIsAccepted() throws IOException {
        scarfall = builder().internalHost("localhost").start();

        assertThat(status(scarfall.internalPort(), OPEN, "Host: localhost")).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: null", "Origin: https://evil.example", "Sec-Fetch-Site: cross-site"})
    void anyPageMayUseTheUsersPortByDefaultButNeverWithCredentials(String header) throws IOException {
        withoutKeys();

        assertThat(ask(scarfall.userPort(), OPEN, header))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("access-control-allow-origin: *")
                .doesNotContainIgnoringCase("access-control-allow-credentials");
    }

    @Test
    void aListedNullMayReadWithoutCredentials() throws IOException {
        scarfall = builder().corsOrigins(List.of("null", "https://app.example")).start();

        assertThat(ask(scarfall.userPort(), OPEN, "Origin: null"))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("access-control-allow-origin: null")
                .doesNotContainIgnoringCase("access-control-allow-credentials");
        assertThat(ask(scarfall.userPort(), OPEN, "Origin: https://app.example"))
                .startsWith("HTTP/1.1 200 ")
                .containsIgnoringCase("access-control-allow-credentials: true");
    }

    @Test
    void aListOfOriginsAppliesToEveryRequestOfTheProtocol() throws IOException {
        scarfall = builder().corsOrigins(List.of("https://app.example")).start();
        int port = scarfall.userPort();
        String sid = sid(ask(port, OPEN));

        for (String header : List.of(
                "Origin: https://evil.example",
                "Origin: null",
                "Sec-Fetch-Site: cross-site",
                "Origin: https://app.example\r\nOrigin: https://evil.example")) {
            assertThat(status(port, OPEN, header)).as(header).isEqualTo(403);
            assertThat(status(port, OPEN + "&sid=" + sid, header)).as(header).isEqualTo(403);
            assertThat(status(port, OPEN.replace("GET", "POST") + "&sid=" + sid, header, "Content-Length: 0"))
                    .as(header)
                    .isEqualTo(403);
            // a load balancer, or a status page
            assertThat(status(port, "GET /healthz", header)).as(header).isEqualTo(200);
        }
        assertThat(status(port, OPEN, "Origin: https://app.example")).isEqualTo(200);
        assertThat(status(port, OPEN, "Origin: http://127.0.0.1:PORT")).isEqualTo(200);
    }
}
