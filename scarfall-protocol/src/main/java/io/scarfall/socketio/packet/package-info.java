/**
 * The payload of events and acks: {@link io.scarfall.socketio.packet.Arguments}, which stay raw JSON until an
 * application reads them, and packets that are encoded once for many receivers.
 */
@NullMarked
package io.scarfall.socketio.packet;

import org.jspecify.annotations.NullMarked;
