package io.scarfall.spring.internal;

import io.scarfall.gateway.UserCall;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Runs around each call of a controller's method, on its thread, such as an observation. Thread-safe. */
@FunctionalInterface
interface EventAround {

    /**
     * Calls the method.
     *
     * @return what the method returned; a {@link java.util.concurrent.CompletionStage} if it answers later
     * @throws Exception what the method throws
     */
    @Nullable
    Object around(UserCall user, String event, Callable<@Nullable Object> call) throws Exception;

    /** Calls an error method, as the user of the event; without more by default. */
    default @Nullable Object aroundError(UserCall user, Callable<@Nullable Object> call) throws Exception {
        return call.call();
    }

    /** A failure of a method for which there is no error method, as the gateway takes it; the same by default. */
    default Throwable translate(Throwable failure) {
        return failure;
    }
}
