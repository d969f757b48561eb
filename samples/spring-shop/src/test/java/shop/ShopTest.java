package shop;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.spring.test.ScarfallTest;
import io.scarfall.testkit.TestClient;
import io.scarfall.testkit.TestCluster;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import shop.Orders.Receipt;

/** The shop on two nodes in one process, one of which is killed. */
@ScarfallTest(nodes = 2)
class ShopTest {

    @Autowired
    TestCluster cluster;

    @Test
    void ordersReachTheWarehouseAlsoWhenItsNodeDies() {
        TestClient alice = cluster.node(0).connect("alice");
        TestClient warehouse = cluster.node(1).connect("warehouse");

        assertThat(alice.ask("order", Map.of("item", "book", "count", 2)).get(0, Receipt.class))
                .isEqualTo(new Receipt("book", 3));
        assertThat(warehouse.next("message").json().utf8()).contains("Pack book", "\"for\":\"alice\"");
        assertThat(alice.ask("order", Map.of("item", "book", "count", 4)).json().utf8()).contains("sold_out");
        assertThat(alice.ask("order", Map.of("item", "book", "count", 0)).json().utf8()).contains("invalid");

        cluster.node(1).crash();                                     // as by kill -9: the other node gets no notice
        warehouse.disconnected();
        warehouse = cluster.node(0).connect("warehouse");            // as a client does that reconnects
        assertThat(alice.ask("order", Map.of("item", "book", "count", 3)).get(0, Receipt.class))
                .isEqualTo(new Receipt("book", 0));
        assertThat(warehouse.next("message").json().utf8()).contains("Pack book");

        cluster.advance(Duration.ofSeconds(6));                      // the lease of the dead node expires
        assertThat(cluster.shared().presence().status("warehouse").toCompletableFuture().join().sessionCount())
                .isEqualTo(1);
    }
}
