package io.scarfall.gateway;

/** In memory. */
class NewFriendsTest extends NewFriendsContract {

    NewFriendsTest() {
        super(new SharedState.InMemory());
    }
}
