package io.scarfall.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.engineio.EngineServer;
import io.scarfall.gateway.Scarfall;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the programs say they do, seen by the official client. */
@Timeout(120)
class ExamplesTest {

    private static final String SECRET = "a secret of the tests, 32 bytes or more";

    @Test
    void theEchoServerAnswersWithWhatItGot() throws Exception {
        try (EngineServer server = EchoServer.start(0)) {
            Socket client =
                    IO.socket(URI.create("http://localhost:" + server.address().getPort()));
            CompletableFuture<Object[]> welcome = new CompletableFuture<>();
            client.on("welcome", welcome::complete);
            try {
                client.connect();
                assertThat(welcome.get(10, TimeUnit.SECONDS)).hasSize(1);
                assertThat(ask(client, "echo", "héllo", 7)).containsExactly("héllo", 7);
            } finally {
                client.close();
            }
        }
    }

    @Test
    void theEmbeddedGatewayCarriesAMoveToTheOpponentAndSaysWhoIsOnline() throws Exception {
        try (Scarfall scarfall = EmbeddedGateway.start(SECRET, 0, 0)) {
            Socket alice = user(scarfall, "alice");
            Socket bob = user(scarfall, "bob");
            CompletableFuture<Object[]> moved = new CompletableFuture<>();
            bob.on("moved", moved::complete);
            try {
                connect(alice);
                connect(bob);
                JSONObject move = new JSONObject(Map.of("opponent", "bob", "x", 3, "y", 4));
                assertThat(((JSONObject) ask(alice, "move", move)[0]).getBoolean("seen"))
                        .isTrue();
                assertThat(moved.get(10, TimeUnit.SECONDS)).containsExactly("alice", 3, 4);
                List<String> lines = WhoIsOnline.lines(scarfall.presence())
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
                assertThat(lines).hasSize(2).anyMatch(line -> line.startsWith("alice on 1 device"));
            } finally {
                alice.close();
                bob.close();
            }
        }
    }

    private static Socket user(Scarfall scarfall, String id) {
        String token = JWT.create()
                .withSubject(id)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .sign(Algorithm.HMAC256(SECRET));
        IO.Options options = IO.Options.builder()
                .setAuth(Map.of("token", token))
                .setForceNew(true)
                .build();
        return IO.socket(URI.create("http://localhost:" + scarfall.userPort()), options);
    }

    private static void connect(Socket client) throws Exception {
        CompletableFuture<Object[]> connected = new CompletableFuture<>();
        client.once("connected", connected::complete);
        client.connect();
        connected.get(10, TimeUnit.SECONDS);
    }

    private static Object[] ask(Socket client, String event, Object... arguments) throws Exception {
        CompletableFuture<Object[]> answer = new CompletableFuture<>();
        client.emit(event, arguments, (Ack) answer::complete);
        return answer.get(10, TimeUnit.SECONDS);
    }
}
