package io.scarfall.gateway.internal.service;

import org.jspecify.annotations.Nullable;

/**
 * Answers one kind of event of authenticated services, on the socket's home loop; must not block.
 *
 * @param <T> the type of the event's arguments
 */
@FunctionalInterface
interface ServiceHandler<T> {

    /** Handles an event. The result is as that of {@link io.scarfall.socketio.EventHandler#handle}. */
    @Nullable
    Object handle(Service service, T argument) throws Exception;
}
