package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.gateway.internal.auth.CapturedLog;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.internal.NodeAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two processes use the same node name by mistake. */
class NodeNameRedisTest {

    private static final PresenceSettings SETTINGS =
            PresenceSettings.DEFAULTS.withLease(Duration.ofMillis(200), Duration.ofSeconds(4));

    private final SharedState.InRedis state = new SharedState.InRedis();

    @AfterEach
    void stop() {
        state.close();
    }

    private Scarfall start(NodeAccess cluster) {
        return OneNode.onFreePorts().nodeName("twin").cluster(cluster).start();
    }

    private static HttpResponse<String> readiness(Scarfall scarfall) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + scarfall.userPort() + "/readyz");
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void theSecondIsNotReadyAndReportsWhyAndTheFirstContinues() {
        Scarfall first = start(state.view(SETTINGS));
        try (CapturedLog log = new CapturedLog("io.scarfall.gateway.internal.node");
                Client alice = Client.user(first.userPort(), "alice");
                Scarfall second = start(state.view(SETTINGS))) {
            HttpResponse<String> ready = readiness(second);
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).contains("the node name is taken");
            assertThat(log.text())
                    .containsOnlyOnce("ERROR ")
                    .contains(
                            "SCARFALL_NODE_NAME node=twin error=",
                            "process " + ProcessHandle.current().pid())
                    .doesNotContain("the lease was lost");
            assertThat(readiness(first).statusCode()).isEqualTo(200);
            assertThat(alice.ask("get_all_online_users").at("/total").asInt()).isEqualTo(1);

            first.close();
            await().atMost(Client.PATIENCE).until(() -> readiness(second).statusCode() == 200);
        } finally {
            first.close();
        }
    }
}
