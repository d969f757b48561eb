package io.scarfall.socketio;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import io.scarfall.socketio.packet.JsonCodec;
import io.scarfall.socketio.packet.TypeRef;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a namespace: a table of guards and of events with their handlers. Its {@link Broadcaster} is the
 * sending half. Thread-safe; guards and handlers run on the home loop of their socket.
 *
 * <pre>{@code
 * Namespace chat = Namespace.builder("/chat")
 *         .onConnect(socket -> socket.join("lobby"))
 *         .on("say", String.class, (socket, text) -> {
 *             socket.to("lobby").emit("said", socket.id(), text);
 *             return "ok";
 *         })
 *         .build();
 * }</pre>
 */
public final class Namespace {

    private final Broadcaster broadcaster;
    private final Object changing = new Object();
    private volatile HandlerFailures failures = new HandlerFailures();

    /** Replaced by changes, one at a time. */
    private volatile NamespaceTable table;

    private Namespace(Broadcaster broadcaster, NamespaceTable table) {
        this.broadcaster = broadcaster;
        this.table = table;
        broadcaster.onOutgoing(outgoing(table.outgoingListeners()));
    }

    /** One listener that calls them all; null for none. */
    private @Nullable EventListener outgoing(List<EventListener> listeners) {
        return listeners.isEmpty() ? null : (socket, event, arguments) -> show(listeners, socket, event, arguments);
    }

    private void show(List<EventListener> listeners, Socket socket, String event, Arguments arguments) {
        for (EventListener listener : listeners) {
            if (socket.isConnected()) { // an earlier listener may have disconnected it
                failures.run(socket, event, () -> {
                    listener.event(socket, event, arguments);
                    return null;
                });
            }
        }
    }

    /** Starts the table of a namespace that only this node serves. */
    public static Builder builder(String name) {
        return builder(Broadcaster.of(name));
    }

    /** Starts the table of a namespace with this sending half. */
    public static Builder builder(Broadcaster broadcaster) {
        return new Builder(broadcaster, new NamespaceTable.Builder());
    }

    /** The name, with a slash in front. */
    public String name() {
        return broadcaster.namespace();
    }

    /** The names of the events that have a handler or a listener; a copy. */
    public Set<String> events() {
        return table.events();
    }

    /** The sending half. */
    public Broadcaster broadcaster() {
        return broadcaster;
    }

    /**
     * Changes the table while the namespace is in use: adds handlers, or removes those of an event by {@link
     * Builder#off}. All changes of one call take effect at once, for the events that arrive from then on. Handlers of
     * connects see later sockets only.
     *
     * @param changes is called once, before this method returns; it must neither block nor change this namespace again
     * @throws IllegalArgumentException what the builder throws; then nothing has changed
     */
    public void change(Consumer<Builder> changes) {
        synchronized (changing) { // changes are rare and short, and no event waits for one
            NamespaceTable.Builder changed = new NamespaceTable.Builder(table);
            Builder builder = new Builder(broadcaster, changed);
            changes.accept(builder);
            if (builder.broadcaster != broadcaster) {
                throw new IllegalArgumentException("json: another codec (expected: set before the namespace is built)");
            }
            table = changed.build();
            broadcaster.onOutgoing(outgoing(table.outgoingListeners()));
        }
    }

    // What follows is called by Connection, on the socket's home loop.

    List<ConnectGuard> guards() {
        return table.guards();
    }

    HandlerFailures failures() {
        return failures;
    }

    /** Shares a log with other namespaces, which bounds it for all of them together. */
    void reportTo(HandlerFailures shared) {
        failures = shared;
    }

    /** Adds a socket that the guards admitted. */
    void joined(Socket socket, EncodedPacket reply) {
        broadcaster.rooms().add(socket);
        socket.sendNeeded(reply);
        for (Consumer<Socket> handler : table.connectHandlers()) {
            if (socket.isConnected()) { // an earlier handler may have disconnected it
                failures.run(socket, "connect", () -> {
                    handler.accept(socket);
                    return null;
                });
            }
        }
    }

    /** A socket is about to leave; it is still in its rooms. */
    void leaving(Socket socket, DisconnectReason reason) {
        run(table.disconnectingHandlers(), "disconnecting", socket, reason);
    }

    void left(Socket socket, DisconnectReason reason) {
        broadcaster.rooms().remove(socket);
        run(table.disconnectHandlers(), "disconnect", socket, reason);
    }

    private void run(
            List<BiConsumer<Socket, DisconnectReason>> handlers, String what, Socket socket, DisconnectReason reason) {
        for (BiConsumer<Socket, DisconnectReason> handler : handlers) {
            failures.run(socket, what, () -> {
                handler.accept(socket, reason);
                return null;
            });
        }
    }

    /** Hands an event to its handler, and sends the handler's result as the ack. */
    void receive(Socket socket, Packet.Event packet) {
        Packet.Event event = readable(packet);
        NamespaceTable now = table;
        if (!now.listeners().isEmpty()) {
            show(now.listeners(), socket, event.name(), event.arguments());
        }
        if (!socket.isConnected()) {
            return;
        }
        socket.handles(event);
        Object answer;
        try {
            answer = answer(socket, event, now);
        } catch (Exception e) {
            answer = failure(socket, event, e);
        }
        if (answer instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, error) -> socket.execute(() ->
                    acknowledge(socket, event, error == null ? value : failure(socket, event, Causes.of(error)))));
        } else {
            acknowledge(socket, event, answer);
        }
    }

    private Packet.Event readable(Packet.Event event) {
        JsonCodec codec = broadcaster.codec();
        return event.arguments().codec().equals(codec)
                ? event
                : new Packet.Event(
                        event.namespace(),
                        event.id(),
                        event.name(),
                        event.arguments().with(codec));
    }

    private @Nullable Object answer(Socket socket, Packet.Event event, NamespaceTable now) throws Exception {
        NamespaceTable.Route route = now.route(event.name());
        if (route != null) {
            return route.handle(socket, event, failures);
        }
        EventInterceptor[] own = socket.interceptors();
        return own.length == 0
                ? unhandled(socket, event, now)
                : Interceptors.run(own, 0, socket, event, event.arguments(), rest -> unhandled(socket, event, now));
    }

    private static @Nullable Object unhandled(Socket socket, Packet.Event event, NamespaceTable now) {
        BiFunction<Socket, String, @Nullable Object> unknown = now.unknown();
        return unknown == null || event.id() == Packet.NO_ID
                ? EventHandler.NO_ACK
                : unknown.apply(socket, event.name());
    }

    private void acknowledge(Socket socket, Packet.Event event, @Nullable Object answer) {
        if (event.id() == Packet.NO_ID || answer == EventHandler.NO_ACK || !socket.isConnected()) {
            return;
        }
        Arguments arguments;
        try {
            arguments = arguments(answer);
        } catch (RuntimeException e) { // the codec may be the application's
            arguments = failure(socket, event, e);
        }
        socket.sendNeeded(PacketEncoder.encode(new Packet.Ack(name(), event.id(), arguments)));
    }

    private Arguments arguments(@Nullable Object answer) {
        if (answer instanceof Arguments arguments) {
            return arguments;
        }
        return answer == null ? Arguments.NONE : Arguments.of(broadcaster.codec(), answer);
    }

    /** The ack after a failure. It never fails itself, since the client would then get no ack. */
    private Arguments failure(Socket socket, Packet.Event event, Throwable error) {
        try {
            return arguments(table.answer(socket, event.name(), error, failures));
        } catch (RuntimeException e) { // the answer cannot be written
            return failures.answer(socket, event.name(), e);
        }
    }

    /** Builds or changes the table of a {@link Namespace}. Not thread-safe. */
    public static final class Builder {

        private Broadcaster broadcaster;
        private final NamespaceTable.Builder table;

        private Builder(Broadcaster broadcaster, NamespaceTable.Builder table) {
            this.broadcaster = broadcaster;
            this.table = table;
        }

        /**
         * Sets the codec of the namespace, see {@link Broadcaster#json}: it reads arguments and acks, and writes what
         * handlers return and what sockets emit. A broadcaster that was given to {@link Namespace#builder(Broadcaster)}
         * keeps its own.
         */
        public Builder json(JsonCodec codec) {
            broadcaster = broadcaster.json(codec);
            return this;
        }

        /** Adds a guard. All guards must admit a client; they run in the order in which they were added. */
        public Builder guard(ConnectGuard guard) {
            table.guards.add(guard);
            return this;
        }

        /**
         * Handles an event by its first argument, which the codec reads as the type. If the argument is missing, null, or
         * does not fit, {@link #onError} decides the ack.
         *
         * @throws IllegalArgumentException if the name is reserved or has a handler
         */
        public <T> Builder on(String event, Class<T> type, EventHandler<T> handler) {
            return on(event, arguments -> arguments.require(0, type), handler);
        }

        /**
         * Handles an event as {@link #on(String, Class, EventHandler)} does, by an argument of a generic type.
         *
         * @throws IllegalArgumentException if the name is reserved or has a handler
         */
        public <T> Builder on(String event, TypeRef<T> type, EventHandler<T> handler) {
            return on(event, arguments -> arguments.require(0, type), handler);
        }

        /**
         * Handles an event by all its arguments.
         *
         * @throws IllegalArgumentException if the name is reserved or has a handler
         */
        public Builder on(String event, EventHandler<Arguments> handler) {
            return on(event, arguments -> arguments, handler);
        }

        /**
         * Handles an event by what a function reads from its arguments.
         *
         * @param reader must throw {@link MalformedPacketException} if the arguments do not fit
         * @throws IllegalArgumentException if the name is reserved or has a handler
         */
        public <T> Builder on(String event, Function<Arguments, ? extends T> reader, EventHandler<T> handler) {
            checkName(event);
            if (!table.handle(event, new NamespaceTable.Handling<>(reader, handler))) {
                throw new IllegalArgumentException("event: " + event + " (expected: one handler per event)");
            }
            return this;
        }

        private static void checkName(String event) {
            if (PacketDecoder.RESERVED_EVENTS.contains(event)) {
                throw new IllegalArgumentException("event: " + event + " (expected: not a reserved name)");
            }
        }

        /**
         * Adds a listener to one event. Any number of listeners see an event, in order, after its handler has run. They
         * send no ack: an event that only has listeners is not acknowledged.
         *
         * @throws IllegalArgumentException if the name is reserved
         */
        public Builder listen(String event, EventListener listener) {
            return listen(event, arguments -> arguments, (socket, arguments) -> {
                listener.event(socket, event, arguments);
            });
        }

        /**
         * Adds a listener to one event by its first argument, as the other method does. The listener does not run if the
         * argument does not fit the type.
         *
         * @throws IllegalArgumentException if the name is reserved
         */
        public <T> Builder listen(String event, Class<T> type, BiConsumer<Socket, T> listener) {
            return listen(event, arguments -> arguments.require(0, type), listener);
        }

        private <T> Builder listen(
                String event, Function<Arguments, ? extends T> reader, BiConsumer<Socket, T> listener) {
            checkName(event);
            table.listen(event, new NamespaceTable.Handling<T>(reader, (socket, argument) -> {
                listener.accept(socket, argument);
                return EventHandler.NO_ACK;
            }));
            return this;
        }

        /** Removes the handler of an event, and its listeners; its interceptors and its error handler remain. */
        public Builder off(String event) {
            table.forget(event);
            return this;
        }

        /** Adds a listener to all events, including those without a handler. */
        public Builder onAny(EventListener listener) {
            table.listeners.add(listener);
            return this;
        }

        /** Removes a listener that {@link #onAny} added; does nothing if there is no such listener. */
        public Builder offAny(EventListener listener) {
            table.listeners.remove(listener);
            return this;
        }

        /**
         * Adds a listener to all events that are sent to a socket of this node, by the socket or by a broadcast, just
         * before they are sent. It does not see what {@link Socket#send} sends, which is encoded already, and not
         * whether the client was able to take the event.
         */
        public Builder onAnyOutgoing(EventListener listener) {
            table.outgoingListeners.add(listener);
            return this;
        }

        /** Removes a listener that {@link #onAnyOutgoing} added; does nothing if there is no such listener. */
        public Builder offAnyOutgoing(EventListener listener) {
            table.outgoingListeners.remove(listener);
            return this;
        }

        /**
         * Adds a handler for each socket that joins. It runs on the socket's home loop, right after the CONNECT reply
         * was sent: what it emits follows the reply.
         */
        public Builder onConnect(Consumer<Socket> handler) {
            table.connectHandlers.add(handler);
            return this;
        }

        /**
         * Adds a handler for each socket that is about to leave. It runs once per socket, on its home loop, while the
         * socket is still in its rooms: broadcasts to them reach the other sockets, but not this one. Nothing can be
         * emitted to the socket any more, and none of its events follows.
         */
        public Builder onDisconnecting(BiConsumer<Socket, DisconnectReason> handler) {
            table.disconnectingHandlers.add(handler);
            return this;
        }

        /**
         * Adds a handler for each socket that leaves. It runs once per socket, on its home loop, after the socket left
         * its rooms: broadcasts do not reach the socket, and {@link Socket#rooms} still names the rooms that it was in.
         * Nothing can be emitted to the socket any more, and none of its events follows.
         */
        public Builder onDisconnect(BiConsumer<Socket, DisconnectReason> handler) {
            table.disconnectHandlers.add(handler);
            return this;
        }

        /** Adds an interceptor around the handlers of all events, see {@link EventInterceptor}. */
        public Builder intercept(EventInterceptor interceptor) {
            table.interceptors.add(interceptor);
            return this;
        }

        /**
         * Adds an interceptor around the handler of one event, see {@link EventInterceptor}. The event needs a handler, or
         * a listener, when the table is complete.
         */
        public Builder intercept(String event, EventInterceptor interceptor) {
            table.intercept(event, interceptor);
            return this;
        }

        /**
         * Sets what makes the acks of failures. The default answers {@code {status: "error", error, code, data?}}: the
         * code is {@code invalid} if the arguments do not fit, that of an {@link EventRefusedException}, or {@code
         * internal} for all other failures, which it logs.
         */
        public Builder onError(ErrorHandler handler) {
            table.errorHandler = handler;
            return this;
        }

        /**
         * Sets what makes the acks of an event's failures; {@link #onError(ErrorHandler)} answers what it throws. The
         * event needs a handler, or a listener, when the table is complete.
         */
        public Builder onError(String event, ErrorHandler handler) {
            table.onError(event, handler);
            return this;
        }

        /**
         * Answers events that have no handler and ask for an ack. The default sends no ack, as the reference
         * implementation does: its clients wait until their own timeout.
         *
         * @param handler gets the socket and the event's name, which may be any text; called on the socket's home loop.
         *     Its result is the ack, as of an {@link EventHandler}; null for an ack without arguments
         */
        public Builder onUnknown(BiFunction<Socket, String, @Nullable Object> handler) {
            table.unknown = handler;
            return this;
        }

        /**
         * Returns the namespace with all that was added.
         *
         * @throws IllegalArgumentException if an event got an interceptor or an error handler, but has no handler and no
         *     listener
         */
        public Namespace build() {
            return new Namespace(broadcaster, table.build());
        }
    }
}
