package io.scarfall.gateway;

import org.junit.jupiter.api.Tag;

/** With Redis. Each node has its own connections to it. */
@Tag("slow")
class UserListenerRedisTest extends UserListenerContract {

    UserListenerRedisTest() {
        super(new SharedState.InRedis());
    }
}
