package shop;

import io.scarfall.gateway.Messages;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.UserCall;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Map;

/** A bean of the application: it handles an event of clients, and sends messages. */
@ApplicationScoped
public class Orders {

    public record Order(String item, int count) {}

    public record Receipt(String user, int cents) {}

    private final Messages messages;

    Orders(Messages messages) {
        this.messages = messages;
    }

    void events(@Observes ScarfallBuilder builder) {
        builder.onBlocking("order", Order.class, this::order);
    }

    /** May block, for example on a database. */
    private Receipt order(UserCall user, Order order) {
        messages.sendMessage(List.of("kitchen"), order.count() + " " + order.item(), Map.of());
        return new Receipt(user.identity().userId(), 250 * order.count());
    }
}
