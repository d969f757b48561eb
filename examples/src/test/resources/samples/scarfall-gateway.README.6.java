import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.examples.Clients;
import io.scarfall.gateway.Scarfall;
import io.scarfall.socketio.EventRefusedException;
import io.socket.client.Socket;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.json.JSONObject;

public final class Sample {

    record Order(String item) {}

    interface Orders {
        Object place(String userId, Order order);
    }

    interface Stock {
        boolean has(String item);
    }

    interface Times {
        void record(String event, long nanos);
    }

    private static final class PaymentException extends RuntimeException {}

    private static String code(Socket client, String item) throws Exception {
        Object[] answer = Clients.ask(client, "order", new JSONObject(Map.of("item", item)));
        return ((JSONObject) answer[0]).getString("code");
    }

    public static void run(String redis) throws Exception {
        Queue<String> recorded = new ConcurrentLinkedQueue<>();
        Times times = (event, nanos) -> recorded.add(event);
        Stock stock = item -> !item.equals("coffee");
        Orders orders = (userId, order) -> {
            throw new PaymentException();
        };
        try (Scarfall scarfall =
// SAMPLE
                        .jwtSecret(Clients.SECRET).port(0).internalPort(0).start()) {
            Socket anna = Clients.user(scarfall, "anna");
            try {
                Clients.connect(anna);
                assertThat(code(anna, "coffee")).isEqualTo("sold_out");
                assertThat(code(anna, "tea")).isEqualTo("payment");
                assertThat(recorded).containsExactly("order", "order");
            } finally {
                anna.close();
            }
        }
    }
}
