package io.scarfall.gateway.internal.auth;

import io.scarfall.gateway.Identity;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.ConnectGuard;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.JsonCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Makes namespaces of embedders that only clients with a valid token may join. Their sockets are disconnected when the token
 * expires or is revoked. Thread-safe.
 */
public final class AuthenticatedNamespaces {

    private static final Attribute<Expiry> EXPIRY = Attribute.named("expiry");

    private final Authenticator authenticator;
    private final ConnectGuard unrevoked;
    private final Clock clock;
    private final Duration warning;
    private final JsonCodec codec;

    /**
     * @param unrevoked asks the store whether a token was revoked; follows the guard of the authenticator
     * @param warning how long before the token expires the client gets a warning
     * @param codec the codec of a namespace whose table sets none
     */
    public AuthenticatedNamespaces(
            Authenticator authenticator, ConnectGuard unrevoked, Clock clock, Duration warning, JsonCodec codec) {
        this.authenticator = authenticator;
        this.unrevoked = unrevoked;
        this.clock = clock;
        this.warning = warning;
        this.codec = codec;
    }

    /**
     * Makes a namespace.
     *
     * @param name with a leading slash
     * @param table adds events, handlers and further guards
     */
    public Namespace namespace(String name, Consumer<Namespace.Builder> table) {
        Namespace.Builder builder = Namespace.builder(Broadcaster.of(name).json(codec))
                .guard(authenticator.guard(true))
                .guard(unrevoked)
                .onConnect(socket -> {
                    disconnectOnExpiry(socket);
                    authenticator.sockets().joined(socket);
                })
                .onDisconnect((socket, reason) -> {
                    endExpiry(socket);
                    authenticator.sockets().left(socket);
                });
        table.accept(builder);
        return builder.guard(Authenticator.admission())
                .onDisconnect((socket, reason) -> SessionLimits.release(socket))
                .build();
    }

    private void disconnectOnExpiry(Socket socket) {
        Identity identity = Objects.requireNonNull(Identity.of(socket));
        Expiry expiry = new Expiry(socket, clock, warning, socket::disconnect);
        expiry.renew(identity.expiresAt());
        socket.set(EXPIRY, expiry);
    }

    /** Stops the timer, which would otherwise keep the socket in memory until its token expires. */
    private static void endExpiry(Socket socket) {
        Expiry expiry = socket.get(EXPIRY);
        if (expiry != null) {
            expiry.cancel();
        }
    }
}
