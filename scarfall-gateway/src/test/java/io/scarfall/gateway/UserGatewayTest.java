package io.scarfall.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UserGatewayTest {
    private Scarfall scarfall;

    @BeforeEach
    void start() {
        scarfall = Scarfall.builder().jwtSecret(Tokens.SECRET).port(0).internalPort(0).start();
    }

    @AfterEach
    void stop() {
        scarfall.close();
    }

    @Test
    void smoke() {
        try (Client alice = Client.user(scarfall.userPort(), "alice"); Client bob = Client.user(scarfall.userPort(), "bob")) {
            JsonNode answer = alice.send("hello", "bob", "nobody");
            System.out.println(answer);
            System.out.println(bob.next("message"));
            System.out.println(alice.ask("ping"));
            System.out.println(alice.ask("get_all_online_users"));
            System.out.println(alice.ask("get_detailed_online_users"));
            assertThat(answer.at("/status").asText()).isEqualTo("sent");
        }
    }
}
