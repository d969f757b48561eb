package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.session.LiveSession;
import org.jspecify.annotations.Nullable;

/**
 * Answers one kind of event of authenticated users, on the socket's home loop; must not block.
 *
 * @param <T> the type of the event's arguments
 */
@FunctionalInterface
public interface UserHandler<T> {

    /** Handles an event. The result is as that of {@link io.scarfall.socketio.EventHandler#handle}. */
    @Nullable
    Object handle(LiveSession session, T argument) throws Exception;
}
