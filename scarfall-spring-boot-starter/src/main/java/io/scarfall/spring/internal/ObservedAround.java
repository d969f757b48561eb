package io.scarfall.spring.internal;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.scarfall.gateway.UserCall;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Observes each call of a method as {@code scarfall.event}, with the name of the event, until its stage is complete. No tag has data
 * from a client. Thread-safe.
 */
final class ObservedAround implements EventAround {

    private static final String NAME = "scarfall.event";

    private final ObservationRegistry registry;

    ObservedAround(ObservationRegistry registry) {
        this.registry = registry;
    }

    @Override
    public @Nullable Object around(UserCall user, String event, Callable<@Nullable Object> call) throws Exception {
        // the tag before the start, so that the timer of active events has it too
        Observation observation = Observation.createNotStarted(NAME, registry)
                .contextualName(event)
                .lowCardinalityKeyValue("event", event)
                .start();
        Object answer;
        try {
            answer = observation.scopedChecked(call::call); // reports a failure itself
        } catch (Throwable e) {
            observation.stop();
            throw e;
        }
        if (!(answer instanceof CompletionStage<?> stage)) {
            observation.stop();
            return answer;
        }
        return stage.whenComplete((value, failure) -> {
            if (failure != null) {
                observation.error(Answers.cause(failure));
            }
            observation.stop();
        });
    }
}
