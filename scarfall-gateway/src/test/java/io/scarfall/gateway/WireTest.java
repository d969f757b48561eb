package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.scarfall.engineio.ConnectionLimits;
import io.scarfall.engineio.HttpLimits;
import io.scarfall.engineio.TlsFiles;
import io.scarfall.engineio.TrustedProxies;
import io.scarfall.socketio.packet.JsonLimits;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits, proxies and TLS of the builder apply to the intended ports. */
class WireTest {

    private final RecordingMetrics metrics = new RecordingMetrics();

    private ScarfallBuilder builder() {
        return OneNode.onFreePorts().metrics(metrics);
    }

    private static HttpResponse<String> connect(int port, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=polling"));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void limitsPerAddressApplyToTheUserPort() throws Exception {
        try (Scarfall scarfall = builder()
                .wire(WireConfig.DEFAULT
                        .withTrustedProxies(TrustedProxies.of(List.of("127.0.0.1")))
                        .withConnections(ConnectionLimits.DEFAULT.withConnectsPerAddress(1, 1)))
                .start()) {
            String[] client = {"X-Forwarded-For", "198.51.100.7"};
            assertThat(connect(scarfall.userPort(), client).statusCode()).isEqualTo(200);
            HttpResponse<String> refused = connect(scarfall.userPort(), client);
            assertThat(refused.statusCode()).isEqualTo(429);
            assertThat(refused.headers().firstValue("X-Frame-Options")).isPresent();
            for (int i = 0; i < 3; i++) {
                assertThat(connect(scarfall.internalPort(), client).statusCode())
                        .isEqualTo(200);
            }
            assertThat(metrics.count("scarfall.limits{limit=connect_rate}")).isEqualTo(1);
        }
    }

    @Test
    void limitsOfRequestsAndPacketsApplyToBothPorts() throws Exception {
        try (Scarfall scarfall = builder()
                .wire(WireConfig.DEFAULT
                        .withHttp(HttpLimits.DEFAULT.withMaxRequestLineBytes(30))
                        .withJson(JsonLimits.DEFAULT.withMaxArguments(1)))
                .start()) {
            assertThat(connect(scarfall.userPort()).statusCode()).isEqualTo(414);
            HttpResponse<String> refused = connect(scarfall.internalPort());
            assertThat(refused.statusCode()).isEqualTo(414);
            assertThat(refused.headers().firstValue("X-Frame-Options")).isPresent();
            assertThat(scarfall.config().wire().json().maxArguments()).isEqualTo(1);
            assertThat(metrics.count("scarfall.limits{limit=request_line}")).isEqualTo(2);
        }
    }

    @Test
    void invalidValuesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .wire(WireConfig.DEFAULT.withProxyProtocol(true))
                        .start())
                .withMessage("proxyProtocol: true (expected: trustedProxies that speak it)");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        builder().wire(WireConfig.DEFAULT.withInternalTls(true)).start())
                .withMessage("internalTls: true (expected: tls)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .wire(WireConfig.DEFAULT.withTrustedProxies(TrustedProxies.of(List.of("proxy"))))
                        .start())
                .withMessageStartingWith("trustedProxies: proxy (expected: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder()
                        .wire(WireConfig.DEFAULT.withTls(new TlsFiles(Path.of("no.crt"), Path.of("no.key"))))
                        .start())
                .withMessage("tlsCertificate: no.crt (expected: a readable file with certificates in PEM)");
    }
}
