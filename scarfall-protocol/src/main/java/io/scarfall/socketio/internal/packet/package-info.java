/**
 * Socket.IO 5 packets and their wire form: values and pure functions, without any network type. Start at {@link
 * io.scarfall.socketio.internal.packet.Packet}.
 */
@NullMarked
package io.scarfall.socketio.internal.packet;

import org.jspecify.annotations.NullMarked;
