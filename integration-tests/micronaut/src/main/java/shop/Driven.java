package shop;

import io.micronaut.runtime.event.annotation.EventListener;
import io.micronaut.runtime.server.event.ServerStartupEvent;
import io.scarfall.gateway.Scarfall;
import io.scarfall.presence.Friend;
import jakarta.inject.Singleton;
import java.util.List;

/** For the test that drives the application from outside: it needs the ports, and a friend for bob. */
@Singleton
public class Driven {

    private final Scarfall scarfall;

    Driven(Scarfall scarfall) {
        this.scarfall = scarfall;
    }

    /** The server of Micronaut starts after the gateway. */
    @EventListener
    void started(ServerStartupEvent event) {
        scarfall.roster().setFriends("bob", List.of(Friend.of("alice")));
        System.out.println("ready users=" + scarfall.userPort() + " services=" + scarfall.internalPort());
    }
}
