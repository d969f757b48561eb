package io.scarfall.gateway.internal.service;

import org.jspecify.annotations.Nullable;

/**
 * Answers one kind of event of authenticated services, on the socket's home loop; must not block.
 *
 * @param <T> what the event's arguments are read as
 */
@FunctionalInterface
interface ServiceHandler<T> {

    /** Handles an event, with an answer as that of {@link io.scarfall.socketio.EventHandler#handle}. */
    @Nullable
    Object handle(Service service, T argument) throws Exception;
}
