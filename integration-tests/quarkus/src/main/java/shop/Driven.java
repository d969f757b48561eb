package shop;

import io.quarkus.runtime.StartupEvent;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;

/** For the test that drives the application from outside: it needs the ports, and a friend for bob. */
@Singleton
public class Driven {

    /** After the gateway has started. */
    private static final int LATE = 10_000;

    void started(@Observes @Priority(LATE) StartupEvent event, Scarfall scarfall) {
        scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
        System.out.println("ready users=" + scarfall.userPort() + " services=" + scarfall.internalPort());
    }
}
