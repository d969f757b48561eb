package io.scarfall.gateway;

import org.junit.jupiter.api.Tag;

/** With the shared state in memory. */
@Tag("slow")
class FlappingTest extends FlappingContract {

    FlappingTest() {
        super(new SharedState.InMemory());
    }
}
