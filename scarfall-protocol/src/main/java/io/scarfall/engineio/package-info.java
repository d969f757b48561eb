/**
 * An Engine.IO 4 server on Netty, usable alone or under {@code io.scarfall.socketio}. Start at {@link
 * io.scarfall.engineio.EngineServer}; {@link io.scarfall.engineio.EngineSession} is one client.
 */
@NullMarked
package io.scarfall.engineio;

import org.jspecify.annotations.NullMarked;
