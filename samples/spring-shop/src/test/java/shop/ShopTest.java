package shop;

import static org.assertj.core.api.Assertions.assertThat;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import io.scarfall.gateway.Scarfall;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.testkit.TestClient;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import shop.Orders.Receipt;

/** The shop on two nodes in one process, one of which is killed. */
@SpringBootTest(
        properties = {"scarfall.port=0", "scarfall.internal-port=0", "scarfall.jwt.secret=" + ShopTest.SECRET, "scarfall.drain.grace=0s"})
class ShopTest {

    static final String SECRET = "for tests only: 4f1c7d0b9e2a8c6d5b3f";

    @Autowired
    Scarfall first;

    /** Makes further nodes of this application: each builder has its controllers, and shares its state. */
    @Autowired
    ScarfallBuilder further;

    @Test
    void ordersReachTheWarehouseAlsoWhenItsNodeDies() {
        Scarfall second = further.nodeName("second").port(0).internalPort(0).start();
        TestClient alice = connect(first, "alice");
        TestClient warehouse = connect(second, "warehouse");

        assertThat(alice.ask("order", Map.of("item", "book", "count", 2)).get(0, Receipt.class))
                .isEqualTo(new Receipt("book", 3));
        assertThat(warehouse.next("message").json().utf8()).contains("Pack book", "\"for\":\"alice\"");
        assertThat(alice.ask("order", Map.of("item", "book", "count", 4)).json().utf8()).contains("sold_out");
        assertThat(alice.ask("order", Map.of("item", "book", "count", 0)).json().utf8()).contains("invalid");

        second.close();
        warehouse.disconnected();
        warehouse = connect(first, "warehouse");                     // as a client does that reconnects
        assertThat(alice.ask("order", Map.of("item", "book", "count", 3)).get(0, Receipt.class))
                .isEqualTo(new Receipt("book", 0));
        assertThat(warehouse.next("message").json().utf8()).contains("Pack book");
        alice.close();
        warehouse.close();
    }

    private static TestClient connect(Scarfall node, String user) {
        String token = JWT.create()
                .withSubject(user)
                .withExpiresAt(Instant.now().plusSeconds(60))
                .sign(Algorithm.HMAC256(SECRET));
        return TestClient.to("http://127.0.0.1:" + node.userPort()).token(token).connect();
    }
}
