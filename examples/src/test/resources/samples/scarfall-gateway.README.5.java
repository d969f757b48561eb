import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.examples.Clients;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.TokenConfig;
import io.socket.client.Socket;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.json.JSONObject;

public final class Sample {

    record Ban(String userId) {}

    interface Bans {
        Object add(String tenant, String userId);
    }

    private static String token(String role) {
        return JWT.create()
                .withSubject("anna")
                .withClaim("tenant", "acme")
                .withClaim("realm_access", Map.of("roles", List.of(role, "staff")))
                .withExpiresAt(Instant.now().plusSeconds(60))
                .sign(Algorithm.HMAC256(Clients.SECRET));
    }

    public static void run(String redis) throws Exception {
        Bans bans = (tenant, userId) -> tenant + " banned " + userId;
        try (Scarfall scarfall =
// SAMPLE
                        .jwtSecret(Clients.SECRET).port(0).internalPort(0).start()) {
            String url = "http://localhost:" + scarfall.userPort();
            JSONObject ban = new JSONObject(Map.of("userId", "ben"));
            Socket moderator = Clients.user(url, token("moderator"));
            Socket writer = Clients.user(url, token("writer"));
            Socket admin = Clients.user(url + "/staff", token("admin"));
            try {
                Clients.connect(moderator);
                assertThat(Clients.ask(moderator, "ban", ban)).containsExactly("acme banned ben");
                Clients.connect(writer);
                assertThat(((JSONObject) Clients.ask(writer, "ban", ban)[0]).getString("code")).isEqualTo("forbidden");
                admin.connect();
                assertThat(Clients.ask(admin, "close")).containsExactly("closed");
            } finally {
                moderator.close();
                writer.close();
                admin.close();
            }
        }
    }
}
