package io.scarfall.socketio;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.engineio.internal.Causes;
import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.internal.packet.PacketDecoder;
import io.scarfall.socketio.internal.packet.PacketEncoder;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.EncodedPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The receiving half of a namespace: its guards, and the table of events with their handlers. Its {@link Broadcaster} is the
 * sending half. Immutable and thread-safe; guards and handlers run on the home loop of their socket.
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
    private final List<ConnectGuard> guards;
    private final EventTable table;
    private final List<Consumer<Socket>> connectHandlers;
    private final List<BiConsumer<Socket, DisconnectReason>> disconnectHandlers;
    private final HandlerFailures failures = new HandlerFailures();

    private Namespace(Builder builder) {
        broadcaster = builder.broadcaster;
        guards = List.copyOf(builder.guards);
        table = builder.table.build();
        connectHandlers = List.copyOf(builder.connectHandlers);
        disconnectHandlers = List.copyOf(builder.disconnectHandlers);
    }

    /** Starts the table of a namespace that only this node serves. */
    public static Builder builder(String name) {
        return builder(Broadcaster.of(name));
    }

    /** Starts the table of a namespace with this sending half. */
    public static Builder builder(Broadcaster broadcaster) {
        return new Builder(broadcaster);
    }

    /** The name, with a slash in front. */
    public String name() {
        return broadcaster.namespace();
    }

    /** The names of the events in the table. */
    public Set<String> events() {
        return table.events();
    }

    /** The sending half. */
    public Broadcaster broadcaster() {
        return broadcaster;
    }

    // What follows is called by Connection, on the socket's home loop.

    List<ConnectGuard> guards() {
        return guards;
    }

    HandlerFailures failures() {
        return failures;
    }

    /** Adds a socket that the guards admitted. */
    void joined(Socket socket, EncodedPacket reply) {
        broadcaster.rooms().add(socket);
        socket.sendNeeded(reply);
        for (Consumer<Socket> handler : connectHandlers) {
            if (socket.isConnected()) { // an earlier handler may have disconnected it
                failures.run(socket, "connect", () -> handler.accept(socket));
            }
        }
    }

    void left(Socket socket, DisconnectReason reason) {
        broadcaster.rooms().remove(socket);
        for (BiConsumer<Socket, DisconnectReason> handler : disconnectHandlers) {
            failures.run(socket, "disconnect", () -> handler.accept(socket, reason));
        }
    }

    /** Hands an event to its handler, and sends the handler's result as the ack. */
    void receive(Socket socket, Packet.Event event) {
        for (EventListener listener : table.listeners()) {
            if (socket.isConnected()) { // an earlier listener may have disconnected it
                failures.run(socket, event.name(), () -> listener.received(socket, event.name(), event.arguments()));
            }
        }
        if (!socket.isConnected()) {
            return;
        }
        socket.handles(event);
        Object answer;
        try {
            answer = answer(socket, event);
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

    private @Nullable Object answer(Socket socket, Packet.Event event) throws Exception {
        EventTable.Route route = table.route(event.name());
        if (route != null) {
            return route.handle(socket, event.name(), event.arguments());
        }
        BiFunction<Socket, String, @Nullable Object> unknown = table.unknown();
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
        } catch (IllegalArgumentException e) {
            arguments = failure(socket, event, e);
        }
        socket.sendNeeded(PacketEncoder.encode(new Packet.Ack(name(), event.id(), arguments)));
    }

    private static Arguments arguments(@Nullable Object answer) {
        return answer == null ? Arguments.NONE : Arguments.of(answer);
    }

    /** The ack after a failure. It never fails itself, since the client would then get no ack. */
    private Arguments failure(Socket socket, Packet.Event event, Throwable error) {
        try {
            return arguments(table.answer(socket, event.name(), error, failures));
        } catch (IllegalArgumentException e) { // the answer cannot be written
            return arguments(failures.answer(socket, event.name(), e));
        }
    }

    /** Builds a {@link Namespace}. Not thread-safe. */
    public static final class Builder {

        private final Broadcaster broadcaster;
        private final List<ConnectGuard> guards = new ArrayList<>();
        private final EventTable.Builder table = new EventTable.Builder();
        private final List<Consumer<Socket>> connectHandlers = new ArrayList<>();
        private final List<BiConsumer<Socket, DisconnectReason>> disconnectHandlers = new ArrayList<>();

        private Builder(Broadcaster broadcaster) {
            this.broadcaster = broadcaster;
        }

        /** Adds a guard. All guards must admit a client; they run in the order in which they were added. */
        public Builder guard(ConnectGuard guard) {
            guards.add(guard);
            return this;
        }

        /**
         * Handles an event by its first argument, which Jackson reads as the type. If the argument is missing, null, or
         * does not fit, {@link #onError} decides the ack.
         *
         * @throws IllegalArgumentException if the name is reserved or has a handler
         */
        public <T> Builder on(String event, Class<T> type, EventHandler<T> handler) {
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
            if (PacketDecoder.RESERVED_EVENTS.contains(event)) {
                throw new IllegalArgumentException("event: " + event + " (expected: not a reserved name)");
            }
            if (!table.handle(event, new EventTable.Handling<>(reader, handler))) {
                throw new IllegalArgumentException("event: " + event + " (expected: one handler per event)");
            }
            return this;
        }

        /** Adds a listener to all events, including those without a handler. */
        public Builder onAny(EventListener listener) {
            table.listen(listener);
            return this;
        }

        /**
         * Adds a handler for each socket that joins. It runs on the socket's home loop, right after the CONNECT reply
         * was sent: what it emits follows the reply.
         */
        public Builder onConnect(Consumer<Socket> handler) {
            connectHandlers.add(handler);
            return this;
        }

        /**
         * Adds a handler for each socket that leaves. It runs once per socket, on its home loop, after the socket left
         * its rooms: broadcasts do not reach the socket, and {@link Socket#rooms} still names the rooms that it was in.
         * Nothing can be emitted to the socket any more, and none of its events follows.
         */
        public Builder onDisconnect(BiConsumer<Socket, DisconnectReason> handler) {
            disconnectHandlers.add(handler);
            return this;
        }

        /** Adds an interceptor around the handlers of all events, see {@link EventInterceptor}. */
        public Builder intercept(EventInterceptor interceptor) {
            table.intercept(interceptor);
            return this;
        }

        /** Adds an interceptor around the handler of one event, see {@link EventInterceptor}. */
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
            table.onError(handler);
            return this;
        }

        /** Sets what makes the acks of an event's failures; {@link #onError(ErrorHandler)} answers what it throws. */
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
            table.onUnknown(handler);
            return this;
        }

        /** Returns the namespace with all that was added. */
        public Namespace build() {
            return new Namespace(this);
        }
    }
}
