package io.scarfall.gateway;

/** With a cluster in memory. */
class FlappingTest extends FlappingContract {

    FlappingTest() {
        super(new SharedState.InMemory());
    }
}
