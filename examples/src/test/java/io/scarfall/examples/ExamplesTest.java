package io.scarfall.examples;

import static io.scarfall.examples.Clients.SECRET;
import static io.scarfall.examples.Clients.answer;
import static io.scarfall.examples.Clients.ask;
import static io.scarfall.examples.Clients.connect;
import static io.scarfall.examples.Clients.token;
import static io.scarfall.examples.Clients.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.engineio.EngineServer;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import io.scarfall.presence.NodeId;
import io.scarfall.presence.PresenceSettings;
import io.scarfall.presence.UserSession;
import io.scarfall.presence.internal.NodeAccess;
import io.scarfall.presence.redis.RedisPresenceCluster;
import io.scarfall.presence.testing.JavaProcess;
import io.scarfall.presence.testing.RedisServer;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.io.File;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The programs do what their documentation says, as seen by the official client. */
@Timeout(120)
class ExamplesTest {

    @Test
    void theEchoServerReturnsWhatItReceived() throws Exception {
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
    void theEmbeddedGatewayDeliversAMoveToTheOpponentAndCountsOnlineUsers() throws Exception {
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
                JSONObject refused = (JSONObject) ask(alice, "move", new JSONObject())[0];
                assertThat(refused.getString("status")).isEqualTo("error");
                assertThat(refused.getString("code")).isEqualTo("invalid");
                assertThat(scarfall.presence().count().toCompletableFuture().get(10, TimeUnit.SECONDS))
                        .isEqualTo(2);
            } finally {
                alice.close();
                bob.close();
            }
        }
    }

    @Test
    void theEmbeddedGatewayDrainsOnSigterm() throws Exception {
        JavaProcess.Builder program = JavaProcess.ofMain(EmbeddedGateway.class);
        try (JavaProcess gateway =
                program.environment("JWT_SECRET", SECRET).arguments("0", "0").start()) {
            int port =
                    Integer.parseInt(gateway.awaitLine("^users on port (\\d+),").group(1));
            Socket alice = user("http://localhost:" + port, token("alice"));
            CompletableFuture<Object[]> left = new CompletableFuture<>();
            alice.on(Socket.EVENT_DISCONNECT, left::complete);
            try {
                connect(alice);
                assertThat(gateway.terminate()).isEqualTo(143);
                gateway.awaitLine("^drained$");
                assertThat(left.get(10, TimeUnit.SECONDS)).containsExactly("transport close");
            } finally {
                alice.close();
            }
        }
    }

    /** The class path without the gateway and the libraries that only the gateway needs. */
    private static String classPathOfPresence() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.matches(".*(scarfall-(gateway|protocol)|java-jwt|netty-codec-http).*"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Test
    void whoIsOnlinePrintsStatusChangesAndContinuesAfterARestart() throws Exception {
        try (RedisServer redis = RedisServer.start();
                NodeAccess cluster = NodeAccess.of(RedisPresenceCluster.builder()
                        .address(redis.uri())
                        .settings(PresenceSettings.DEFAULTS.withLease(Duration.ofSeconds(2), Duration.ofMinutes(5)))
                        .build())) {
            answer(cluster.connected());
            NodeId node = answer(cluster.lease().join("a"));
            answer(cluster.roster().setFriends("alice", List.of(Friend.of("bob"), Friend.of("carol"))));
            answer(cluster.store().open(session(node, "bob")));
            answer(cluster.store().open(session(node, "stranger")));
            JavaProcess.Builder program =
                    JavaProcess.ofMain(classPathOfPresence(), WhoIsOnline.class).arguments(redis.uri(), "alice");
            try (JavaProcess first = program.start()) {
                first.awaitLine("^now following$");
                assertThat(first.lines())
                        .contains("bob is online")
                        .anyMatch(line -> line.startsWith("carol is offline"));
                answer(cluster.store().open(session(node, "carol")));
                first.awaitLine("^carol is online$");
                answer(cluster.store().close(session(node, "bob")));
                first.awaitLine("^bob is offline, at ");
                assertThat(first.lines()).noneMatch(line -> line.contains("stranger"));
            }
            answer(cluster.store().close(session(node, "carol")));
            try (JavaProcess second = program.start()) {
                second.awaitLine("^now following$");
                second.awaitLine("^carol is offline");
                answer(cluster.store().open(session(node, "bob")));
                second.awaitLine("^bob is online$");
                assertThat(second.lines().stream().filter(line -> line.matches("(bob|carol|stranger) is .*")))
                        .as("no line twice: first bob and carol, then bob")
                        .hasSize(3);
            }
        }
    }

    private static UserSession session(NodeId node, String user) {
        Instant now = Instant.now();
        return new UserSession(user, "s-" + user, node, now, now, null, null, null);
    }
}
