package io.scarfall.gateway.internal.auth;

import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A guard before a handler: passes on the events of authenticated sockets, and answers all others with a refusal.
 *
 * @param <S> what an authenticated socket is: the session of a user, or a service
 * @param <T> the type of the event's arguments
 */
public final class Authenticated<S, T> implements EventHandler<T> {

    private final Function<Socket, @Nullable S> sender;
    private final Supplier<?> refusal;
    private final Handler<S, T> handler;

    /**
     * Answers one kind of event of authenticated sockets, on the socket's home loop; must not block.
     *
     * @param <S> what an authenticated socket is
     * @param <T> the type of the event's arguments
     */
    @FunctionalInterface
    public interface Handler<S, T> {

        /** Handles an event. The result is as that of {@link EventHandler#handle}. */
        @Nullable
        Object handle(Socket socket, S sender, T argument) throws Exception;
    }

    /**
     * @param sender finds the session or service of a socket; null if the socket has not authenticated
     * @param refusal makes the answer to an unauthenticated socket
     */
    public Authenticated(Function<Socket, @Nullable S> sender, Supplier<?> refusal, Handler<S, T> handler) {
        this.sender = sender;
        this.refusal = refusal;
        this.handler = handler;
    }

    @Override
    public @Nullable Object handle(Socket socket, T argument) throws Exception {
        S authenticated = sender.apply(socket);
        return authenticated == null ? Arguments.of(refusal.get()) : handler.handle(socket, authenticated, argument);
    }
}
