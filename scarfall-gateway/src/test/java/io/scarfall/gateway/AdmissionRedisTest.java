package io.scarfall.gateway;

/** With Redis. Each node has its own connections to it. */
class AdmissionRedisTest extends AdmissionContract {

    AdmissionRedisTest() {
        super(new SharedState.InRedis());
    }
}
