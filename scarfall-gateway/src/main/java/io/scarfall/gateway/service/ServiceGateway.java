package io.scarfall.gateway.service;

import io.scarfall.engineio.packet.MalformedPacketException;
import io.scarfall.gateway.auth.AuthDeadline;
import io.scarfall.gateway.auth.Authenticator;
import io.scarfall.gateway.auth.ServiceKeys;
import io.scarfall.gateway.control.Revoker;
import io.scarfall.gateway.delivery.Failure;
import io.scarfall.gateway.delivery.SendFailure;
import io.scarfall.gateway.delivery.UserDelivery;
import io.scarfall.gateway.metrics.Metrics;
import io.scarfall.gateway.service.AuthenticateServiceHandler.ServiceCredentials;
import io.scarfall.gateway.service.FriendsHandlers.AddFriend;
import io.scarfall.gateway.service.FriendsHandlers.RemoveFriend;
import io.scarfall.gateway.service.FriendsHandlers.SetFriends;
import io.scarfall.gateway.service.RevokeHandler.Request;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Packet;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table of what the internal gateway answers, in the main namespace. Immutable and thread-safe. */
public final class ServiceGateway {

    private static final Logger log = LoggerFactory.getLogger(ServiceGateway.class);

    private final Metrics.Counter errors;
    private final Namespace namespace;

    /** @param authTimeout how long a service may take to authenticate, where keys are configured */
    public ServiceGateway(
            ServiceKeys keys,
            UserDelivery delivery,
            Roster roster,
            Revoker revoker,
            Authenticator authenticator,
            Duration authTimeout,
            Metrics metrics,
            Clock clock) {
        errors = metrics.counter("scarfall.handler.errors", "port", "internal");
        AuthenticateServiceHandler authenticate = new AuthenticateServiceHandler(keys, new AuthDeadline(authTimeout));
        FriendsHandlers friends = new FriendsHandlers(roster, delivery.limits().maxUserIdLength());
        RevokeHandler revoke =
                new RevokeHandler(revoker, authenticator, delivery.limits().maxUserIdLength());
        SendToUsersHandler sendMessage = new SendToUsersHandler(delivery, clock);

        namespace = Namespace.builder(Packet.MAIN_NAMESPACE)
                .guard(authenticate)
                .onConnect(authenticate::connected)
                .on(
                        "authenticate_service",
                        arguments -> arguments.get(0, ServiceCredentials.class, ServiceCredentials.NONE),
                        authenticate)
                .on("send_message", authenticated(sendMessage, () -> SendFailure.notAuthenticated(clock)))
                .on("set_friends", SetFriends.class, authenticated(friends::set))
                .on("add_friend", AddFriend.class, authenticated(friends::add))
                .on("remove_friend", RemoveFriend.class, authenticated(friends::remove))
                .on("revoke", Request.class, authenticated(revoke))
                .onDisconnect((socket, reason) -> AuthDeadline.end(socket))
                .onError(this::failed)
                .build();
    }

    /** The namespace. */
    public Namespace namespace() {
        return namespace;
    }

    private static <T> EventHandler<T> authenticated(ServiceHandler<T> handler) {
        return authenticated(handler, () -> Failure.NOT_AUTHENTICATED);
    }

    private static <T> EventHandler<T> authenticated(ServiceHandler<T> handler, Supplier<?> refusal) {
        return (socket, argument) -> {
            Service service = Service.of(socket);
            return service == null ? refusal.get() : handler.handle(service, argument);
        };
    }

    private Object failed(Socket socket, String event, Throwable error) {
        if (error instanceof MalformedPacketException) {
            return Failure.of("malformed arguments", Failure.INVALID);
        }
        errors.increment();
        log.error("handler failed event={} socket={}", event, socket.id(), error);
        return Failure.of("internal error", Failure.INTERNAL);
    }
}
