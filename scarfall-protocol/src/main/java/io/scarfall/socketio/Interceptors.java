package io.scarfall.socketio;

import io.scarfall.socketio.internal.packet.Packet;
import io.scarfall.socketio.packet.Arguments;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Runs interceptors in order, and lists of them that are arrays, because most sockets have none. Stateless. */
final class Interceptors {

    static final EventInterceptor[] NONE = {};

    private Interceptors() {}

    static EventInterceptor[] without(EventInterceptor[] interceptors, EventInterceptor removed) {
        List<EventInterceptor> fewer = new ArrayList<>(List.of(interceptors));
        fewer.remove(removed);
        return fewer.toArray(NONE);
    }

    static EventInterceptor[] joined(EventInterceptor[] first, EventInterceptor... then) {
        if (then.length == 0) {
            return first;
        }
        EventInterceptor[] all = Arrays.copyOf(first, first.length + then.length);
        System.arraycopy(then, 0, all, first.length, then.length);
        return all;
    }

    /** Handles the next event of a name on a socket. It is also the task that removes it. */
    static final class Once implements EventInterceptor, Runnable {

        private final Socket socket;
        private final String event;
        private final EventHandler<Arguments> handler;

        /** Several events may have found this interceptor before the first of them reached it. */
        private boolean isOver;

        Once(Socket socket, String event, EventHandler<Arguments> handler) {
            this.socket = socket;
            this.event = event;
            this.handler = handler;
        }

        @Override
        public @Nullable Object intercept(Socket from, String name, Arguments arguments, Next next) throws Exception {
            if (isOver || !name.equals(event)) {
                return next.proceed(arguments);
            }
            run();
            return handler.handle(from, arguments);
        }

        @Override
        public void run() {
            isOver = true;
            socket.remove(this);
        }
    }

    /** Runs interceptors, from one of them on, around the last step. */
    static @Nullable Object run(
            EventInterceptor[] interceptors,
            int index,
            Socket socket,
            Packet.Event event,
            Arguments arguments,
            EventInterceptor.Next last)
            throws Exception {
        if (!socket.isHome()) {
            return hop(interceptors, index, socket, event, arguments, last);
        }
        if (!socket.isConnected()) {
            return EventHandler.NO_ACK;
        }
        if (index == interceptors.length) {
            socket.handles(event); // another event may have been handled since, if an interceptor took its time
            return last.proceed(arguments);
        }
        return interceptors[index].intercept(
                socket, event.name(), arguments, rest -> run(interceptors, index + 1, socket, event, rest, last));
    }

    private static CompletionStage<@Nullable Object> hop(
            EventInterceptor[] interceptors,
            int index,
            Socket socket,
            Packet.Event event,
            Arguments arguments,
            EventInterceptor.Next last) {
        EventInterceptor.Next here = rest -> run(interceptors, index, socket, event, rest, last);
        CompletableFuture<@Nullable Void> home = new CompletableFuture<>();
        CompletionStage<@Nullable Object> answer = here.proceedAfter(home, arguments);
        socket.execute(() -> home.complete(null));
        return answer;
    }
}
