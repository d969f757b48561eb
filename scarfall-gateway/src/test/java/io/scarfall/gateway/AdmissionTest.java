package io.scarfall.gateway;

/** With the shared state in memory. */
class AdmissionTest extends AdmissionContract {

    AdmissionTest() {
        super(new SharedState.InMemory());
    }
}
