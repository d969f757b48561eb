package io.scarfall.gateway;

import io.scarfall.socketio.packet.Arguments;
import java.util.Collection;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Sends to users, on each of their devices and on whichever node these are, and says what became of it. Thread-safe; nothing
 * blocks.
 *
 * <p>A message is delivered at most once. Messages are not stored for offline users: a sender that gets {@code failed} may
 * send again. Events that one thread sends keep their order.
 */
public interface Messages {

    /**
     * Sends a message as a service does: clients get the event {@code message} with {@code {recipientId, message,
     * metadata, timestamp, messageId}}, where the metadata has {@code source: "internal_service"}.
     *
     * @param recipients the ids of users; repeated ones count once, and one that no user can have is among the failed
     * @param metadata a map or record, or anything else that Jackson writes as an object; null for none
     * @return the outcome, on any thread; fails with {@link InvalidMessageException} if the message exceeds a limit, with
     *     {@link OverloadedException} if too many messages wait for their outcome, and with {@link IllegalStateException}
     *     while the gateway does not run
     */
    CompletionStage<Delivery> sendMessage(Collection<String> recipients, String message, @Nullable Object metadata);

    /**
     * Sends any event to users.
     *
     * @param recipients the ids of users, as for {@link #sendMessage}
     * @param event no reserved name of Socket.IO, such as {@code connect}
     * @param arguments see {@link Arguments#of}
     * @return as {@link #sendMessage}
     */
    CompletionStage<Delivery> send(Collection<String> recipients, String event, @Nullable Object... arguments);
}
