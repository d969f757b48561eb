package io.scarfall.gateway;

/** With a cluster in memory. */
class AdmissionTest extends AdmissionContract {

    AdmissionTest() {
        super(new SharedState.InMemory());
    }
}
