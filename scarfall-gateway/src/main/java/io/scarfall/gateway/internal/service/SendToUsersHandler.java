package io.scarfall.gateway.internal.service;

import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.message.SendMessage;
import io.scarfall.gateway.internal.reply.SendFailure;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;

/** {@code send_message} of a service. Its metadata is passed on, except for {@code source}, which the gateway sets. */
final class SendToUsersHandler implements ServiceHandler<Arguments> {

    private final UserDelivery delivery;
    private final Metrics.Timer timer;
    private final Clock clock;

    SendToUsersHandler(UserDelivery delivery, Metrics metrics, Clock clock) {
        this.delivery = delivery;
        timer = metrics.timer("scarfall.send.message", "port", "internal");
        this.clock = clock;
    }

    @Override
    public Object handle(Service service, Arguments arguments) {
        SendMessage message;
        try {
            message = delivery.read(arguments, true);
        } catch (InvalidMessageException e) {
            return SendFailure.of(e, clock);
        }
        return timer.time(() -> SendFailure.or(delivery.send(message, service.name(), service.sendOrder()), clock));
    }
}
