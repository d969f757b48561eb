package io.scarfall.gateway;

import java.time.Duration;

/** In memory. */
class SessionControlTest extends SessionControl {

    SessionControlTest() {
        super(new SharedState.InMemory(), Duration.ofSeconds(1));
    }
}
