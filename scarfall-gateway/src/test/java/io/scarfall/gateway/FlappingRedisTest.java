package io.scarfall.gateway;

/** With a Redis, to which each node has connections of its own. */
class FlappingRedisTest extends FlappingContract {

    FlappingRedisTest() {
        super(new SharedState.InRedis());
    }
}
