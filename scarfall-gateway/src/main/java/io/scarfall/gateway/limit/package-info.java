/**
 * What clients may spend. Start at {@link io.scarfall.gateway.limit.RateLimits}, the numbers; {@link
 * io.scarfall.gateway.limit.SessionLimits} holds one connection to them, before its packets have an effect.
 */
@NullMarked
package io.scarfall.gateway.limit;

import org.jspecify.annotations.NullMarked;
