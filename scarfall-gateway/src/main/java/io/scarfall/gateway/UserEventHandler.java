package io.scarfall.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Answers one kind of event that an embedder adds to the user gateway. Only events of authenticated users arrive. It is
 * called on the socket's home loop and must not block, unless it was added by {@link ScarfallBuilder#onBlocking}.
 *
 * @param <T> what the event's first argument is read as
 */
@FunctionalInterface
public interface UserEventHandler<T> {

    /**
     * Handles an event.
     *
     * @param user who sent it
     * @param argument what the client sent
     * @return as {@link io.scarfall.socketio.EventHandler#handle}: the ack, or a stage of it
     * @throws Exception whatever the application likes: the client gets an error in neutral words, and it is logged
     */
    @Nullable
    Object handle(UserCall user, T argument) throws Exception;
}
