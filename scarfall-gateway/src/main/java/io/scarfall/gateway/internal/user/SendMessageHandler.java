package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.InvalidMessageException;
import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.message.SendMessage;
import io.scarfall.gateway.internal.reply.SendFailure;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;

/** {@code send_message} of a user. Only the connection says which user sends, whatever the request says. */
final class SendMessageHandler implements UserHandler<Arguments> {

    private final UserDelivery delivery;
    private final Metrics.Timer timer;
    private final Clock clock;

    SendMessageHandler(UserDelivery delivery, Metrics metrics, Clock clock) {
        this.delivery = delivery;
        timer = metrics.timer("scarfall.send.message", "port", "users");
        this.clock = clock;
    }

    @Override
    public Object handle(LiveSession session, Arguments arguments) {
        SendMessage message;
        try {
            message = delivery.read(arguments, false);
        } catch (InvalidMessageException e) {
            return SendFailure.of(e, clock);
        }
        Socket socket = session.socket();
        long retryAfterMs = SessionLimits.of(socket)
                .spendOnRecipients(socket, message.recipients().size());
        if (retryAfterMs > 0) {
            return SendFailure.rateLimited(retryAfterMs, clock);
        }
        return timer.time(() -> SendFailure.or(delivery.send(message, session.userId(), session.sendOrder()), clock));
    }
}
