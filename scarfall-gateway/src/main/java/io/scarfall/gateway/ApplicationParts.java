package io.scarfall.gateway;

import io.scarfall.gateway.internal.session.UserHooks;
import io.scarfall.socketio.ErrorHandler;
import io.scarfall.socketio.EventInterceptor;
import io.scarfall.socketio.EventListener;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.JacksonCodec;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.socketio.packet.TypeRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The half of {@link ScarfallBuilder} that collects what an application adds to the users' port: its events and namespaces, what
 * runs around them, and where its blocking code runs. Not thread-safe.
 *
 * @param <B> the builder
 */
abstract class ApplicationParts<B> {

    private final Map<String, Setup.OwnEvent> events = new LinkedHashMap<>();
    private final List<Setup.OwnNamespace> namespaces = new ArrayList<>();
    private final List<EventInterceptor> interceptors = new ArrayList<>();
    private final List<EventListener> anyListeners = new ArrayList<>();
    private final Map<String, ErrorHandler> errorHandlers = new LinkedHashMap<>();
    private final List<UserHooks.Hook> listeners = new ArrayList<>();
    private @Nullable ErrorHandler errorHandler;
    private @Nullable Executor blockingExecutor;
    private JsonCodec codec = JacksonCodec.DEFAULT;
    private Duration blockingTimeout = Duration.ofMinutes(1);

    ApplicationParts() {}

    /** The builder, for the next call. */
    abstract B self();

    /** What was collected. */
    Setup.Application application() {
        return new Setup.Application(
                events,
                namespaces,
                interceptors,
                anyListeners,
                errorHandler,
                errorHandlers,
                listeners,
                blockingExecutor,
                blockingTimeout,
                codec);
    }

    // JSON.

    /**
     * Sets the codec of what the application receives and sends: the arguments and acks of its events, {@link Messages}, what its
     * code emits, and the namespaces of {@link #authenticatedNamespace} that set no other. The default is {@link
     * JacksonCodec#DEFAULT}. The events of the gateway do not depend on it. A namespace of {@link #namespace} has its own codec.
     */
    public B json(JsonCodec value) {
        codec = Objects.requireNonNull(value, "value");
        return self();
    }

    // Events.

    /**
     * Adds an event that only authenticated users may send, with any arguments or none.
     *
     * @param around run around the handler, after those of {@link #intercept}; such as {@link Identity#requireRole}
     * @throws IllegalArgumentException if the event was added before
     */
    public B on(String event, UserEventHandler<Arguments> handler, EventInterceptor... around) {
        return add(
                event,
                (gateway, calls) ->
                        gateway.on(event, (session, arguments) -> handler.handle(calls.apply(session), arguments)),
                around);
    }

    /**
     * Adds an event that only authenticated users may send.
     *
     * @param type the type that its first argument is read as, see {@link #json}. An argument that does not fit, is missing or is null gets
     *     {@code code: "invalid"}
     * @param around run around the handler, after those of {@link #intercept}; such as {@link Identity#requireRole}
     * @throws IllegalArgumentException if the event was added before
     */
    public <T> B on(String event, Class<T> type, UserEventHandler<T> handler, EventInterceptor... around) {
        return add(
                event,
                (gateway, calls) ->
                        gateway.on(event, type, (session, argument) -> handler.handle(calls.apply(session), argument)),
                around);
    }

    /** As {@link #on(String, Class, UserEventHandler, EventInterceptor...)}, with an argument of a generic type. */
    public <T> B on(String event, TypeRef<T> type, UserEventHandler<T> handler, EventInterceptor... around) {
        return add(
                event,
                (gateway, calls) ->
                        gateway.on(event, type, (session, argument) -> handler.handle(calls.apply(session), argument)),
                around);
    }

    /**
     * Adds an event whose handler may block; only authenticated users may send it. The {@link #blockingExecutor} runs it: events of
     * one session one at a time and in order. When 64 of them wait, the gateway stops reading from the client until half of them
     * are done. A handler that takes longer than {@link #blockingTimeout} is interrupted. When the gateway closes, handlers have two
     * seconds to end, and five more if there are listeners; then they are interrupted, and waiting events are dropped.
     *
     * @param around as for {@link #on(String, Class, UserEventHandler, EventInterceptor...)}; they run on the event loop
     * @throws IllegalArgumentException if the event was added before
     */
    public <T> B onBlocking(String event, Class<T> type, UserEventHandler<T> handler, EventInterceptor... around) {
        return blocking(event, arguments -> arguments.require(0, type), handler, around);
    }

    /** As {@link #onBlocking(String, Class, UserEventHandler, EventInterceptor...)}, with an argument of a generic type. */
    public <T> B onBlocking(String event, TypeRef<T> type, UserEventHandler<T> handler, EventInterceptor... around) {
        return blocking(event, arguments -> arguments.require(0, type), handler, around);
    }

    /** As {@link #onBlocking(String, Class, UserEventHandler, EventInterceptor...)}, with any arguments or none. */
    public B onBlocking(String event, UserEventHandler<Arguments> handler, EventInterceptor... around) {
        return blocking(event, arguments -> arguments, handler, around);
    }

    private <T> B blocking(
            String event, Function<Arguments, T> reader, UserEventHandler<T> handler, EventInterceptor... around) {
        return add(
                event,
                (gateway, calls) -> gateway.onBlocking(event, reader, (session, argument) -> {
                    UserCall call = calls.apply(session);
                    return (Callable<@Nullable Object>) () -> handler.handle(call, argument);
                }),
                around);
    }

    private B add(String event, Setup.OwnEvent own, EventInterceptor... around) {
        List<EventInterceptor> interceptors = List.of(around);
        Setup.OwnEvent earlier = events.putIfAbsent(event, (gateway, calls) -> {
            own.addTo(gateway, calls);
            interceptors.forEach(interceptor -> gateway.intercept(event, interceptor));
        });
        Check.that(earlier == null, "event", event, "one handler per event");
        return self();
    }

    /**
     * Adds an interceptor around all events of authenticated users in the main namespace, in the order of the calls: those of {@link
     * #on}, and those of the gateway such as {@code send_message}, but not {@code authenticate}. {@link Identity#of} tells the user.
     * It may refuse an event with {@link EventRefusedException}. Clients rely on the form of the gateway's own answers, so for these
     * events an interceptor should return what the rest returned.
     */
    public B intercept(EventInterceptor interceptor) {
        interceptors.add(Objects.requireNonNull(interceptor, "interceptor"));
        return self();
    }

    /**
     * Adds a listener to all events of authenticated users in the main namespace, including those without a handler, but not {@code
     * authenticate}. {@link Identity#of} tells the user. Called before the interceptors.
     */
    public B onAny(EventListener listener) {
        anyListeners.add(Objects.requireNonNull(listener, "listener"));
        return self();
    }

    /**
     * Sets what answers the failures of the events of {@link #on}: of handlers, of interceptors, and arguments that do not fit. What
     * it throws, the gateway answers and, if it is no {@link EventRefusedException}, logs:
     *
     * <pre>{@code
     * .onError((socket, event, error) -> {
     *     throw error instanceof OutOfStock e ? new EventRefusedException("out_of_stock", e.getMessage()) : error;
     * })
     * }</pre>
     */
    public B onError(ErrorHandler handler) {
        errorHandler = Objects.requireNonNull(handler, "handler");
        return self();
    }

    /** As {@link #onError(ErrorHandler)}, for one event; that handler answers what this one throws. */
    public B onError(String event, ErrorHandler handler) {
        errorHandlers.put(event, Objects.requireNonNull(handler, "handler"));
        return self();
    }

    // Users.

    /** Adds a listener of users' devices. It is called on event loops, so it must not block. */
    public B listener(UserListener listener) {
        listeners.add(new UserHooks.Hook(Objects.requireNonNull(listener, "listener"), false));
        return self();
    }

    /**
     * As {@link #listener}, for a listener that may block: its calls are made in order with the blocking handlers of the session, and
     * interrupted after the {@link #blockingTimeout}. From the socket, it may call thread-safe methods only. When the gateway closes,
     * calls that wait longer than handlers may run are dropped, see {@link #onBlocking(String, Class, UserEventHandler,
     * EventInterceptor...)}.
     */
    public B blockingListener(UserListener listener) {
        listeners.add(new UserHooks.Hook(Objects.requireNonNull(listener, "listener"), true));
        return self();
    }

    // Code that blocks.

    /**
     * Runs blocking code: handlers of {@link #onBlocking}, listeners, and what {@link Blocking} adapts. By default it runs on
     * virtual threads if the JVM has them (Java 21 and newer), otherwise on up to 64 threads. Before Java 24, code that blocks inside
     * {@code synchronized} occupies a carrier thread; if much of it does this, set an executor. An event that the executor rejects
     * is answered with {@code code: "overloaded"}.
     */
    public B blockingExecutor(Executor executor) {
        blockingExecutor = Objects.requireNonNull(executor, "executor");
        return self();
    }

    /**
     * How long a blocking handler, guard or listener may run; one minute. Then its thread is interrupted, and the event is answered
     * with {@code code: "timeout"}.
     */
    public B blockingTimeout(Duration value) {
        blockingTimeout = Objects.requireNonNull(value, "value");
        return self();
    }

    // Namespaces.

    /**
     * Adds a namespace to the users' port. Its own guards decide which clients may join. A client may send at most {@link
     * MemoryLimits#maxUnauthenticatedBytes} at once until it authenticates, or until a handler calls {@link Socket#trust}.
     */
    public B namespace(Namespace namespace) {
        namespaces.add(authenticated -> namespace);
        return self();
    }

    /**
     * Adds a namespace to the users' port that only clients with a valid token join, in CONNECT or a header. In its guards and
     * handlers {@link Identity#of} tells the user of a socket. A socket is disconnected when its token expires or is revoked. Sockets
     * of such a namespace are not devices of a user: they get no messages and do not make the user online.
     *
     * @param name begins with a slash
     * @param table adds events and handlers
     */
    public B authenticatedNamespace(String name, Consumer<Namespace.Builder> table) {
        namespaces.add(authenticated -> authenticated.namespace(name, table));
        return self();
    }
}
