package io.scarfall.examples;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.gateway.Scarfall;
import io.socket.client.Ack;
import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Official clients for the gateways of these tests. */
public final class Clients {

    /** The secret that signs the tokens of these clients. */
    public static final String SECRET = "a secret of the tests, 32 bytes or more";

    private Clients() {}

    /** A client of a user of this gateway, not connected yet. */
    public static Socket user(Scarfall scarfall, String id) {
        return user("http://localhost:" + scarfall.userPort(), token(id));
    }

    /** Uses polling only: this client notices the end of a WebSocket late, and reports another reason if it is upgrading. */
    public static Socket user(String url, String token) {
        IO.Options options = IO.Options.builder()
                .setAuth(Map.of("token", token))
                .setForceNew(true)
                .setTransports(new String[] {"polling"})
                .build();
        return IO.socket(URI.create(url), options);
    }

    /** A token that expires after a minute. */
    public static String token(String userId) {
        return JWT.create()
                .withSubject(userId)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .sign(Algorithm.HMAC256(SECRET));
    }

    /** Connects a user, and waits until the gateway has accepted the token. */
    public static Socket connect(Socket client) throws Exception {
        CompletableFuture<Object[]> connected = next(client, "connected");
        client.connect();
        answer(connected);
        return client;
    }

    /** The arguments of the next event with this name. */
    public static CompletableFuture<Object[]> next(Socket client, String event) {
        CompletableFuture<Object[]> next = new CompletableFuture<>();
        client.once(event, next::complete);
        return next;
    }

    /** The ack of an event. */
    public static Object[] ask(Socket client, String event, Object... arguments) throws Exception {
        CompletableFuture<Object[]> answer = new CompletableFuture<>();
        client.emit(event, arguments, (Ack) answer::complete);
        return answer(answer);
    }

    /** Waits for an answer. */
    public static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
