package io.scarfall.gateway;

import java.time.Duration;
import org.junit.jupiter.api.Tag;

/** With the shared state in memory. */
@Tag("slow")
class SessionControlTest extends SessionControl {

    SessionControlTest() {
        super(new SharedState.InMemory(), Duration.ofSeconds(1));
    }
}
