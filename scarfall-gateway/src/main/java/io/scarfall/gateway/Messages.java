package io.scarfall.gateway;

import io.scarfall.socketio.packet.Arguments;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends messages and events to users, to each of their devices on any node, and reports the outcome. Thread-safe; nothing
 * blocks.
 *
 * <p>A message is delivered at most once. Messages are not stored for offline users; a sender that gets {@code failed} may
 * retry. Events that one thread sends keep their order.
 */
public interface Messages {

    /**
     * Sends a message as a service does. Clients get the event {@code message} with {@code {recipientId, message, metadata,
     * timestamp, messageId}}, where the metadata has {@code source: "internal_service"}.
     *
     * @param recipients the ids of users; a repeated one counts once, and an id that no user can have counts as failed
     * @param metadata a map or record, or anything else that Jackson writes as an object; null for none
     * @return the outcome, on any thread. Fails with {@link InvalidMessageException} if the message exceeds a limit, with {@link
     *     OverloadedException} if too many messages wait for their outcome, and with {@link IllegalStateException} while the
     *     gateway does not run
     */
    CompletionStage<Delivery> sendMessage(Collection<String> recipients, String message, @Nullable Object metadata);

    /**
     * Sends an event to users.
     *
     * @param recipients the ids of users, as for {@link #sendMessage}
     * @param event not a reserved name of Socket.IO, such as {@code connect}
     * @param arguments as for {@link Arguments#of}
     * @return as for {@link #sendMessage}
     */
    CompletionStage<Delivery> send(Collection<String> recipients, String event, @Nullable Object... arguments);
}
