package io.scarfall.gateway;

/** With the shared state in memory. */
class FlappingTest extends FlappingContract {

    FlappingTest() {
        super(new SharedState.InMemory());
    }
}
