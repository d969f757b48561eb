package io.scarfall.gateway.internal.auth;

import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Socket;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The guard in front of a handler: lets events of authenticated sockets pass, and answers all others with a refusal.
 *
 * @param <S> what an authenticated socket is: the session of a user, or a service
 * @param <T> what the event's arguments are read as
 */
public final class Authenticated<S, T> implements EventHandler<T> {

    private final Function<Socket, @Nullable S> sender;
    private final Supplier<?> refusal;
    private final Handler<S, T> handler;

    /**
     * Answers one kind of event of authenticated sockets, on the socket's home loop; must not block.
     *
     * @param <S> what an authenticated socket is
     * @param <T> what the event's arguments are read as
     */
    @FunctionalInterface
    public interface Handler<S, T> {

        /** Handles an event, with an answer as that of {@link EventHandler#handle}. */
        @Nullable
        Object handle(Socket socket, S sender, T argument) throws Exception;
    }

    /**
     * @param sender finds out what a socket is; null if it has not authenticated
     * @param refusal makes the answer to such a socket
     */
    public Authenticated(Function<Socket, @Nullable S> sender, Supplier<?> refusal, Handler<S, T> handler) {
        this.sender = sender;
        this.refusal = refusal;
        this.handler = handler;
    }

    @Override
    public @Nullable Object handle(Socket socket, T argument) throws Exception {
        S who = sender.apply(socket);
        return who == null ? refusal.get() : handler.handle(socket, who, argument);
    }
}
