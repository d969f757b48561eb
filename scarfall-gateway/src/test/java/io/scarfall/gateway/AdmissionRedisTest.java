package io.scarfall.gateway;

/** With a Redis, to which each node has connections of its own. */
class AdmissionRedisTest extends AdmissionContract {

    AdmissionRedisTest() {
        super(new SharedState.InRedis());
    }
}
