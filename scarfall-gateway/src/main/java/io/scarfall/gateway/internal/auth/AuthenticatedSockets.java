package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.TokenRefusedException;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.presence.internal.Revocation;
import io.scarfall.socketio.Socket;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The sockets in namespaces of embedders that only authenticated clients may join. Thread-safe. */
public final class AuthenticatedSockets {

    private final RevocationList revocations;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    AuthenticatedSockets(RevocationList revocations) {
        this.revocations = revocations;
    }

    /** A socket has joined. Call it on the socket's home loop. */
    public void joined(Socket socket) {
        sockets.add(socket);
        Identity identity = Identity.of(socket);
        if (identity != null && revocations.refuses(identity)) {
            end(socket);
        }
    }

    /** A socket has left. */
    public void left(Socket socket) {
        sockets.remove(socket);
    }

    /** Disconnects the sockets whose token was revoked; the stage gives their number. Checks every socket. */
    public CompletionStage<Integer> end(Collection<Revocation> revoked) {
        AtomicInteger ended = new AtomicInteger();
        return Socket.forEachAtHome(List.copyOf(sockets), socket -> {
                    Identity identity = Identity.of(socket);
                    if (identity != null
                            && socket.isConnected()
                            && revoked.stream().anyMatch(one -> RevocationList.ends(one, identity, Long.MAX_VALUE))) {
                        end(socket);
                        ended.incrementAndGet();
                    }
                })
                .thenApply(done -> ended.get());
    }

    private static void end(Socket socket) {
        AuthenticationError.tell(socket, Failure.of(TokenRefusedException.revoked()));
        socket.disconnect();
    }
}
