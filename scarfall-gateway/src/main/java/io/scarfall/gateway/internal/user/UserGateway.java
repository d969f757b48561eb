package io.scarfall.gateway.internal.user;

import io.scarfall.gateway.Metrics;
import io.scarfall.gateway.SessionConfig;
import io.scarfall.gateway.internal.auth.AuthDeadline;
import io.scarfall.gateway.internal.auth.Authenticated;
import io.scarfall.gateway.internal.auth.Authenticator;
import io.scarfall.gateway.internal.auth.Authenticator.Credentials;
import io.scarfall.gateway.internal.auth.HandlerErrors;
import io.scarfall.gateway.internal.delivery.UserDelivery;
import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.gateway.internal.node.ThisNode;
import io.scarfall.gateway.internal.reply.Failure;
import io.scarfall.gateway.internal.reply.SendFailure;
import io.scarfall.gateway.internal.session.LiveSession;
import io.scarfall.gateway.internal.session.LiveSessions;
import io.scarfall.gateway.internal.session.SessionSync;
import io.scarfall.gateway.internal.user.OnlineUsersHandler.PageRequest;
import io.scarfall.presence.Presence;
import io.scarfall.socketio.Broadcaster;
import io.scarfall.socketio.ErrorHandler;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.socketio.EventListener;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.socketio.packet.TypeRef;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of the user gateway, in the main namespace. Embedders add their own events before it is built. Not thread-safe.
 */
public final class UserGateway {

    private static final String AUTHENTICATE = "authenticate";

    private final SessionSync sessions;
    private final JsonCodec codec;
    private final Namespace.Builder table;

    /**
     * @param answersUnknownEvents whether an event without a handler gets an ack, if it asks for one
     * @param codec reads and writes the events that an application adds; those of the gateway do not depend on it
     */
    public UserGateway(
            Authenticator authenticator,
            SessionSync sessions,
            ThisNode node,
            Admission admission,
            UserDelivery delivery,
            Presence presence,
            SessionConfig config,
            boolean answersUnknownEvents,
            Metrics metrics,
            Clock clock,
            JsonCodec codec) {
        this.sessions = sessions;
        this.codec = codec;
        HandlerErrors errors = new HandlerErrors("users", AUTHENTICATE, metrics);
        AuthDeadline deadline = new AuthDeadline(config.authTimeout());
        AuthenticateHandler authenticate = new AuthenticateHandler(authenticator, admission, sessions, deadline);
        PresenceQueries queries = new PresenceQueries(presence, sessions, node);
        OnlineFriendsHandler onlineFriends = new OnlineFriendsHandler(queries);
        OnlineUsersHandler onlineUsers = OnlineUsersHandler.brief(queries, config.maxPageSize());
        OnlineUsersHandler detailed = OnlineUsersHandler.detailed(queries, config.maxPageSize(), clock);
        SendMessageHandler sendMessage = new SendMessageHandler(delivery, metrics, clock);

        table = Namespace.builder(Broadcaster.of(Packet.MAIN_NAMESPACE).json(codec))
                .guard(authenticator.guard(false))
                .guard(authenticate)
                .onConnect(authenticate::connected)
                .onDisconnecting(sessions::leaving)
                .onDisconnect(authenticate::disconnected)
                .onError(errors::answer);
        own(AUTHENTICATE, arguments -> arguments.get(0, Credentials.class, Credentials.NONE), authenticate);
        own("send_message", authenticated(sendMessage, () -> SendFailure.notAuthenticated(clock)));
        own("get_online_users", authenticated(onlineFriends));
        own("get_online_friends_only", authenticated(onlineFriends));
        own("get_all_online_users", PageRequest::of, authenticated(onlineUsers));
        own("get_detailed_online_users", PageRequest::of, authenticated(detailed));
        own("ping", authenticated(new PingHandler(clock)));
        if (answersUnknownEvents) {
            table.onUnknown(
                    (socket, event) -> Arguments.of(Failure.of("there is no such event", Failure.UNKNOWN_EVENT)));
        }
    }

    private void own(String event, EventHandler<Arguments> handler) {
        own(event, arguments -> arguments, handler);
    }

    /** Adds an event of the gateway: the codec of the application neither reads its arguments nor writes its ack. */
    private <T> void own(String event, Function<Arguments, T> reader, EventHandler<T> handler) {
        if (codec == JacksonCodec.DEFAULT) {
            table.on(event, reader, handler);
            return;
        }
        table.on(
                event,
                arguments -> reader.apply(arguments.with(JacksonCodec.DEFAULT)),
                (socket, argument) -> written(handler.handle(socket, argument)));
    }

    private static @Nullable Object written(@Nullable Object answer) {
        if (answer instanceof CompletionStage<?> stage) {
            return stage.thenApply(UserGateway::written);
        }
        return answer == null || answer == EventHandler.NO_ACK ? answer : Arguments.of(answer);
    }

    private <T> EventHandler<T> authenticated(UserHandler<T> handler) {
        return authenticated(handler, () -> Failure.NOT_AUTHENTICATED);
    }

    private <T> EventHandler<T> authenticated(UserHandler<T> handler, Supplier<?> refusal) {
        return new Authenticated<>(
                this::active, refusal, (socket, session, argument) -> handler.handle(session, argument));
    }

    /** The session of a socket, which counts as active now; null if the socket has not authenticated. */
    private @Nullable LiveSession active(Socket socket) {
        LiveSession session = LiveSessions.of(socket);
        if (session != null) {
            sessions.touch(session);
        }
        return session;
    }

    /**
     * Adds an event that only authenticated users may send, with any arguments or none.
     *
     * @throws IllegalArgumentException if the event exists already
     */
    public UserGateway on(String event, UserHandler<Arguments> handler) {
        table.on(event, authenticated(handler));
        return this;
    }

    /**
     * Adds an event that only authenticated users may send.
     *
     * @throws IllegalArgumentException if the event exists already
     */
    public <T> UserGateway on(String event, Class<T> type, UserHandler<T> handler) {
        table.on(event, type, authenticated(handler));
        return this;
    }

    /**
     * Adds an event that only authenticated users may send, with an argument of a generic type.
     *
     * @throws IllegalArgumentException if the event exists already
     */
    public <T> UserGateway on(String event, TypeRef<T> type, UserHandler<T> handler) {
        table.on(event, type, authenticated(handler));
        return this;
    }

    /**
     * Adds an event that only authenticated users may send, and whose work may block. Such events of one session are handled
     * one at a time and in order.
     *
     * @param reader reads the arguments on the socket's home loop
     * @param work prepares the work on the socket's home loop
     * @throws IllegalArgumentException if the event exists already
     */
    public <T> UserGateway onBlocking(
            String event, Function<Arguments, T> reader, BiFunction<LiveSession, T, Callable<?>> work) {
        table.on(
                event,
                arguments ->
                        new Sized<>(reader.apply(arguments), arguments.json().length()),
                authenticated((session, argument) -> SessionLimits.of(session.socket())
                        .post(session.socket(), argument.bytes(), work.apply(session, argument.value()))));
        return this;
    }

    /** An argument, and the size of all arguments in bytes. */
    private record Sized<T>(T value, int bytes) {}

    /** Adds an interceptor around all events of authenticated users, see {@link EventInterceptor}. */
    public void intercept(EventInterceptor interceptor) {
        table.intercept(ofUsers(interceptor));
    }

    /** Adds an interceptor around an event, for authenticated users. */
    public void intercept(String event, EventInterceptor interceptor) {
        table.intercept(event, ofUsers(interceptor));
    }

    /** The same for authenticated users only: the handlers refuse all others. */
    private static EventInterceptor ofUsers(EventInterceptor interceptor) {
        return (socket, event, arguments, next) -> isOfUser(socket, event)
                ? interceptor.intercept(socket, event, arguments, next)
                : next.proceed(arguments);
    }

    private static boolean isOfUser(Socket socket, String event) {
        return LiveSessions.of(socket) != null && !event.equals(AUTHENTICATE);
    }

    /** Adds a listener to all events of authenticated users. */
    public void onAny(EventListener listener) {
        table.onAny((socket, event, arguments) -> {
            if (isOfUser(socket, event)) {
                listener.event(socket, event, arguments);
            }
        });
    }

    /** Lets handlers answer the failures of an event, each what the one before it throws. */
    public void onError(String event, List<ErrorHandler> handlers) {
        if (!handlers.isEmpty()) {
            table.onError(event, (socket, name, error) -> {
                Throwable unanswered = error;
                for (ErrorHandler handler : handlers) {
                    try {
                        return handler.answer(socket, name, unanswered);
                    } catch (Throwable e) { // not only exceptions, because it may throw what it got
                        unanswered = e;
                    }
                }
                throw unanswered;
            });
        }
    }

    /** The namespace. */
    public Namespace namespace() {
        return table.build();
    }
}
