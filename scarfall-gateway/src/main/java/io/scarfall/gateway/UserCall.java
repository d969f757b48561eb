package io.scarfall.gateway;

import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.Socket;

/**
 * The sender of an event, and what the handler of an application works with. Thread-safe, except where {@link Socket} says
 * otherwise.
 *
 * @param identity the user that sent the event
 * @param socket the socket that sent it
 * @param delivery sends to users
 * @param presence tells which users are online
 * @param roster tells which users list which friends
 */
public record UserCall(Identity identity, Socket socket, Messages delivery, Presence presence, Roster roster) {

    /**
     * Charges the user for work whose size only the handler knows, in addition to the cost of the event in {@link RateLimits}.
     * The event itself is not refused any more; later events are while nothing is left. Thread-safe.
     *
     * @param cost not negative; 1 is the cost of an ordinary event
     */
    public void charge(int cost) {
        if (cost < 0) {
            throw new IllegalArgumentException("cost: " + cost + " (expected: >= 0)");
        }
        socket.execute(() -> SessionLimits.of(socket).charge(socket, cost));
    }
}
