/**
 * Runs code of the application that may block, away from the event loops: {@link
 * io.scarfall.gateway.internal.blocking.BlockingHandlers} the work of sessions, each session's in order, and {@link
 * io.scarfall.gateway.internal.blocking.BlockingCalls} calls that belong to no session.
 */
@NullMarked
package io.scarfall.gateway.internal.blocking;

import org.jspecify.annotations.NullMarked;
