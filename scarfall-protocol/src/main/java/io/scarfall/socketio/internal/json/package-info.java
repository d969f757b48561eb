/**
 * Reads raw JSON without building objects. Start at {@link io.scarfall.socketio.internal.json.JsonCursor}.
 */
@NullMarked
package io.scarfall.socketio.internal.json;

import org.jspecify.annotations.NullMarked;
