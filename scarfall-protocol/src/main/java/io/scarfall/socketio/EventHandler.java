package io.scarfall.socketio;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Answers one kind of event. It is called on the socket's home loop and must not block; what takes time belongs into a
 * {@link CompletionStage}.
 *
 * @param <T> what the event's arguments are read as
 */
@FunctionalInterface
public interface EventHandler<T> {

    /** The answer that sends no ack, also where the client asked for one: it waits until its own timeout. */
    Object NO_ACK = new Object() {
        @Override
        public String toString() {
            return "NO_ACK";
        }
    };

    /**
     * Handles an event.
     *
     * @param argument what the client sent
     * @return the answer, which is the ack if the client asked for one: a value for one argument, {@link
     *     io.scarfall.socketio.packet.Arguments} for any number, null for an ack without arguments, {@link #NO_ACK} for none at all, or a {@link
     *     CompletionStage} of one of these, which may complete on any thread
     * @throws Exception whatever the application likes: the {@link Namespace.ErrorHandler} makes an answer of it
     */
    @Nullable
    Object handle(Socket socket, T argument) throws Exception;
}
