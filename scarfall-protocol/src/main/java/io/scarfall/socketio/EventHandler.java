package io.scarfall.socketio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Handles one kind of event, and returns its ack. Called on the socket's home loop; must not block: for work that takes
 * time, return a {@link CompletionStage}.
 *
 * @param <T> the type of the event's argument
 */
@FunctionalInterface
public interface EventHandler<T> {

    /** The result that sends no ack, even if the client asked for one: the client waits until its own timeout. */
    Object NO_ACK = new Object() {
        @Override
        public String toString() {
            return "NO_ACK";
        }
    };

    /**
     * Handles an event.
     *
     * @param argument what the client sent; never null
     * @return the ack, if the client asked for one: a value for one argument, {@link
     *     io.scarfall.socketio.packet.Arguments} for any number, null for an ack without arguments, {@link #NO_ACK} for
     *     no ack, or a {@link CompletionStage} of one of these, which may complete on any thread
     * @throws Exception of any kind: an {@link EventRefusedException} gives the client a reason; the {@link ErrorHandler}
     *     of the event or namespace makes the ack of it
     */
    @Nullable
    Object handle(Socket socket, T argument) throws Exception;
}
