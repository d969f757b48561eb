package io.scarfall.gateway;

import io.scarfall.gateway.internal.limit.SessionLimits;
import io.scarfall.presence.Presence;
import io.scarfall.presence.Roster;
import io.scarfall.socketio.Socket;

/**
 * An event's sender, and what a handler of an embedder works with.
 *
 * @param identity who sent the event
 * @param socket by which connection
 * @param delivery sends to users
 * @param presence tells who is online
 * @param roster tells who lists whom
 */
public record UserCall(Identity identity, Socket socket, Messages delivery, Presence presence, Roster roster) {

    /**
     * Takes from what the user may spend, beside what the event costs by its name in {@link
     * io.scarfall.gateway.RateLimits}: for work whose size only the handler knows. The event itself is not refused any
     * more; later ones are while nothing is left. Thread-safe.
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
