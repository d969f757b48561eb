package io.scarfall.socketio;

import io.scarfall.socketio.packet.Arguments;
import java.util.Set;

/**
 * An event and its receivers. Immutable and thread-safe.
 *
 * @param event the name of the event
 * @param arguments its arguments
 * @param rooms the rooms, or ids of sockets, that get it; empty for the whole namespace; copied
 * @param except the rooms, or ids of sockets, whose members do not get it; copied
 * @param isVolatile whether to skip sockets that cannot take it at this moment
 */
public record Broadcast(String event, Arguments arguments, Set<String> rooms, Set<String> except, boolean isVolatile) {

    public Broadcast {
        rooms = Set.copyOf(rooms);
        except = Set.copyOf(except);
    }
}
