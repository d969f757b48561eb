package io.scarfall.gateway.internal.service;

import io.scarfall.gateway.internal.delivery.SendOrder;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Socket;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A service that may send events.
 *
 * @param name the name that it authenticated with; null if no keys are configured
 * @param about how it describes itself; only the service itself gets this
 * @param connectedAt when it was admitted
 * @param sendOrder the order of its messages
 */
record Service(@Nullable String name, About about, Instant connectedAt, SendOrder sendOrder) {

    private static final Attribute<Service> SERVICE = Attribute.named("service");

    /** The most characters kept of each value with which a service describes itself. */
    private static final int LONGEST = 128;

    /** The name and type of a service, as it wrote them; null for what it left out. */
    record About(@Nullable String name, @Nullable String type) {

        About {
            name = cut(name);
            type = cut(type);
        }

        private static @Nullable String cut(@Nullable String text) {
            return text == null || text.length() <= LONGEST ? text : text.substring(0, LONGEST);
        }
    }

    /** The service of a socket; null if it has not authenticated. Call it on the home loop. */
    static @Nullable Service of(Socket socket) {
        return socket.get(SERVICE);
    }

    /** Admits a socket as a service. Call it on the home loop. */
    static Service admit(Socket socket, @Nullable String name, About about, Instant now) {
        Service service = new Service(name, about, now, new SendOrder());
        socket.set(SERVICE, service);
        return service;
    }

    /** The same service with another description of itself. Call it on the home loop. */
    Service described(Socket socket, About other) {
        Service service = new Service(name, other, connectedAt, sendOrder);
        socket.set(SERVICE, service);
        return service;
    }
}
