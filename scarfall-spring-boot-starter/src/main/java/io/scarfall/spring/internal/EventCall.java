package io.scarfall.spring.internal;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.UserCall;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.spring.internal.EventParameter.Values;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Handles one event by a method of a controller. Thread-safe. */
final class EventCall {

    private final String event;
    private final EventMethod method;
    private final Class<?> controller;
    private final ErrorMethods errors;
    private final PayloadReader reader;
    private final List<EventAround> arounds;
    private final PrincipalSource principals;

    /** @param arounds the first one is outside */
    EventCall(
            String event,
            EventMethod method,
            Class<?> controller,
            ErrorMethods errors,
            PayloadReader reader,
            List<EventAround> arounds,
            PrincipalSource principals) {
        this.event = event;
        this.method = method;
        this.controller = controller;
        this.errors = errors;
        this.reader = reader;
        this.arounds = arounds;
        this.principals = principals;
    }

    /** As {@link io.scarfall.gateway.UserEventHandler#handle}. */
    @Nullable
    Object handle(UserCall user, Arguments arguments) {
        Values values = new Values(user, reader.arguments(arguments), principals.of(user), Map.of(), null);
        try {
            return Answers.recover(around(values).call(), failure -> failed(values, failure));
        } catch (Exception e) {
            return failed(values, Answers.cause(e));
        }
    }

    /** Tells the method about a user. What it throws, the gateway logs. */
    void listen(UserCall user, Map<Class<?>, ?> more) {
        try {
            Object unused = around(new Values(user, Arguments.NONE, principals.of(user), more, null))
                    .call();
        } catch (Exception e) {
            throw rethrown(Answers.cause(e));
        }
    }

    private Callable<@Nullable Object> around(Values values) {
        Callable<@Nullable Object> call = () -> Answers.of(method.call(values, reader), reader::ack);
        for (int i = arounds.size() - 1; i >= 0; i--) {
            EventAround around = arounds.get(i);
            Callable<@Nullable Object> inner = call;
            call = () -> around.around(values.user(), event, inner);
        }
        return call;
    }

    /** The answer to a failure, or the failure itself. */
    private @Nullable Object failed(Values values, Throwable failure) {
        EventMethod answering = isRefusal(failure) ? null : errors.find(controller, failure);
        if (answering == null) {
            Throwable translated = failure;
            for (EventAround around : arounds) {
                translated = around.translate(translated);
            }
            throw rethrown(translated);
        }
        try {
            Object answer = answering.call(values.with(failure), reader);
            if (answer instanceof EventRefusedException refusal) {
                throw refusal;
            }
            return reader.ack(answer);
        } catch (Exception e) {
            throw rethrown(e);
        }
    }

    /** Whether the failure says already what the client shall read. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof EventRefusedException || failure instanceof MalformedPacketException;
    }

    /** Throws a failure as it is, also a checked one: the gateway takes any, and logs its class. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> RuntimeException rethrown(Throwable failure) throws E {
        throw (E) failure;
    }
}
