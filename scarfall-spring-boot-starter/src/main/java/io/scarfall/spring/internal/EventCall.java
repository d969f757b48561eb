package io.scarfall.spring.internal;

import io.scarfall.engineio.MalformedPacketException;
import io.scarfall.gateway.Blocking;
import io.scarfall.gateway.UserCall;
import io.scarfall.socketio.EventHandler;
import io.scarfall.socketio.EventRefusedException;
import io.scarfall.socketio.Socket;
import io.scarfall.socketio.packet.Arguments;
import io.scarfall.spring.internal.EventParameter.Values;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Handles one event by a method of a controller. Thread-safe. */
final class EventCall {

    /** Does work on the threads for blocking code, after what the session has there. Called on the event loop of the socket. */
    private static final EventHandler<Callable<@Nullable Object>> BLOCKING =
            Blocking.handler((socket, work) -> work.call());

    private final String event;
    private final boolean blocking;
    private final EventMethod method;
    private final Class<?> controller;
    private final ErrorMethods errors;
    private final PayloadReader reader;
    private final List<EventAround> arounds;
    private final PrincipalSource principals;

    /**
     * @param blocking whether calls run on a thread that may block
     * @param arounds the first one is outside
     */
    EventCall(
            String event,
            boolean blocking,
            EventMethod method,
            Class<?> controller,
            ErrorMethods errors,
            PayloadReader reader,
            List<EventAround> arounds,
            PrincipalSource principals) {
        this.event = event;
        this.blocking = blocking;
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
            return Answers.recover(around(values).call(), failure -> failed(values, failure, false));
        } catch (Throwable e) { // an error method may answer for any
            return failed(values, Answers.cause(e), blocking);
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

    /**
     * The answer to a failure, or a stage of it; if there is none, throws the failure. Error methods may block, but stages fail on
     * any thread.
     *
     * @param mayBlock whether this thread may block
     */
    private @Nullable Object failed(Values values, Throwable failure, boolean mayBlock) {
        EventMethod answering = isRefusal(failure) ? null : errors.find(controller, failure);
        if (answering == null) {
            Throwable translated = failure;
            for (EventAround around : arounds) {
                translated = around.translate(translated);
            }
            throw rethrown(translated);
        }
        Callable<@Nullable Object> answer = () -> answer(values.with(failure), answering);
        try {
            return mayBlock ? answer.call() : onBlocking(values.user().socket(), answer);
        } catch (Exception e) {
            throw rethrown(e);
        }
    }

    private @Nullable Object answer(Values values, EventMethod answering) throws Exception {
        Callable<@Nullable Object> call = () -> answering.call(values, reader);
        for (EventAround around : arounds) {
            Callable<@Nullable Object> inner = call;
            call = () -> around.aroundError(values.user(), inner);
        }
        Object answer = call.call();
        if (answer instanceof EventRefusedException refusal) {
            throw refusal;
        }
        return reader.ack(answer);
    }

    private static CompletionStage<@Nullable Object> onBlocking(Socket socket, Callable<@Nullable Object> work) {
        CompletableFuture<CompletionStage<@Nullable Object>> begun = new CompletableFuture<>();
        socket.execute(() -> {
            try {
                @SuppressWarnings("unchecked") // as Blocking.handler says
                CompletionStage<@Nullable Object> stage =
                        (CompletionStage<@Nullable Object>) BLOCKING.handle(socket, work);
                begun.complete(stage);
            } catch (Throwable e) { // otherwise the client would get no answer
                begun.completeExceptionally(e);
            }
        });
        return begun.thenCompose(Function.identity());
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
