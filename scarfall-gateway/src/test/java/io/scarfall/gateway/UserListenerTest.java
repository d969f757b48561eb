package io.scarfall.gateway;

/** With the shared state in memory. */
class UserListenerTest extends UserListenerContract {

    UserListenerTest() {
        super(new SharedState.InMemory());
    }
}
