import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.JwtAlgorithm;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.TokenVerifier;
import java.net.URI;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

public final class Sample {

    public static void run(String redis) throws Exception {
        String secret = Clients.SECRET;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(generator.generateKeyPair().getPublic().getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
        TokenVerifier ourTokens = token -> CompletableFuture.completedFuture(
                new Identity(token, null, null, Instant.now().plusSeconds(60)));
        ScarfallBuilder all = Scarfall.builder().port(0).internalPort(0)
// SAMPLE
        ;
        assertThatThrownBy(all::start).as("one of these").isInstanceOf(IllegalArgumentException.class);
    }
}
