/**
 * A Socket.IO 5 server over {@link io.scarfall.engineio}: namespaces, rooms, events and acks. Start at {@link
 * io.scarfall.socketio.Namespace}, the table of guards and event handlers, and {@link
 * io.scarfall.socketio.SocketServer}, which serves namespaces on an {@link io.scarfall.engineio.EngineServer}.
 */
@NullMarked
package io.scarfall.socketio;

import org.jspecify.annotations.NullMarked;
