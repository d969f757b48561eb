/**
 * Socket.IO 5 packets and their wire form: values and pure functions, without any network type. Start at {@link
 * io.scarfall.socketio.packet.Packet}; {@link io.scarfall.socketio.packet.Arguments} are the payload of events and
 * acks, raw until somebody looks inside.
 */
@NullMarked
package io.scarfall.socketio.packet;

import org.jspecify.annotations.NullMarked;
