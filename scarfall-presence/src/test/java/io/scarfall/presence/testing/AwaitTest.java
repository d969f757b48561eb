package io.scarfall.presence.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

class AwaitTest {

    @Test
    void asksUntilTheConditionIsTrue() {
        AtomicInteger asked = new AtomicInteger();
        Await.until("the third time", () -> {
            if (asked.incrementAndGet() == 1) {
                throw new IOException("not yet");
            }
            return asked.get() == 3;
        });
        assertThat(asked).hasValue(3);
    }

    @Test
    void aFailureNamesTheConditionAndTheLastException() {
        assertThatThrownBy(() -> Await.until("the impossible", Duration.ofMillis(20), () -> {
                    throw new IOException("refused");
                }))
                .isInstanceOf(ConditionTimeoutException.class)
                .hasMessageContaining("the impossible")
                .hasRootCauseMessage("refused");
    }
}
