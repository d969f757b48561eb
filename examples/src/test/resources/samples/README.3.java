import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.Scarfall;
import io.scarfall.spring.OnEvent;
import io.scarfall.spring.ScarfallController;
import io.scarfall.testkit.TestClient;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

public class Sample {

    private static final String SECRET = "for this sample only: 7Kq2vXz9-Wm4tYb6";

    @EnableAutoConfiguration
    static class App {}

    public static void run(String redis) {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(App.class, Orders.class)
                .properties("scarfall.port=0", "scarfall.internal-port=0", "scarfall.jwt.secret=" + SECRET)
                .properties("scarfall.drain.grace=0s")
                .run();
        try {
            String url = "http://127.0.0.1:" + context.getBean(Scarfall.class).userPort();
            String token = JWT.create()
                    .withSubject("alice")
                    .withExpiresAt(Instant.now().plusSeconds(60))
                    .sign(Algorithm.HMAC256(SECRET));
            try (TestClient alice = TestClient.to(url).token(token).connect()) {
                assertThat(alice.ask("order", new Order("book", 2)).get(0, Receipt.class))
                        .isEqualTo(new Receipt("book", 2));
                assertThat(alice.ask("order", new Order("book", 0)).json().utf8())
                        .contains("\"code\":\"invalid\"", "[0].count");
            }
        } finally {
            context.close();
        }
    }
}

record Order(String item, @Min(1) int count) {}

record Receipt(String item, int count) {}

// SAMPLE
