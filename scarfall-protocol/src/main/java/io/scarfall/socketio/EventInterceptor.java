package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import org.jspecify.annotations.Nullable;

/**
 * Runs around the handling of an event: to authorize, trace, measure, or change arguments and acks. Interceptors run in
 * the order in which they were added: those of the namespace, those of the event, those of the socket. Those of the
 * namespace and of events run for events in the table; {@link Namespace.Builder#onAny} sees all others too. Called on the
 * socket's home loop; must not block.
 */
@FunctionalInterface
public interface EventInterceptor {

    /**
     * Handles an event, usually by {@link Next#proceed}.
     *
     * @param event a name in the table of the namespace; for an interceptor of a socket, any text that the client sent
     * @param arguments what the client sent, not yet read as the handler's type
     * @param next the interceptors that follow, then the handler
     * @return the ack, in any of the forms of {@link EventHandler#handle}: what {@code next} returned, or another
     * @throws Exception of any kind, as a handler does; {@link EventRefusedException} refuses the event
     */
    @Nullable
    Object intercept(Socket socket, String event, Arguments arguments, Next next) throws Exception;

    /** The rest of the handling of an event. Without a call of it, the handler does not run. */
    @FunctionalInterface
    interface Next {

        /**
         * Runs the interceptors that follow, then the handler. Must be called on the socket's home loop.
         *
         * @param arguments those of the event, or others
         * @return what the handler returned; a {@link java.util.concurrent.CompletionStage} if it answers later
         * @throws Exception what the handler threw, or a {@link io.scarfall.engineio.MalformedPacketException} if the
         *     arguments do not fit its type
         */
        @Nullable
        Object proceed(Arguments arguments) throws Exception;
    }
}
