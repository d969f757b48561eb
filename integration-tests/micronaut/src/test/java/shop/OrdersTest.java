package shop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.annotation.Property;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.test.extensions.junit5.annotation.MicronautTest;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Presence;
import io.scarfall.testkit.TestClient;
import jakarta.inject.Inject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@MicronautTest
class OrdersTest {

    @Inject
    Scarfall scarfall;

    @Inject
    Messages messages;

    @Inject
    Presence presence;

    @Property(name = "scarfall.jwt-secret")
    String secret;

    @Inject
    EmbeddedServer server;

    private TestClient connect(String user) {
        TestClient client = TestClient.to("http://localhost:" + scarfall.userPort())
                .user(user, secret)
                .connect();
        client.next("connected");
        return client;
    }

    @Test
    void anOrderReachesTheKitchenAndItsReceiptTheGuest() {
        try (TestClient kitchen = connect("kitchen");
                TestClient guest = connect("guest")) {
            Orders.Receipt receipt = guest.ask("order", new Orders.Order("tea", 2)).get(0, Orders.Receipt.class);
            assertEquals(new Orders.Receipt("guest", 500), receipt);
            assertTrue(kitchen.next("message").json().utf8().contains("2 tea"));
            messages.sendMessage(List.of("guest"), "ready", Map.of()).toCompletableFuture().join();
            assertTrue(guest.next("message").json().utf8().contains("ready"));
            assertTrue(presence.status(List.of("guest")).toCompletableFuture().join().get("guest").online());
        }
    }

    @Test
    void theHealthCheckKnowsTheGateway() throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.getURI().resolve("/health/readiness")).build(), HttpResponse.BodyHandlers.ofString());
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("scarfall"), answer.body());
    }
}
