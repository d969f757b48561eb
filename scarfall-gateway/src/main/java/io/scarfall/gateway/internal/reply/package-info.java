/**
 * Answers of the gateway that report a failure. {@link io.scarfall.gateway.internal.reply.Failure} has the codes of the
 * protocol.
 */
@NullMarked
package io.scarfall.gateway.internal.reply;

import org.jspecify.annotations.NullMarked;
