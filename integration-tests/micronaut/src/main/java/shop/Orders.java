package shop;

import io.micronaut.context.BeanProvider;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.ScarfallBuilder;
import io.scarfall.gateway.UserCall;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;

/** A bean of the application: it handles an event of clients, and sends messages. */
@Singleton
public class Orders implements ScarfallBeans.Table {

    public record Order(String item, int count) {}

    public record Receipt(String user, int cents) {}

    private final BeanProvider<Messages> messages;

    Orders(BeanProvider<Messages> messages) {
        this.messages = messages;
    }

    @Override
    public void addTo(ScarfallBuilder builder) {
        builder.onBlocking("order", Order.class, this::order);
    }

    /** May block, for example on a database. */
    private Receipt order(UserCall user, Order order) {
        messages.get().sendMessage(List.of("kitchen"), order.count() + " " + order.item(), Map.of());
        return new Receipt(user.identity().userId(), 250 * order.count());
    }
}
