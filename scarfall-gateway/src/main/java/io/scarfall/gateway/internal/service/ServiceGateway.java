package io.scarfall.gateway.internal.service;

import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.ServiceKeys;
import io.scarfall.gateway.internal.auth.AuthDeadline;
import io.scarfall.gateway.internal.auth.Authenticated;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.HandlerErrors;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.reply.SendFailure;
import io.scarfall.gateway.internal.revocation.Revoker;
import io.scarfall.gateway.internal.service.AuthenticateServiceHandler.ServiceCredentials;
import io.scarfall.gateway.internal.service.FriendsHandlers.AddFriend;
import io.scarfall.gateway.internal.service.FriendsHandlers.RemoveFriend;
import io.scarfall.gateway.internal.service.FriendsHandlers.SetFriends;
import io.scarfall.gateway.internal.service.RevokeHandler.Request;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.packet.Arguments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.function.Supplier;

/** The events of the internal gateway, in the main namespace. Immutable and thread-safe. */
public final class ServiceGateway {

    private static final String AUTHENTICATE = "authenticate_service";

    /** Events that need a user. A service that sends one gets an error that explains this. */
    private static final Set<String> EVENTS_OF_USERS = Set.of(
            "authenticate",
            "get_online_users",
            "get_online_friends_only",
            "get_all_online_users",
            "get_detailed_online_users");

    /** The answer to {@code ping}. */
    record Pong(Instant timestamp, Service.About service) {}

    private final Namespace namespace;

    /**
     * @param authTimeout how long a service may take to authenticate, if keys are configured
     * @param answersUnknownEvents whether an event without a handler gets an ack, if it asks for one
     */
    public ServiceGateway(
            ServiceKeys keys,
            UserDelivery delivery,
            Roster roster,
            Revoker revoker,
            Authenticator authenticator,
            Duration authTimeout,
            boolean answersUnknownEvents,
            Metrics metrics,
            Clock clock) {
        HandlerErrors errors = new HandlerErrors("internal", AUTHENTICATE, metrics);
        AuthenticateServiceHandler authenticate =
                new AuthenticateServiceHandler(keys, new AuthDeadline(authTimeout), clock);
        FriendsHandlers friends = new FriendsHandlers(roster, delivery.limits().maxUserIdLength());
        RevokeHandler revoke =
                new RevokeHandler(revoker, authenticator, delivery.limits().maxUserIdLength());
        SendToUsersHandler sendMessage = new SendToUsersHandler(delivery, metrics, clock);

        Namespace.Builder table = Namespace.builder(Packet.MAIN_NAMESPACE)
                .guard(authenticate)
                .onConnect(authenticate::connected)
                .on(
                        AUTHENTICATE,
                        arguments -> arguments.get(0, ServiceCredentials.class, ServiceCredentials.NONE),
                        authenticate)
                .on("send_message", authenticated(sendMessage, () -> SendFailure.notAuthenticated(clock)))
                .on("set_friends", SetFriends.class, inTurn(friends::set))
                .on("add_friend", AddFriend.class, inTurn(friends::add))
                .on("remove_friend", RemoveFriend.class, inTurn(friends::remove))
                .on(
                        "ping",
                        authenticated((Service service, Arguments none) -> new Pong(clock.instant(), service.about())))
                .on("revoke", Request.class, inTurn(revoke))
                .onDisconnect((socket, reason) -> AuthDeadline.end(socket))
                .onError(errors::answer);
        if (answersUnknownEvents) {
            table.onUnknown((socket, event) -> Failure.of(
                    EVENTS_OF_USERS.contains(event)
                            ? "only users may send this event, to the user gateway"
                            : "there is no such event",
                    Failure.UNKNOWN_EVENT));
        }
        namespace = table.build();
    }

    /** The namespace. */
    public Namespace namespace() {
        return namespace;
    }

    private static <T> EventHandler<T> authenticated(ServiceHandler<T> handler) {
        return authenticated(handler, () -> Failure.NOT_AUTHENTICATED);
    }

    private static <T> EventHandler<T> authenticated(ServiceHandler<T> handler, Supplier<?> refusal) {
        return new Authenticated<>(
                Service::of, refusal, (socket, service, argument) -> handler.handle(service, argument));
    }

    /** Bounds the work in progress of one connection. Messages have a bound of their own. */
    private static <T> EventHandler<T> inTurn(ServiceHandler<T> handler) {
        return new Authenticated<>(
                Service::of,
                () -> Failure.NOT_AUTHENTICATED,
                (socket, service, argument) ->
                        SessionLimits.of(socket).inTurn(socket, () -> handler.handle(service, argument)));
    }
}
