package io.scarfall.spring.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.scarfall.gateway.Scarfall;
import io.scarfall.spring.internal.ScarfallProperties.Drain;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationEventPublisher;

class ScarfallLifecycleTest {

    @Test
    void aListenerOfTheApplicationThatFailsDoesNotPreventTheDrain() throws Exception {
        ApplicationEventPublisher failing = event -> {
            throw new IllegalStateException("a listener");
        };
        try (Scarfall scarfall = Scarfall.builder()
                .port(0)
                .internalPort(0)
                .jwtSecret("for tests only: 4f1c7d0b9e2a8c6d5b3f")
                .build()) {
            Drain drain = new Drain(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO);
            ScarfallLifecycle lifecycle = new ScarfallLifecycle(scarfall, drain, Duration.ofSeconds(30), failing);
            lifecycle.start();
            CountDownLatch stopped = new CountDownLatch(1);
            lifecycle.stop(stopped::countDown);

            assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(lifecycle.isRunning()).isFalse();
            assertThat(lifecycle.state().details()).containsEntry("reason", "ended");
        }
    }
}
