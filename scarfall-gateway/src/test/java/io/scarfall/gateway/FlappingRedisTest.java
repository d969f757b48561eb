package io.scarfall.gateway;

/** With Redis. Each node has its own connections to it. */
class FlappingRedisTest extends FlappingContract {

    FlappingRedisTest() {
        super(new SharedState.InRedis());
    }
}
