package io.scarfall.gateway;

import org.jspecify.annotations.Nullable;

/**
 * Handles one kind of event that an application adds to the user gateway. Only events of authenticated users arrive. The
 * gateway calls it on the socket's home loop, so it must not block, unless {@link ScarfallBuilder#onBlocking} added it.
 *
 * @param <T> the type that the event's first argument is read as
 */
@FunctionalInterface
public interface UserEventHandler<T> {

    /**
     * Handles an event.
     *
     * @param user the user that sent the event
     * @param argument the event's argument
     * @return the ack, or a stage of it, as for {@link io.scarfall.socketio.EventHandler#handle}
     * @throws Exception {@link io.scarfall.socketio.EventRefusedException} to refuse the event with a code; any other failure gets
     *     an error in neutral words, unless {@link ScarfallBuilder#onError} answers it, and the gateway logs it
     */
    @Nullable
    Object handle(UserCall user, T argument) throws Exception;
}
