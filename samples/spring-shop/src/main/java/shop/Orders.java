package shop;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.spring.OnEvent;
import io.scarfall.spring.ScarfallController;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

@ScarfallController
class Orders {

    record Order(@NotBlank String item, @Min(1) int count) {}

    record Receipt(String item, int left) {}

    private final Map<String, Integer> stock = new ConcurrentHashMap<>(Map.of("book", 5));
    private final Messages messages;

    Orders(Messages messages) {
        this.messages = messages;
    }

    @OnEvent("order")
    Receipt order(@Valid Order order, Identity user) {
        int left = stock.compute(order.item(), (item, count) -> {
            if (count == null || count < order.count()) {
                throw new EventRefusedException("sold_out", "not enough of it: " + item);
            }
            return count - order.count();
        });
        messages.sendMessage(List.of("warehouse"), "Pack " + order.item(), Map.of("for", user.userId()));
        return new Receipt(order.item(), left);
    }
}
