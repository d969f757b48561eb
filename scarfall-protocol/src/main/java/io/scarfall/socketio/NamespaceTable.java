package io.scarfall.socketio;

import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.packet.Arguments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The guards and handlers of a namespace, as they are at one moment. Immutable and thread-safe.
 *
 * <p>A namespace changes its table by replacing it, so an event costs no more than the look-up in an immutable map.
 */
final class NamespaceTable {

    private final List<ConnectGuard> guards;
    private final List<Consumer<Socket>> connectHandlers;
    private final List<BiConsumer<Socket, DisconnectReason>> disconnectingHandlers;
    private final List<BiConsumer<Socket, DisconnectReason>> disconnectHandlers;
    private final Map<String, Event> events;
    private final Map<String, Route> routes;
    private final List<EventInterceptor> interceptors;
    private final List<EventListener> listeners;
    private final List<EventListener> outgoingListeners;
    private final @Nullable ErrorHandler errorHandler;
    private final @Nullable BiFunction<Socket, String, @Nullable Object> unknown;

    /** A handler, and how it gets its argument. */
    record Handling<T>(Function<Arguments, ? extends T> reader, EventHandler<T> handler) {

        @Nullable
        Object handle(Socket socket, Arguments arguments) throws Exception {
            return handler.handle(socket, reader.apply(arguments));
        }
    }

    /**
     * The entry of one event.
     *
     * @param handling its handler; null for none
     * @param listeners run after its handler
     * @param interceptors its own, without those of the namespace
     * @param errorHandler answers its failures; null to leave them to the namespace
     */
    private record Event(
            @Nullable Handling<?> handling,
            List<Handling<?>> listeners,
            List<EventInterceptor> interceptors,
            @Nullable ErrorHandler errorHandler) {

        static final Event NONE = new Event(null, List.of(), List.of(), null);

        Event {
            listeners = List.copyOf(listeners);
            interceptors = List.copyOf(interceptors);
        }

        Event with(@Nullable Handling<?> value) {
            return new Event(value, listeners, interceptors, errorHandler);
        }

        Event withListeners(List<Handling<?>> value) {
            return new Event(handling, value, interceptors, errorHandler);
        }

        Event with(EventInterceptor added) {
            return new Event(handling, listeners, plus(interceptors, added), errorHandler);
        }

        Event with(ErrorHandler value) {
            return new Event(handling, listeners, interceptors, value);
        }

        boolean isHandled() {
            return handling != null || !listeners.isEmpty();
        }
    }

    /** How an event is handled. */
    static final class Route {

        private final @Nullable Handling<?> handling;
        private final Handling<?>[] listeners;
        private final EventInterceptor[] interceptors;

        private Route(Event event, List<EventInterceptor> first) {
            handling = event.handling();
            listeners = event.listeners().toArray(Handling<?>[]::new);
            interceptors =
                    Stream.concat(first.stream(), event.interceptors().stream()).toArray(EventInterceptor[]::new);
        }

        /** Handles an event; returns the ack. */
        @Nullable
        Object handle(Socket socket, Packet.Event event, HandlerFailures failures) throws Exception {
            EventInterceptor[] own = socket.interceptors();
            if (interceptors.length + own.length == 0) {
                return run(socket, event.name(), event.arguments(), failures);
            }
            return Interceptors.run(
                    Interceptors.joined(interceptors, own),
                    0,
                    socket,
                    event,
                    event.arguments(),
                    rest -> run(socket, event.name(), rest, failures));
        }

        private @Nullable Object run(Socket socket, String event, Arguments arguments, HandlerFailures failures)
                throws Exception {
            try {
                return handling == null ? EventHandler.NO_ACK : handling.handle(socket, arguments);
            } finally {
                for (Handling<?> listener : listeners) {
                    if (socket.isConnected()) { // a handler may have disconnected it
                        failures.run(socket, event, () -> listener.handle(socket, arguments));
                    }
                }
            }
        }
    }

    private NamespaceTable(Builder builder) {
        guards = List.copyOf(builder.guards);
        connectHandlers = List.copyOf(builder.connectHandlers);
        disconnectingHandlers = List.copyOf(builder.disconnectingHandlers);
        disconnectHandlers = List.copyOf(builder.disconnectHandlers);
        events = Map.copyOf(builder.events);
        interceptors = List.copyOf(builder.interceptors);
        listeners = List.copyOf(builder.listeners);
        outgoingListeners = List.copyOf(builder.outgoingListeners);
        errorHandler = builder.errorHandler;
        unknown = builder.unknown;
        Map<String, Route> handled = new HashMap<>();
        events.forEach((name, event) -> {
            if (event.isHandled()) {
                handled.put(name, new Route(event, interceptors));
            }
        });
        routes = Map.copyOf(handled);
    }

    private static <T> List<T> plus(List<T> list, T added) {
        List<T> longer = new ArrayList<>(list);
        longer.add(added);
        return longer;
    }

    List<ConnectGuard> guards() {
        return guards;
    }

    List<Consumer<Socket>> connectHandlers() {
        return connectHandlers;
    }

    List<BiConsumer<Socket, DisconnectReason>> disconnectingHandlers() {
        return disconnectingHandlers;
    }

    List<BiConsumer<Socket, DisconnectReason>> disconnectHandlers() {
        return disconnectHandlers;
    }

    /** The names of the events that have a handler or listener. */
    Set<String> events() {
        return routes.keySet();
    }

    /** The listeners to all events that arrive. */
    List<EventListener> listeners() {
        return listeners;
    }

    /** The listeners to all events that are sent. */
    List<EventListener> outgoingListeners() {
        return outgoingListeners;
    }

    /** How an event is handled; null if it has neither a handler nor a listener. */
    @Nullable
    Route route(String event) {
        return routes.get(event);
    }

    /** The function that answers events without a handler; null for none. */
    @Nullable
    BiFunction<Socket, String, @Nullable Object> unknown() {
        return unknown;
    }

    /**
     * Answers a failure: by the error handler of the event, else by that of the namespace, else by the default. If one of
     * them throws, the next one answers that.
     */
    @Nullable
    Object answer(Socket socket, String event, Throwable error, HandlerFailures otherwise) {
        ErrorHandler own = events.getOrDefault(event, Event.NONE).errorHandler();
        Throwable unanswered = error;
        if (own != null) {
            try {
                return own.answer(socket, event, unanswered);
            } catch (Throwable e) { // not only exceptions, because it may throw what it got
                unanswered = e;
            }
        }
        if (errorHandler != null) {
            try {
                return errorHandler.answer(socket, event, unanswered);
            } catch (Throwable e) {
                unanswered = e;
            }
        }
        return otherwise.answer(socket, event, unanswered);
    }

    /** Collects what a table has. Not thread-safe. */
    static final class Builder {

        final List<ConnectGuard> guards = new ArrayList<>();
        final List<Consumer<Socket>> connectHandlers = new ArrayList<>();
        final List<BiConsumer<Socket, DisconnectReason>> disconnectingHandlers = new ArrayList<>();
        final List<BiConsumer<Socket, DisconnectReason>> disconnectHandlers = new ArrayList<>();
        final List<EventInterceptor> interceptors = new ArrayList<>();
        final List<EventListener> listeners = new ArrayList<>();
        final List<EventListener> outgoingListeners = new ArrayList<>();

        @Nullable
        ErrorHandler errorHandler;

        @Nullable
        BiFunction<Socket, String, @Nullable Object> unknown;

        private final Map<String, Event> events = new HashMap<>();

        /** The events that this builder gave an interceptor or an error handler. */
        private final Set<String> surrounded = new HashSet<>();

        Builder() {}

        /** Begins with what a table has. */
        Builder(NamespaceTable table) {
            guards.addAll(table.guards);
            connectHandlers.addAll(table.connectHandlers);
            disconnectingHandlers.addAll(table.disconnectingHandlers);
            disconnectHandlers.addAll(table.disconnectHandlers);
            interceptors.addAll(table.interceptors);
            listeners.addAll(table.listeners);
            outgoingListeners.addAll(table.outgoingListeners);
            errorHandler = table.errorHandler;
            unknown = table.unknown;
            events.putAll(table.events);
        }

        private void change(String event, UnaryOperator<Event> change) {
            Event changed = change.apply(events.getOrDefault(event, Event.NONE));
            if (changed.equals(Event.NONE)) {
                events.remove(event);
            } else {
                events.put(event, changed);
            }
        }

        /** Sets the handler of an event; returns whether it had none. */
        boolean handle(String event, Handling<?> handling) {
            if (events.getOrDefault(event, Event.NONE).handling() != null) {
                return false;
            }
            change(event, entry -> entry.with(handling));
            return true;
        }

        void listen(String event, Handling<?> listener) {
            change(event, entry -> entry.withListeners(plus(entry.listeners(), listener)));
        }

        /** Removes the handler of an event and its listeners. */
        void forget(String event) {
            change(event, entry -> entry.with((Handling<?>) null).withListeners(List.of()));
        }

        void intercept(String event, EventInterceptor interceptor) {
            surrounded.add(event);
            change(event, entry -> entry.with(interceptor));
        }

        void onError(String event, ErrorHandler handler) {
            surrounded.add(event);
            change(event, entry -> entry.with(handler));
        }

        /**
         * Makes the table.
         *
         * @throws IllegalArgumentException if an event got an interceptor or an error handler, but has no handler: with a
         *     misspelt name, a check of roles would never run
         */
        NamespaceTable build() {
            for (String event : surrounded) {
                if (!events.getOrDefault(event, Event.NONE).isHandled()) {
                    throw new IllegalArgumentException("event: " + event
                            + " (expected: an interceptor or error handler of an event with a handler)");
                }
            }
            return new NamespaceTable(this);
        }
    }
}
