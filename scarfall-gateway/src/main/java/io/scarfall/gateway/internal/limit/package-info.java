/**
 * What clients may spend. Start at {@link io.scarfall.gateway.RateLimits}, the numbers; {@link
 * io.scarfall.gateway.internal.limit.SessionLimits} applies them to one connection, before its packets have an effect.
 */
@NullMarked
package io.scarfall.gateway.internal.limit;

import org.jspecify.annotations.NullMarked;
