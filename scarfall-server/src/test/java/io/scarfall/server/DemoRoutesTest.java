package io.scarfall.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The pages and routes that a server in development mode serves on its two ports. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoRoutesTest {

    private static final Pattern SCRIPT = Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL);

    private final HttpClient http = HttpClient.newHttpClient();
    private ScarfallServer server;

    @BeforeAll
    void start() throws Exception {
        Map<String, String> environment = Map.of("PORT", "0", "INTERNAL_PORT", "0", "LOG_DIR", "target/logs");
        server = ScarfallServer.start(
                ServerConfig.read(environment, null, "Bk2Tq9VxYw7ZpLm4Rs8Nd1Fh6Jc3Gu5E", address -> null));
    }

    @AfterAll
    void stop() {
        server.stop();
    }

    private HttpResponse<String> get(int port, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void theContentSecurityPolicyAllowsEveryPagesScript() throws Exception {
        for (int port : List.of(server.gateway().userPort(), server.gateway().internalPort())) {
            for (String path : List.of("/", "/user.html", "/internal.html")) {
                HttpResponse<String> page = get(port, path);
                Matcher script = SCRIPT.matcher(page.body());
                assertThat(script.find()).isTrue();
                byte[] digest = MessageDigest.getInstance("SHA-256")
                        .digest(script.group(1).getBytes(StandardCharsets.UTF_8));
                assertThat(page.headers().allValues("content-security-policy"))
                        .singleElement()
                        .asString()
                        .as(path)
                        .contains("'sha256-" + Base64.getEncoder().encodeToString(digest) + "'");
            }
        }
        assertThat(get(server.gateway().userPort(), "/").body()).contains("User client");
        assertThat(get(server.gateway().internalPort(), "/").body()).contains("Service page");
    }

    @Test
    void eachPortNamesBothPorts() throws Exception {
        int user = server.gateway().userPort();
        int internal = server.gateway().internalPort();
        String expected = "{\"user\":{\"port\":" + user + ",\"tls\":false},\"internal\":{\"port\":" + internal
                + ",\"tls\":false}}";
        assertThat(get(user, "/demo/server").body()).isEqualTo(expected);
        assertThat(get(internal, "/demo/server").body()).isEqualTo(expected);
    }

    @Test
    void demoRoutesAreServedOnlyToThisMachine() throws Exception {
        for (String path : List.of("/demo/server", "/demo/token?user=alice")) {
            assertThat(get(server.gateway().userPort(), path).statusCode()).isEqualTo(200);
            assertThat(get(server.gateway().userPort(), path, "X-Forwarded-For", "192.0.2.7")
                            .statusCode())
                    .isEqualTo(403);
        }
    }
}
