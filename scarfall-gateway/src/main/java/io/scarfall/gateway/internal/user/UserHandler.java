package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.internal.session.LiveSession;
import org.jspecify.annotations.Nullable;

/**
 * Answers one kind of event of authenticated users, on the socket's home loop; must not block.
 *
 * @param <T> what the event's arguments are read as
 */
@FunctionalInterface
public interface UserHandler<T> {

    /** Handles an event, with an answer as that of {@link io.scarfall.socketio.EventHandler#handle}. */
    @Nullable
    Object handle(LiveSession session, T argument) throws Exception;
}
