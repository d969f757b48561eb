/**
 * Engine.IO 4 packets and their wire forms: values and pure functions, without any network type. Start at {@link
 * io.scarfall.engineio.packet.EnginePacket}.
 */
@NullMarked
package io.scarfall.engineio.packet;

import org.jspecify.annotations.NullMarked;
