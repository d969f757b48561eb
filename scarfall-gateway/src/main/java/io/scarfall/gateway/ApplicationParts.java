package io.scarfall.gateway;

import io.scarfall.socketio.Namespace;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The half of {@link ScarfallBuilder} that collects what an application adds to the users' port: its events and namespaces, and
 * where its blocking code runs. Not thread-safe.
 *
 * @param <B> the builder
 */
abstract class ApplicationParts<B> {

    final List<Setup.OwnEvent> events = new ArrayList<>();
    final List<Setup.OwnNamespace> namespaces = new ArrayList<>();

    @Nullable
    Executor blockingExecutor;

    ApplicationParts() {}

    /** The builder, for the next call. */
    abstract B self();

    /** Adds an event that only authenticated users may send, with any arguments or none. */
    public B on(String event, UserEventHandler<Arguments> handler) {
        events.add((gateway, calls, blocking) ->
                gateway.on(event, (session, arguments) -> handler.handle(calls.apply(session), arguments)));
        return self();
    }

    /**
     * Adds an event that only authenticated users may send.
     *
     * @param type the type that Jackson reads its first argument as. An argument that does not fit, is missing or is null gets
     *     {@code code: "invalid"}
     */
    public <T> B on(String event, Class<T> type, UserEventHandler<T> handler) {
        events.add((gateway, calls, blocking) ->
                gateway.on(event, type, (session, argument) -> handler.handle(calls.apply(session), argument)));
        return self();
    }

    /**
     * Adds an event whose handler may block; only authenticated users may send it. The {@link #blockingExecutor} runs it: events of
     * one session one at a time and in order. When 64 of them wait, the gateway stops reading from the client until half of them
     * are done. When the gateway closes, handlers have two seconds to end, then they are interrupted; waiting events are dropped.
     */
    public <T> B onBlocking(String event, Class<T> type, UserEventHandler<T> handler) {
        return blocking(event, arguments -> arguments.require(0, type), handler);
    }

    /** As {@link #onBlocking(String, Class, UserEventHandler)}, with any arguments or none. */
    public B onBlocking(String event, UserEventHandler<Arguments> handler) {
        return blocking(event, arguments -> arguments, handler);
    }

    private <T> B blocking(String event, Function<Arguments, T> reader, UserEventHandler<T> handler) {
        events.add((gateway, calls, blocking) -> gateway.onBlocking(event, reader, blocking, (session, argument) -> {
            UserCall call = calls.apply(session);
            return (Callable<@Nullable Object>) () -> handler.handle(call, argument);
        }));
        return self();
    }

    /**
     * Runs blocking handlers. By default they run on virtual threads if the JVM has them (Java 21 and newer), otherwise on up to
     * 64 threads. Before Java 24, a handler that blocks inside {@code synchronized} occupies a carrier thread; if many do this,
     * set an executor. A task that the executor rejects is answered with {@code code: "overloaded"}.
     */
    public B blockingExecutor(Executor executor) {
        blockingExecutor = executor;
        return self();
    }

    /**
     * Adds a namespace to the users' port. Its own guards decide which clients may join. A client may send at most {@link
     * MemoryLimits#maxUnauthenticatedBytes} at once until it authenticates, or until a handler calls {@link Socket#trust}.
     */
    public B namespace(Namespace namespace) {
        namespaces.add(authenticated -> namespace);
        return self();
    }

    /**
     * Adds a namespace to the users' port that only clients with a valid token join, in CONNECT or a header. In its handlers {@link
     * Identity#of} tells the user of a socket. A socket is disconnected when its token expires or is revoked. Sockets of such a
     * namespace are not devices of a user: they get no messages and do not make the user online.
     *
     * @param name begins with a slash
     * @param table adds events and handlers
     */
    public B authenticatedNamespace(String name, Consumer<Namespace.Builder> table) {
        namespaces.add(authenticated -> authenticated.namespace(name, table));
        return self();
    }
}
