package io.scarfall.gateway;

/** With the shared state in memory. */
class NewFriendsTest extends NewFriendsContract {

    NewFriendsTest() {
        super(new SharedState.InMemory());
    }
}
