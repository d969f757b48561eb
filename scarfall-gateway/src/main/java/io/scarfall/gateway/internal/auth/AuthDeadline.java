package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Socket;
import java.time.Duration;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Disconnects sockets that do not authenticate in time. They get the event {@code authentication_error} with the reason
 * first. Call the methods on the socket's home loop.
 */
public final class AuthDeadline {

    private static final Logger log = LoggerFactory.getLogger(AuthDeadline.class);

    private static final Attribute<Future<?>> TIMER = Attribute.named("authDeadline");

    private final Duration timeout;

    /** @param timeout how long a socket may stay unauthenticated */
    public AuthDeadline(Duration timeout) {
        this.timeout = timeout;
    }

    /** Starts the deadline. */
    public void start(Socket socket) {
        socket.set(TIMER, socket.schedule(() -> missed(socket), timeout));
    }

    private void missed(Socket socket) {
        log.debug("socket not authenticated in time, disconnecting socket={}", socket.id());
        AuthenticationError.tell(
                socket, Failure.of("no authentication within " + timeout.toMillis() + " ms", "auth_timeout"));
        socket.disconnectSession();
    }

    /** Cancels the deadline: the socket has authenticated, or has left. */
    public static void end(Socket socket) {
        Future<?> timer = socket.get(TIMER);
        if (timer != null) {
            timer.cancel(false);
        }
    }
}
