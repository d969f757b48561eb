package io.scarfall.gateway;

import java.time.Duration;

/** With the shared state in memory. */
class SessionControlTest extends SessionControl {

    SessionControlTest() {
        super(new SharedState.InMemory(), Duration.ofSeconds(1));
    }
}
