package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

    /** The rest of the handling of an event. Without a call of it, the handler does not run. Thread-safe. */
    @FunctionalInterface
    interface Next {

        /**
         * Runs the interceptors that follow, then the handler: on the home loop before this method returns, on other
         * threads soon after. They do not run if the socket has left meanwhile.
         *
         * @param arguments those of the event, or others
         * @return what the handler returned; a {@link CompletionStage} if it answers later
         * @throws Exception what the handler threw, or a {@link io.scarfall.engineio.MalformedPacketException} if the
         *     arguments do not fit its type
         */
        @Nullable
        Object proceed(Arguments arguments) throws Exception;

        /**
         * Proceeds when a stage completes, such as a question to another service whether the user may do this. If the
         * stage fails, the event fails in the same way. Later events of the client do not wait for it.
         *
         * @return the ack; never fails before the stage completes
         */
        default CompletionStage<@Nullable Object> proceedAfter(CompletionStage<?> stage, Arguments arguments) {
            return stage.thenCompose(done -> {
                try {
                    Object answer = proceed(arguments);
                    return answer instanceof CompletionStage<?> later
                            ? later.thenApply(value -> value)
                            : CompletableFuture.completedFuture(answer);
                } catch (Exception e) {
                    return CompletableFuture.failedFuture(e);
                }
            });
        }
    }
}
