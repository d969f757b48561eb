package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The events of a namespace, as they are at one moment: their handlers with the interceptors around them, and what sees
 * or answers all events. Immutable and thread-safe.
 */
final class EventTable {

    private final Map<String, Route> routes;
    private final List<EventListener> listeners;
    private final @Nullable ErrorHandler errorHandler;
    private final @Nullable BiFunction<Socket, String, @Nullable Object> unknown;

    /** A handler, and how it gets its argument. */
    record Handling<T>(Function<Arguments, ? extends T> reader, EventHandler<T> handler) {

        @Nullable
        Object handle(Socket socket, Arguments arguments) throws Exception {
            return handler.handle(socket, reader.apply(arguments));
        }
    }

    /** How an event is handled. */
    static final class Route {

        private final Handling<?> handling;
        private final List<EventInterceptor> interceptors;
        private final @Nullable ErrorHandler errorHandler;

        private Route(Handling<?> handling, List<EventInterceptor> interceptors, @Nullable ErrorHandler errorHandler) {
            this.handling = handling;
            this.interceptors = interceptors;
            this.errorHandler = errorHandler;
        }

        @Nullable
        Object handle(Socket socket, String event, Arguments arguments) throws Exception {
            return interceptors.isEmpty() ? handling.handle(socket, arguments) : intercept(0, socket, event, arguments);
        }

        private @Nullable Object intercept(int index, Socket socket, String event, Arguments arguments)
                throws Exception {
            if (index == interceptors.size()) {
                return handling.handle(socket, arguments);
            }
            return interceptors
                    .get(index)
                    .intercept(socket, event, arguments, rest -> intercept(index + 1, socket, event, rest));
        }
    }

    private EventTable(Builder builder) {
        Map<String, Route> built = new HashMap<>();
        builder.handlings.forEach((event, handling) -> {
            List<EventInterceptor> around = new ArrayList<>(builder.interceptors);
            around.addAll(builder.eventInterceptors.getOrDefault(event, List.of()));
            built.put(event, new Route(handling, List.copyOf(around), builder.eventErrorHandlers.get(event)));
        });
        routes = Map.copyOf(built);
        listeners = List.copyOf(builder.listeners);
        errorHandler = builder.errorHandler;
        unknown = builder.unknown;
    }

    /** The names of the events that have a handler. */
    Set<String> events() {
        return routes.keySet();
    }

    /** What sees every event. */
    List<EventListener> listeners() {
        return listeners;
    }

    /** How an event is handled; null if it has no handler. */
    @Nullable
    Route route(String event) {
        return routes.get(event);
    }

    /** What answers events without a handler; null if nothing does. */
    @Nullable
    BiFunction<Socket, String, @Nullable Object> unknown() {
        return unknown;
    }

    /**
     * The answer to a failure: the handler of the event makes it, else that of the namespace, else the default. What one
     * of them throws, the next one answers.
     */
    @Nullable
    Object answer(Socket socket, String event, Throwable error, HandlerFailures otherwise) {
        Route route = routes.get(event);
        Throwable unanswered = error;
        if (route != null && route.errorHandler != null) {
            try {
                return route.errorHandler.answer(socket, event, unanswered);
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

        private final Map<String, Handling<?>> handlings = new HashMap<>();
        private final List<EventInterceptor> interceptors = new ArrayList<>();
        private final Map<String, List<EventInterceptor>> eventInterceptors = new HashMap<>();
        private final List<EventListener> listeners = new ArrayList<>();
        private final Map<String, ErrorHandler> eventErrorHandlers = new HashMap<>();
        private @Nullable ErrorHandler errorHandler;
        private @Nullable BiFunction<Socket, String, @Nullable Object> unknown;

        /** Adds the handler of an event; returns whether it had none. */
        boolean handle(String event, Handling<?> handling) {
            return handlings.putIfAbsent(event, handling) == null;
        }

        void intercept(EventInterceptor interceptor) {
            interceptors.add(interceptor);
        }

        void intercept(String event, EventInterceptor interceptor) {
            eventInterceptors.computeIfAbsent(event, name -> new ArrayList<>()).add(interceptor);
        }

        void listen(EventListener listener) {
            listeners.add(listener);
        }

        void onError(ErrorHandler handler) {
            errorHandler = handler;
        }

        void onError(String event, ErrorHandler handler) {
            eventErrorHandlers.put(event, handler);
        }

        void onUnknown(BiFunction<Socket, String, @Nullable Object> handler) {
            unknown = handler;
        }

        EventTable build() {
            return new EventTable(this);
        }
    }
}
