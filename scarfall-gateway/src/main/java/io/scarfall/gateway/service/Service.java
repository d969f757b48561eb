package io.scarfall.gateway.service;

import io.scarfall.gateway.delivery.SendOrder;
import io.scarfall.socketio.Attribute;
import io.scarfall.socketio.Socket;
import org.jspecify.annotations.Nullable;

/**
 * A service that may send.
 *
 * @param name what it proved to be called; null where no proof is needed
 * @param sendOrder the order of its messages
 */
record Service(@Nullable String name, SendOrder sendOrder) {

    private static final Attribute<Service> SERVICE = Attribute.named("service");

    /** The service behind a socket; null if it has not authenticated. Belongs on the home loop. */
    static @Nullable Service of(Socket socket) {
        return socket.get(SERVICE);
    }

    /** Makes a socket that of a service. Belongs on the home loop. */
    static void admit(Socket socket, @Nullable String name) {
        socket.set(SERVICE, new Service(name, new SendOrder()));
    }
}
