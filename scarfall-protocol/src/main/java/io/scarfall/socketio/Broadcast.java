package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.util.Set;

/**
 * An event and whom it is for.
 *
 * @param event the name of the event
 * @param arguments its arguments
 * @param rooms the rooms, or ids of sockets, that it goes to; empty for the whole namespace
 * @param except the rooms, or ids of sockets, whose members do not get it
 * @param isVolatile whether a socket that cannot take it at this moment goes without
 */
public record Broadcast(String event, Arguments arguments, Set<String> rooms, Set<String> except, boolean isVolatile) {

    public Broadcast {
        rooms = Set.copyOf(rooms);
        except = Set.copyOf(except);
    }
}
