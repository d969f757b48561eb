package io.scarfall.socketio;

import java.util.concurrent.CompletableFuture;
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

    /**
     * Returns a handler that answers by a callback, now or later: {@code later((socket, order, ack) ->
     * shop.place(order, ack::send))}.
     */
    static <T> EventHandler<T> later(Later<T> handler) {
        return (socket, argument) -> {
            Ack ack = new Ack(socket.isAckWanted());
            handler.handle(socket, argument, ack);
            return ack.answer;
        };
    }

    /**
     * Handles one kind of event, and answers by a callback, see {@link #later}.
     *
     * @param <T> the type of the event's argument
     */
    @FunctionalInterface
    interface Later<T> {

        /** Handles an event as {@link EventHandler#handle} does, but answers by {@code ack}, from any thread. */
        void handle(Socket socket, T argument, Ack ack) throws Exception;
    }

    /** The ack of one event. Thread-safe. If it is never sent, the client waits until its own timeout. */
    final class Ack {

        private final CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        private final boolean wanted;

        private Ack(boolean wanted) {
            this.wanted = wanted;
        }

        /** Whether the client asked for an ack; if not, {@link #send} has no effect. */
        public boolean isWanted() {
            return wanted;
        }

        /**
         * Sends the ack; does nothing if it was sent.
         *
         * @param value in any of the immediate forms of {@link EventHandler#handle}
         */
        public void send(@Nullable Object value) {
            answer.complete(value);
        }

        /** Answers with a failure, as if the handler had thrown it; does nothing if an ack was sent. */
        public void fail(Throwable error) {
            answer.completeExceptionally(error);
        }
    }
}
