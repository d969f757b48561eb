package io.scarfall.spring.internal;

import io.scarfall.engineio.Bytes;
import io.scarfall.gateway.Identity;
import io.scarfall.gateway.Messages;
import io.scarfall.gateway.UserCall;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.socketio.packet.RawJson;
import java.lang.reflect.Parameter;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the value of a parameter of a controller's method comes from. Immutable. */
sealed interface EventParameter {

    /**
     * What a call has.
     *
     * @param more what only some kinds of methods get, by its class
     */
    record Values(
            UserCall user,
            Arguments arguments,
            @Nullable Principal principal,
            Map<Class<?>, ?> more,
            @Nullable Throwable failure) {

        Values with(Throwable failure) {
            return new Values(user, arguments, principal, more, failure);
        }
    }

    /** A part of the call. */
    record Part(Function<Values, @Nullable Object> part) implements EventParameter {}

    /** An argument of the event. */
    record Payload(int index, Parameter parameter) implements EventParameter {}

    /** One of {@link Values#more}. */
    record More(Class<?> type) implements EventParameter {}

    /** The principal of Spring Security. */
    record User(Class<?> type) implements EventParameter {}

    /** The failure that an error method is called for. */
    record Failure(Class<?> type) implements EventParameter {}

    Map<Class<?>, Part> PARTS = Map.of(
            UserCall.class, new Part(Values::user),
            Identity.class, new Part(values -> values.user().identity()),
            Messages.class, new Part(values -> values.user().delivery()),
            Presence.class, new Part(values -> values.user().presence()),
            Roster.class, new Part(values -> values.user().roster()),
            Socket.class, new Part(values -> values.user().socket()),
            Arguments.class, new Part(Values::arguments));

    /** Packages whose types clients cannot send. */
    List<String> FOREIGN = List.of(
            "org.springframework.",
            "org.reactivestreams.",
            "jakarta.",
            "reactor.",
            "io.scarfall.engineio.",
            "io.scarfall.socketio.",
            "io.scarfall.presence.",
            "io.scarfall.gateway.");

    List<Class<?>> SENT = List.of(Bytes.class, RawJson.class);

    /** Whether a client can send an argument of this type, as far as its name tells. */
    static boolean isSendable(Class<?> type) {
        return SENT.contains(type) || FOREIGN.stream().noneMatch(type.getName()::startsWith);
    }
}
