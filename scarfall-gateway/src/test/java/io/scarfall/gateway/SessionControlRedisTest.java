package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.scarfall.presence.testing.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** With Redis. Each node has its own connections to it. */
@Tag("slow")
class SessionControlRedisTest extends SessionControl {

    private final RedisServer redis = ((SharedState.InRedis) state).redis;

    SessionControlRedisTest() {
        super(new SharedState.InRedis(), Duration.ofSeconds(4));
    }

    @Test
    void revocationsAreRestoredAfterRedisLostItsData() {
        start(gateway -> gateway);
        String token = token("alice");
        done(a.revokeUser("alice"));
        done(a.revokeTokenId("x"));

        redis.kill();
        redis.restart();

        await().atMost(Client.PATIENCE).until(() -> a.isHealthy() && b.isHealthy());
        await().atMost(Client.PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(revocations(viewOfB)).hasSize(2));
        Scarfall later = node(gateway -> gateway);
        expectRefused(later, token, "revoked");
    }

    @Test
    void noCredentialIsInRedis() {
        start(gateway -> gateway);
        String token = Tokens.of("alice");
        try (Client client = connected(a, token)) {
            done(a.revokeToken(token));
            expectEnded(client, "revoked");
        }
        String signature = token.substring(token.lastIndexOf('.') + 1);
        assertThat(String.valueOf(redis.command("ZRANGE", "scarfall:revoked", "0", "-1")))
                .contains("t:")
                .doesNotContain(signature, token.substring(0, 30));
        assertThat((Long) redis.command("PTTL", "scarfall:revoked")).isPositive();
    }
}
