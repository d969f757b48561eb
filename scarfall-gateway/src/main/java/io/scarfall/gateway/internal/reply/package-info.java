/**
 * How the gateway answers that something is not done: {@link io.scarfall.gateway.internal.reply.Failure} has the codes of the
 * protocol.
 */
@NullMarked
package io.scarfall.gateway.internal.reply;

import org.jspecify.annotations.NullMarked;
