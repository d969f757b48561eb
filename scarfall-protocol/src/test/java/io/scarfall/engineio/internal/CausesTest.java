package io.scarfall.engineio.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class CausesTest {
    @Test
    void theWrapperOfADependentStageIsTakenOff() {
        IllegalStateException cause = new IllegalStateException("expected by a test");
        assertThat(Causes.of(cause)).isSameAs(cause);
        assertThat(Causes.of(new CompletionException(cause))).isSameAs(cause);
    }

    @Test
    void anExceptionThatWrapsNothingIsItsOwnCause() {
        CompletionException error = new CompletionException((Throwable) null);
        assertThat(Causes.of(error)).isSameAs(error);
    }
}
